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
 * Shuts down without losing a request: during the shutdown delay requests are served while readiness is already down;
 * after it, requests in flight finish and new ones are refused with 503, so that clients retry at another replica.
 */
@Singleton
class Draining {

    private final Vertx vertx;
    private final Duration delay;
    private volatile boolean begun;
    private volatile boolean refusing;

    Draining(Vertx vertx, @ConfigProperty(name = "quarkus.shutdown.delay", defaultValue = "0") Duration delay) {
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
        filters.register(this::refuseOrProceed, DRAINING);
    }

    /** Returns whether connections are to be closed after their next response, so that clients move to another replica. */
    boolean hasBegun() {
        return begun;
    }

    private void refuseOrProceed(RoutingContext request) {
        if (refusing) {
            ProblemResponse.BUSY.send(request);
        } else {
            request.next();
        }
    }
}
