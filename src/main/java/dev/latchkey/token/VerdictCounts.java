package dev.latchkey.token;

import dev.latchkey.token.Verdict.Accepted;
import dev.latchkey.token.Verdict.Reason;
import dev.latchkey.token.Verdict.Refused;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** How often the judge said what. */
final class VerdictCounts {

    private final LongAdder accepted = new LongAdder();
    private final LongAdder remembered = new LongAdder();
    private final List<LongAdder> refused =
            Stream.generate(LongAdder::new).limit(Reason.values().length).toList();

    void count(Verdict verdict, boolean wasRemembered) {
        switch (verdict) {
            case Accepted _ -> {
                accepted.increment();
                if (wasRemembered) {
                    remembered.increment();
                }
            }
            case Refused(Reason reason) -> refused.get(reason.ordinal()).increment();
        }
    }

    long accepted() {
        return accepted.sum();
    }

    /** Those among the accepted whose signature did not have to be computed. */
    long remembered() {
        return remembered.sum();
    }

    long refused(Reason reason) {
        return refused.get(reason.ordinal()).sum();
    }
}
