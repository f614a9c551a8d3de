package dev.latchkey.revocation;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;

/** Registers the metrics of how this replica follows revocations. */
@Singleton
class RevocationMetrics {

    private static final Duration SECOND = Duration.ofSeconds(1);

    void register(
            @Observes StartupEvent event,
            MeterRegistry meters,
            RevokedTokens revoked,
            RevocationReader reader,
            ChangeListener listener,
            Clock clock) {
        Gauge.builder("latchkey.revocations.age", () -> age(revoked, clock))
                .description("Time since the last complete reading began; NaN before the first")
                .baseUnit("seconds")
                .register(meters);
        Gauge.builder("latchkey.revocations.known", revoked::size)
                .description("Revocations in memory")
                .register(meters);
        Gauge.builder("latchkey.revocations.listening", () -> listener.isListening() ? 1 : 0)
                .description("Whether notifications of the database are received; if not, it is read at intervals only")
                .register(meters);
        FunctionCounter.builder("latchkey.revocations.notifications", listener, ChangeListener::notifications)
                .description("Notifications of the database that were received")
                .register(meters);
        FunctionCounter.builder("latchkey.revocations.losses", listener, ChangeListener::lostConnections)
                .description("Connections for notifications that were lost")
                .register(meters);
        FunctionCounter.builder("latchkey.revocations.failures", reader, RevocationReader::failures)
                .description("Readings of revocations that failed")
                .register(meters);
    }

    private static double age(RevokedTokens revoked, Clock clock) {
        return revoked.hasBeenComplete()
                ? (double) revoked.age(clock.instant()).toMillis() / SECOND.toMillis()
                : Double.NaN;
    }
}
