package dev.latchkey.token;

import dev.latchkey.token.VerificationResult.Accepted;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerificationResult.Refused;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** How often the judge said what. */
final class VerificationCounts {

    private final LongAdder accepted = new LongAdder();
    private final LongAdder remembered = new LongAdder();
    private final ConcurrentMap<Reason, LongAdder> refused = new ConcurrentHashMap<>();

    void count(VerificationResult verdict, boolean wasRemembered) {
        switch (verdict) {
            case Accepted _ -> {
                accepted.increment();
                if (wasRemembered) {
                    remembered.increment();
                }
            }
            case Refused(Reason reason) ->
                refused.computeIfAbsent(reason, first -> new LongAdder()).increment();
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
        LongAdder count = refused.get(reason);
        return count == null ? 0 : count.sum();
    }
}
