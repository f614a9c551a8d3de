package dev.latchkey.key;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Reports readiness as long as there are signing keys. */
@Singleton
@Readiness
final class KeysHealthCheck implements HealthCheck {

    private final SigningKeys keys;

    KeysHealthCheck(SigningKeys keys) {
        this.keys = keys;
    }

    @Override
    public HealthCheckResponse call() {
        return keys.readinessProblem()
                .map(reason -> HealthCheckResponse.named("keys")
                        .down()
                        .withData("reason", reason)
                        .build())
                .orElseGet(() -> HealthCheckResponse.up("keys"));
    }
}
