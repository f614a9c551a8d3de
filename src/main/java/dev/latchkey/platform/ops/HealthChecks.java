package dev.latchkey.platform.ops;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Startup;

/** Liveness and startup of the process, from memory; readiness is reported by the features that it depends on. */
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

    /** A thread that no longer does its work is brought back by a restart, and by nothing else. */
    @Produces
    @Singleton
    @Liveness
    HealthCheck threads(BackgroundThreads threads, Jobs jobs) {
        return () -> threads.problem()
                .or(jobs::problem)
                .map(reason -> HealthCheckResponse.named("threads")
                        .down()
                        .withData("reason", reason)
                        .build())
                .orElseGet(() -> HealthCheckResponse.up("threads"));
    }
}
