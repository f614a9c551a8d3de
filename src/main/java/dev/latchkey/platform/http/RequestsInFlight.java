package dev.latchkey.platform.http;

import static dev.latchkey.platform.http.FilterOrder.IN_FLIGHT;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.vertx.http.runtime.filters.QuarkusRequestWrapper;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits how many requests are in flight: from their head to the end of their response.
 *
 * <p>Security: a request that waits for a worker thread, a hash or the database holds its headers and its body. Without a
 * bound here, a flood fills the memory while everything else is bounded.
 */
@Singleton
class RequestsInFlight {

    private final int max;
    private final AtomicInteger inFlight = new AtomicInteger();

    @Inject
    RequestsInFlight(HttpConfig config, MeterRegistry meters) {
        this.max = config.maxRequests();
        meters.gauge("latchkey.http.requests.in.flight", inFlight);
    }

    void register(@Observes Filters filters) {
        filters.register(this::admit, IN_FLIGHT);
    }

    private void admit(RoutingContext context) {
        if (inFlight.incrementAndGet() > max) {
            inFlight.decrementAndGet();
            RequestBodyLimit.refuse(context, ProblemResponse.BUSY);
            return;
        }
        // The framework's own count for a graceful shutdown: called once, however the request ends, also by a
        // disconnect.
        QuarkusRequestWrapper.get(context.request()).addRequestDoneHandler(done -> inFlight.decrementAndGet());
        context.next();
    }
}
