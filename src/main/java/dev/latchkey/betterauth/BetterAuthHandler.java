package dev.latchkey.betterauth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.latchkey.betterauth.BetterAuthResponse.Header;
import dev.latchkey.platform.db.DatabaseErrors;
import dev.latchkey.platform.http.ClientResolver;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jboss.logging.Logger;

/**
 * Brings what is asked below {@code /api/auth} to the dialect, but for the routes there that are our own API's.
 *
 * <p>A filter and no resource, since this face judges a request in an order of its own, and answers what it does not know in
 * its own way.
 */
@Singleton
class BetterAuthHandler {

    private static final Logger LOG = Logger.getLogger(BetterAuthHandler.class);

    /** Behind the filters of {@code platform.http.FilterOrder}: preflights are answered and bodies taken in before a worker is. */
    private static final int ORDER = 5_000;

    static final String BASE = "/api/auth";

    /** What our own API has below the same base (the gate is asked before). */
    static final Set<String> OUR_OWN = Set.of("/signup", "/login", "/refresh", "/logout", "/session", "/jwks");

    private static final String CONTENT_TYPE = "Content-Type";
    private static final String EXPOSED = "Access-Control-Expose-Headers";

    private final BetterAuthRouter dialect;
    private final ClientResolver clients;
    private final ObjectMapper json;

    BetterAuthHandler(BetterAuthRouter dialect, ClientResolver clients, ObjectMapper json) {
        this.dialect = dialect;
        this.clients = clients;
        this.json = json;
    }

    void register(@Observes Filters filters) {
        filters.register(this::answerOrGoOn, ORDER);
    }

    private void answerOrGoOn(RoutingContext context) {
        String path = context.request().path();
        if (path == null || !isOurs(path)) {
            context.next();
            return;
        }
        BetterAuthRequest asked = asked(context, path);
        context.vertx()
                .executeBlocking(() -> dialect.answer(asked), false)
                .onComplete(outcome -> send(context, asked, outcome));
    }

    /** Whether a path is this dialect's. */
    static boolean isOurs(String path) {
        if (!path.startsWith(BASE + "/")) {
            return false;
        }
        String rest = path.substring(BASE.length());
        String plain = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
        return !OUR_OWN.contains(plain);
    }

    private BetterAuthRequest asked(RoutingContext context, String path) {
        HttpServerRequest request = context.request();
        Buffer body = context.body() == null ? null : context.body().buffer();
        return new BetterAuthRequest(
                request.method().name(),
                path.substring(BASE.length()),
                context.queryParams(),
                request.headers(),
                body == null ? new byte[0] : body.getBytes(),
                clients.of(request));
    }

    private void send(RoutingContext context, BetterAuthRequest asked, AsyncResult<BetterAuthResponse> outcome) {
        if (context.response().ended() || context.response().closed()) {
            return;
        }
        BetterAuthResponse reply = outcome.succeeded() ? outcome.result() : failed(asked, outcome.cause());
        HttpServerResponse response = context.response().setStatusCode(reply.status());
        reply.headers().forEach(header -> add(response, header));
        expose(response, reply);
        response.putHeader("Cache-Control", "no-store");
        switch (reply.body()) {
            case BetterAuthResponse.Page(String html) ->
                response.putHeader(CONTENT_TYPE, "text/html; charset=utf-8").end(html);
            case Object nothing
            when nothing == BetterAuthResponse.NOTHING -> {
                if (reply.status() == 302) {
                    response.putHeader(CONTENT_TYPE, "application/json");
                }
                response.end();
            }
            case null -> end(response, "null");
            case Object body -> end(response, text(body));
        }
    }

    private static void end(HttpServerResponse response, String body) {
        response.putHeader(CONTENT_TYPE, "application/json").end(body);
    }

    private static void add(HttpServerResponse response, Header header) {
        response.headers()
                .add(header.name(), header.name().equals("Location") ? ascii(header.value()) : header.value());
    }

    /** What front ends on other origins may read; where the origin is trusted, that has been said. */
    private static void expose(HttpServerResponse response, BetterAuthResponse reply) {
        if (response.headers().contains(EXPOSED)) {
            return;
        }
        String names = String.join(
                ", ",
                Set.of(SessionCookies.SET_AUTH_TOKEN, SessionRoutes.SET_AUTH_JWT).stream()
                        .filter(reply::sets)
                        .sorted()
                        .toList());
        if (!names.isEmpty()) {
            response.putHeader(EXPOSED, names);
        }
    }

    /** What fails by itself is told so; what nobody expected is logged here, once, and told as the original does. */
    private static BetterAuthResponse failed(BetterAuthRequest asked, Throwable failure) {
        if (failure instanceof RejectedExecutionException) {
            return BetterAuthResponse.later(ErrorCode.BUSY, Duration.ofSeconds(1));
        }
        if (DatabaseErrors.isAway(failure)) {
            LOG.debug("the database did not answer", failure);
            return BetterAuthResponse.later(ErrorCode.DATABASE_UNAVAILABLE, Duration.ofSeconds(1));
        }
        LOG.errorf(failure, "unexpected failure of %s", asked.method());
        return new BetterAuthResponse(500, BetterAuthResponse.NOTHING, List.of());
    }

    private String text(Object body) {
        try {
            return json.writeValueAsString(body);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("maps of texts, numbers and times can be written", impossible);
        }
    }

    private static String ascii(String location) {
        StringBuilder ascii = new StringBuilder();
        for (byte octet : location.getBytes(StandardCharsets.UTF_8)) {
            if (octet > ' ' && octet < 0x7F) {
                ascii.append((char) octet);
            } else {
                ascii.append('%').append("%02X".formatted(octet & 0xFF));
            }
        }
        return ascii.toString();
    }
}
