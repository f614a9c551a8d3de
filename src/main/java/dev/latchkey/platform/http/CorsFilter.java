package dev.latchkey.platform.http;

import static dev.latchkey.platform.http.FilterOrder.CORS;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lets the scripts of trusted front ends on other origins read responses (CORS).
 *
 * <p>Not {@code quarkus.http.cors.*}, which {@code SecureOriginResourceTest} forbids. It refuses plain requests of untrusted
 * origins, too, with an empty 403; of two {@code Origin} headers it trusts the first; it sends no {@code Vary} where there is
 * no {@code Origin}; it refuses an untrusted preflight with an empty body; and its headers are missing where a body is too large.
 * It also runs before the gate, whose response no {@code Origin} may change.
 */
@Singleton
class CorsFilter {

    private static final String METHODS = "GET, POST, PUT, PATCH, DELETE";
    private static final String REQUEST_HEADERS = "authorization, content-type, x-request-id";
    private static final String EXPOSED_HEADERS =
            "set-auth-jwt, set-auth-token, X-Request-Id, Retry-After, X-Retry-After";
    private static final String MAX_AGE_SECONDS = "600";
    private static final int MAX_QUOTED_LENGTH = 200;

    /** Resolved when a request comes: filters are set up before the configuration checks run. */
    private final Instance<TrustedOrigins> origins;

    CorsFilter(Instance<TrustedOrigins> origins) {
        this.origins = origins;
    }

    void register(@Observes Filters filters) {
        filters.register(this::handle, CORS);
    }

    private void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        MultiMap headers = context.response().headers();
        switch (decide(
                request.method(),
                request.path(),
                request.headers(),
                origin -> origins.get().contains(origin))) {
            case Decision.Exempt() -> context.next();
            case Decision.Untrusted() -> {
                vary(headers);
                context.next();
            }
            case Decision.Trusted(String origin) -> {
                vary(headers);
                allow(headers, origin);
                headers.set("Access-Control-Expose-Headers", EXPOSED_HEADERS);
                context.next();
            }
            case Decision.Preflight(String origin) -> {
                vary(headers);
                allow(headers, origin);
                headers.set("Access-Control-Allow-Methods", METHODS);
                headers.set("Access-Control-Allow-Headers", REQUEST_HEADERS);
                headers.set("Access-Control-Max-Age", MAX_AGE_SECONDS);
                context.response().setStatusCode(204).end();
            }
            case Decision.UntrustedPreflight(String origin) -> {
                vary(headers);
                refusal(origin).send(context);
            }
        }
    }

    static Decision decide(HttpMethod method, @Nullable String path, MultiMap headers, Predicate<String> isTrusted) {
        String origin = headers.get("Origin");
        if (ResponseHeaders.isOAuth(path)) {
            return new Decision.Exempt();
        }
        if (origin == null) {
            return new Decision.Untrusted();
        }
        // Security: of two origins none is trusted; whichever was checked, a server before us may have used the other.
        boolean trusted = headers.getAll("Origin").size() == 1 && isTrusted.test(origin);
        if (method.equals(HttpMethod.OPTIONS) && headers.contains("Access-Control-Request-Method")) {
            return trusted ? new Decision.Preflight(origin) : new Decision.UntrustedPreflight(origin);
        }
        return trusted ? new Decision.Trusted(origin) : new Decision.Untrusted();
    }

    static ProblemResponse refusal(String origin) {
        String quote = origin.length() <= MAX_QUOTED_LENGTH ? origin : origin.substring(0, MAX_QUOTED_LENGTH) + "…";
        return new ProblemResponse(
                ProblemCode.FORBIDDEN,
                "The origin " + quote + " is not trusted; LATCHKEY_TRUSTED_ORIGINS lists those that are.");
    }

    private static void allow(MultiMap headers, String origin) {
        headers.set("Access-Control-Allow-Origin", origin);
        headers.set("Access-Control-Allow-Credentials", "true");
    }

    // Also where there is no Origin: a cache must not serve the response without these headers to a page that needs
    // them.
    private static void vary(MultiMap headers) {
        headers.add("Vary", "Origin");
    }

    /** The result of checking the origin of a request. */
    sealed interface Decision {

        /** A route for backends: the response does not depend on the origin. */
        record Exempt() implements Decision {}

        /** Served without CORS headers, so that a browser withholds the response from a script of another origin. */
        record Untrusted() implements Decision {}

        record Trusted(String origin) implements Decision {}

        record Preflight(String origin) implements Decision {}

        record UntrustedPreflight(String origin) implements Decision {}
    }
}
