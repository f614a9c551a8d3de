package dev.latchkey.platform.http;

import static dev.latchkey.platform.http.FilterOrder.DRAINING;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Shutting down without losing a request: for the shutdown delay serving goes on while readiness already says no; after
 * it what is in flight finishes and what comes is told to come back, to another replica.
 */
@Singleton
class Draining {

    private final Vertx vertx;
    private final Duration delay;
    private volatile boolean begun;
    private volatile boolean refusing;

    Draining(
            Vertx vertx, @ConfigProperty(name = "quarkus.shutdown.delay", defaultValue = "0") Duration delay) {
        this.vertx = vertx;
        this.delay = delay;
    }

    void begin(@Observes ShutdownDelayInitiatedEvent event) {
        begun = true;
        if (delay.isPositive()) {
            vertx.setTimer(delay.toMillis(), timer -> refusing = true);
        } else {
            refusing = true;
        }
    }

    void register(@Observes Filters filters) {
        filters.register(this::refuseOrGoOn, DRAINING);
    }

    /** Connections are closed after their next answer, so that clients move to another replica. */
    boolean begun() {
        return begun;
    }

    private void refuseOrGoOn(RoutingContext request) {
        if (refusing) {
            ProblemResponse.BUSY.send(request);
        } else {
            request.next();
        }
    }
}
