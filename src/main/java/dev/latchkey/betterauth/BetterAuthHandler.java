package dev.latchkey.betterauth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.latchkey.betterauth.BetterAuthResponse.Body;
import dev.latchkey.betterauth.BetterAuthResponse.Header;
import dev.latchkey.platform.db.DatabaseErrors;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.MetricPath;
import dev.latchkey.platform.http.RequestLimitResponse;
import dev.latchkey.platform.http.Urls;
import dev.latchkey.platform.ops.OutOfMemoryGuard;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests below {@code /api/auth} from Vert.x, hands them to the {@link BetterAuthRouter} on a worker thread, and
 * writes the responses. The routes of Latchkey's own APIs there are passed on.
 *
 * <p>A Vert.x filter and no Jakarta REST resource, since the protocol has an order of checks of its own and its own
 * response to unknown routes (ADR 0011).
 */
@Singleton
class BetterAuthHandler implements RequestLimitResponse {

    private static final Logger LOG = Logger.getLogger(BetterAuthHandler.class);

    /** The order after the filters of {@code platform.http.FilterOrder}: preflights are answered and bodies read before a worker is used. */
    private static final int ORDER = 5_000;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final String CONTENT_TYPE = "Content-Type";
    private static final String JSON = "application/json";
    private static final String EXPOSE_HEADERS = "Access-Control-Expose-Headers";

    private final BetterAuthRouter router;
    private final ClientResolver clients;
    private final ObjectMapper json;

    BetterAuthHandler(BetterAuthRouter router, ClientResolver clients, ObjectMapper json) {
        this.router = router;
        this.clients = clients;
        this.json = json;
    }

    void register(@Observes Filters filters) {
        filters.register(this::handle, ORDER);
    }

    @Override
    public boolean appliesTo(String path) {
        return BetterAuthPaths.isBetterAuth(path);
    }

    @Override
    public void send(RoutingContext context, Duration retryAfter) {
        send(context, BetterAuthResponse.rateLimited(retryAfter));
    }

    private void handle(RoutingContext context) {
        String path = context.request().path();
        if (path == null || !BetterAuthPaths.isBetterAuth(path)) {
            context.next();
            return;
        }
        BetterAuthRequest request = read(context, path);
        router.find(request.method(), request.path())
                .ifPresent(endpoint -> MetricPath.set(BetterAuthPaths.BASE + endpoint.path()));
        context.vertx()
                .executeBlocking(() -> router.handle(request), false)
                .onComplete(result -> send(context, request, result));
    }

    private BetterAuthRequest read(RoutingContext context, String path) {
        HttpServerRequest request = context.request();
        Buffer body = context.body() == null ? null : context.body().buffer();
        return new BetterAuthRequest(
                request.method().name(),
                path.substring(BetterAuthPaths.BASE.length()),
                context.queryParams(),
                request.headers(),
                body == null ? new byte[0] : body.getBytes(),
                clients.of(request));
    }

    private void send(RoutingContext context, BetterAuthRequest request, AsyncResult<BetterAuthResponse> result) {
        if (context.response().ended() || context.response().closed()) {
            return;
        }
        send(context, result.succeeded() ? result.result() : failed(request, result.cause()));
    }

    private void send(RoutingContext context, BetterAuthResponse response) {
        HttpServerResponse http = context.response().setStatusCode(response.status());
        response.headers().forEach(header -> add(http, header));
        exposeHeaders(http, response);
        http.putHeader("Cache-Control", "no-store");
        switch (response.body()) {
            case Body.Html(String text) ->
                http.putHeader(CONTENT_TYPE, "text/html; charset=utf-8").end(text);
            case Body.Json(var value) -> http.putHeader(CONTENT_TYPE, JSON).end(text(value));
            case Body.Empty() -> {
                if (response.status() == 302) {
                    http.putHeader(CONTENT_TYPE, JSON);
                }
                http.end();
            }
        }
    }

    private static void add(HttpServerResponse http, Header header) {
        http.headers()
                .add(header.name(), header.name().equals("Location") ? Urls.ascii(header.value()) : header.value());
    }

    /** Lets scripts of other origins read the tokens; for trusted origins CORS has listed all headers before. */
    private static void exposeHeaders(HttpServerResponse http, BetterAuthResponse response) {
        if (http.headers().contains(EXPOSE_HEADERS)) {
            return;
        }
        String names = Stream.of(BetterAuthResponse.SET_AUTH_JWT, BetterAuthResponse.SET_AUTH_TOKEN)
                .filter(response::hasHeader)
                .collect(Collectors.joining(", "));
        if (!names.isEmpty()) {
            http.putHeader(EXPOSE_HEADERS, names);
        }
    }

    /** Known kinds of overload have their own responses. An unexpected failure is logged here, once. */
    private static BetterAuthResponse failed(BetterAuthRequest request, Throwable failure) {
        OutOfMemoryGuard.exitIfOutOfMemory(failure);
        if (failure instanceof RejectedExecutionException) {
            return BetterAuthResponse.busy(RETRY_AFTER);
        }
        if (DatabaseErrors.isTemporary(failure)) {
            LOG.debug("the database did not respond", failure);
            return BetterAuthResponse.databaseUnavailable(RETRY_AFTER);
        }
        LOG.errorf(failure, "unexpected failure of a %s request", request.method());
        return BetterAuthResponse.internalError();
    }

    private String text(@Nullable Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("maps of texts, numbers and times can be written", impossible);
        }
    }
}
