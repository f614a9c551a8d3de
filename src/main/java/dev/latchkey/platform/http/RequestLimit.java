package dev.latchkey.platform.http;

import static dev.latchkey.platform.http.FilterOrder.REQUEST_LIMIT;

import dev.latchkey.platform.http.RequestWindows.Begin;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.arc.All;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Limits the requests of one client address to all routes, in the memory of this replica, before anything else is done for
 * them.
 *
 * <p>The gate's endpoint comes before (it is asked by proxies, on behalf of many clients), and preflights are answered before,
 * too. The management port is not concerned.
 *
 * <p>Security: an IPv6 address also counts for its /48, with a wider budget, since a client may have 65,536 networks of /64.
 */
@Singleton
class RequestLimit {

    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final boolean enabled;
    private final int limit;
    private final int siteLimit;
    private final ClientResolver clients;
    private final RequestWindows windows;
    private final List<RequestLimitResponse> responses;
    private final List<RequestLimitListener> listeners;
    private final Counter refused;

    RequestLimit(
            HttpConfig config,
            ClientResolver clients,
            Clock clock,
            @All List<RequestLimitResponse> responses,
            @All List<RequestLimitListener> listeners,
            MeterRegistry meters) {
        this.enabled = config.requestLimitEnabled() && config.requestLimit() > 0;
        this.limit = config.requestLimit();
        this.siteLimit = (int) Math.min(Integer.MAX_VALUE, (long) config.requestLimit() * config.ipv6SiteFactor());
        this.clients = clients;
        this.windows = new RequestWindows(clock, WINDOW);
        this.responses = responses;
        this.listeners = listeners;
        this.refused = Counter.builder("latchkey.http.requests.refused")
                .description("Requests refused because their client address was over the request limit")
                .register(meters);
    }

    void register(@Observes Filters filters) {
        if (enabled) {
            filters.register(this::refuseOrProceed, REQUEST_LIMIT);
        }
    }

    private void refuseOrProceed(RoutingContext context) {
        Client client = clients.of(context.request());
        Optional<Duration> retryAfter = take(client);
        if (retryAfter.isEmpty()) {
            context.next();
            return;
        }
        refused.increment();
        if (announcesBody(context.request())) {
            // Its body is not read, and must not be taken for the next request.
            context.response().putHeader(HttpHeaderNames.CONNECTION, "close");
            context.addEndHandler(done -> context.request().connection().close());
        }
        String path = Optional.ofNullable(context.request().path()).orElse("");
        String method = context.request().method().name();
        // Security: the path as the router reads it, or an attempt that is spelled otherwise would not be recorded.
        String route = CanonicalPath.route(path);
        listeners.forEach(listener -> listener.refused(method, route, client));
        responses.stream()
                .filter(response -> response.appliesTo(path))
                .findFirst()
                .ifPresentOrElse(
                        response -> response.send(context, retryAfter.get()),
                        () -> ProblemResponse.tooManyRequests(context, retryAfter.get()));
    }

    /** Counts a request; returns how long its client has to wait if it exceeds a limit, else nothing. */
    Optional<Duration> take(Client client) {
        // Security: over the limit of its /48 a client makes no entries for further networks, which would evict others;
        // and
        // what is refused for one network does not use up the budget of its neighbours.
        return client.site()
                .flatMap(site -> windows.check(site, siteLimit, WINDOW))
                .or(() -> windows.take(client.network(), limit, WINDOW, Begin.FIRST_REQUEST))
                .or(() -> client.site().flatMap(site -> windows.take(site, siteLimit, WINDOW, Begin.FIRST_REQUEST)));
    }

    private static boolean announcesBody(HttpServerRequest request) {
        return !request.isEnded()
                && (request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                        || request.headers().contains(HttpHeaderNames.CONTENT_LENGTH));
    }
}
