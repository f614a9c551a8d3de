package dev.latchkey.revocation;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;

/** Tells how well this replica is informed of revocations. */
@Singleton
class RevocationMetrics {

    private static final Duration SECOND = Duration.ofSeconds(1);

    void begin(
            @Observes StartupEvent event,
            MeterRegistry meters,
            RevokedTokens revoked,
            RevocationReader reader,
            ChangeListener listener,
            Clock clock) {
        Gauge.builder("latchkey.revocations.age", () -> age(revoked, clock))
                .description("How long ago the last complete reading began; NaN before the first")
                .baseUnit("seconds")
                .register(meters);
        Gauge.builder("latchkey.revocations.known", revoked::size)
                .description("Revocations in memory")
                .register(meters);
        Gauge.builder("latchkey.revocations.listening", () -> listener.listening() ? 1 : 0)
                .description("Whether news from the database are heard; without, they are read at intervals")
                .register(meters);
        FunctionCounter.builder("latchkey.revocations.notifications", listener, ChangeListener::notifications)
                .description("News that were heard")
                .register(meters);
        FunctionCounter.builder("latchkey.revocations.losses", listener, ChangeListener::losses)
                .description("Listening connections that were lost")
                .register(meters);
        FunctionCounter.builder("latchkey.revocations.failures", reader, RevocationReader::failures)
                .description("Readings that failed")
                .register(meters);
    }

    private static double age(RevokedTokens revoked, Clock clock) {
        return revoked.everComplete()
                ? (double) revoked.age(clock.instant()).toMillis() / SECOND.toMillis()
                : Double.NaN;
    }
}
