package dev.latchkey.platform.ops;

import dev.latchkey.platform.db.DatabaseMonitor;
import dev.latchkey.platform.db.DatabaseMonitor.Status.Down;
import dev.latchkey.platform.db.DatabaseMonitor.Status.Up;
import dev.latchkey.platform.db.Migrations;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** Liveness, startup and readiness of the process and its database, each from memory; features add their own. */
final class HealthChecks {

    /** Does not depend on the database: a restart would not bring it back. */
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
