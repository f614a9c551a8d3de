package dev.latchkey.token;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports in the details of readiness, and as metrics, whether the keys of trusted issuers can be read. It never ends
 * readiness: another issuer's outage is no reason to stop serving our own users.
 */
@Singleton
@Readiness
final class TrustedIssuersHealth implements HealthCheck {

    private final TrustedIssuers issuers;

    TrustedIssuersHealth(TrustedIssuers issuers) {
        this.issuers = issuers;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("trusted issuers").up();
        issuers.remote().forEach(issuer -> response.withData(issuer.issuer(), issuer.status()));
        return response.build();
    }

    void register(@Observes StartupEvent event, MeterRegistry meters) {
        for (RemoteJwks issuer : issuers.remote()) {
            Gauge.builder("latchkey.trusted.keys", () -> issuer.keys().size())
                    .description("Keys of a trusted issuer that are in use")
                    .tag("issuer", issuer.issuer())
                    .register(meters);
            Gauge.builder("latchkey.trusted.keys.age", () -> seconds(issuer))
                    .description("Time since the keys of a trusted issuer were last read; NaN before the first time")
                    .baseUnit("seconds")
                    .tag("issuer", issuer.issuer())
                    .register(meters);
        }
    }

    private static double seconds(RemoteJwks issuer) {
        return issuer.age().map(Duration::toSeconds).map(Long::doubleValue).orElse(Double.NaN);
    }
}
