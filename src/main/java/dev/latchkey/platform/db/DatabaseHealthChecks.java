package dev.latchkey.platform.db;

import dev.latchkey.platform.db.DatabaseMonitor.Status.Down;
import dev.latchkey.platform.db.DatabaseMonitor.Status.Up;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Readiness of the database and its schema, from memory. */
final class DatabaseHealthChecks {

    @Produces
    @Singleton
    @Readiness
    HealthCheck database(DatabaseMonitor monitor) {
        return () -> switch (monitor.status()) {
            case Up() -> HealthCheckResponse.up("database");
            case Down(String reason) -> down("database", reason);
        };
    }

    @Produces
    @Singleton
    @Readiness
    HealthCheck migrations(Migrations migrations) {
        return () -> migrations.isDone()
                ? HealthCheckResponse.up("migrations")
                : down("migrations", migrations.pendingReason());
    }

    private static HealthCheckResponse down(String name, String reason) {
        return HealthCheckResponse.named(name).down().withData("reason", reason).build();
    }
}
