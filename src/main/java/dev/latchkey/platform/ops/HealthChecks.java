package dev.latchkey.platform.ops;

import dev.latchkey.key.SigningKeys;
import dev.latchkey.platform.db.DatabaseMonitor;
import dev.latchkey.platform.db.DatabaseStatus.Down;
import dev.latchkey.platform.db.DatabaseStatus.Up;
import dev.latchkey.platform.db.Migrations;
import dev.latchkey.revocation.Revocations;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** What orchestrators are told, each from memory. */
final class HealthChecks {

    /** Says nothing about the database: a restart would not bring it back. */
    @Produces
    @Singleton
    @Liveness
    HealthCheck process() {
        return () -> HealthCheckResponse.up("process");
    }

    @Produces
    @Singleton
    @Startup
    HealthCheck started() {
        return () -> HealthCheckResponse.up("started");
    }

    @Produces
    @Singleton
    @Readiness
    HealthCheck database(DatabaseMonitor watch) {
        return () -> switch (watch.standing()) {
            case Up() -> HealthCheckResponse.up("database");
            case Down(String reason) -> down("database", reason);
        };
    }

    @Produces
    @Singleton
    @Readiness
    HealthCheck migrations(Migrations migrations) {
        return () ->
                migrations.done() ? HealthCheckResponse.up("migrations") : down("migrations", migrations.obstacle());
    }

    @Produces
    @Singleton
    @Readiness
    HealthCheck keys(SigningKeys keys) {
        return () -> keys.trouble().map(reason -> down("keys", reason)).orElseGet(() -> HealthCheckResponse.up("keys"));
    }

    @Produces
    @Singleton
    @Readiness
    HealthCheck revocations(Revocations revocations) {
        return () -> revocations
                .trouble()
                .map(reason -> down("revocations", reason))
                .orElseGet(() -> HealthCheckResponse.up("revocations"));
    }

    private static HealthCheckResponse down(String name, String reason) {
        return HealthCheckResponse.named(name).down().withData("reason", reason).build();
    }
}
