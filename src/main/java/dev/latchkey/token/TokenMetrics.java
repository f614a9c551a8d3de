package dev.latchkey.token;

import dev.latchkey.token.VerificationResult.Reason;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Locale;

/** Tells what becomes of the tokens that come in. */
@Singleton
class TokenMetrics {

    private static final String JUDGED = "latchkey.tokens.judged";
    private static final String WORDS = "Tokens that were judged, by what was found";

    void begin(@Observes StartupEvent event, MeterRegistry meters, AccessTokenVerifier judge) {
        VerificationCounts counts = judge.counts();
        FunctionCounter.builder(JUDGED, counts, VerificationCounts::accepted)
                .description(WORDS)
                .tag("verdict", "accepted")
                .register(meters);
        for (Reason reason : Reason.values()) {
            FunctionCounter.builder(JUDGED, counts, all -> all.refused(reason))
                    .description(WORDS)
                    .tag("verdict", reason.name().toLowerCase(Locale.ROOT))
                    .register(meters);
        }
        FunctionCounter.builder("latchkey.tokens.recalled", counts, VerificationCounts::remembered)
                .description("Accepted tokens whose signature did not have to be computed again")
                .register(meters);
        Gauge.builder("latchkey.tokens.remembered", judge::remembered)
                .description("Tokens that are remembered, some of which may be over")
                .register(meters);
    }
}
