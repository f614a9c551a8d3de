package dev.latchkey.revocation;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Reports readiness as long as this replica knows which tokens are revoked. */
@Singleton
@Readiness
final class RevocationHealthCheck implements HealthCheck {

    private final Revocations revocations;

    RevocationHealthCheck(Revocations revocations) {
        this.revocations = revocations;
    }

    @Override
    public HealthCheckResponse call() {
        return revocations
                .readinessProblem()
                .map(reason -> HealthCheckResponse.named("revocations")
                        .down()
                        .withData("reason", reason)
                        .build())
                .orElseGet(() -> HealthCheckResponse.up("revocations"));
    }
}
