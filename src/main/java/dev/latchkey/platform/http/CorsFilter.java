package dev.latchkey.platform.http;

import static dev.latchkey.platform.http.FilterOrder.CORS;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * Lets the scripts of trusted front ends on other origins read our answers.
 *
 * <p>The framework's own filter would refuse strangers with an empty body, would take our own origin for a stranger
 * behind a proxy that terminates TLS, and would have a say at the gate.
 */
@Singleton
class CorsFilter {

    private static final String METHODS = "GET, POST, PUT, PATCH, DELETE";
    private static final String REQUEST_HEADERS = "authorization, content-type, x-request-id";
    private static final String EXPOSED_HEADERS =
            "set-auth-jwt, set-auth-token, X-Request-Id, Retry-After, X-Retry-After";
    private static final String MAX_AGE_SECONDS = "600";
    private static final int LONGEST_QUOTE = 200;

    private final KnownOrigins origins;

    CorsFilter(KnownOrigins origins) {
        this.origins = origins;
    }

    void register(@Observes Filters filters) {
        filters.register(this::handle, CORS);
    }

    private void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        MultiMap headers = context.response().headers();
        switch (judge(request.method(), request.path(), request.headers(), origins)) {
            case Verdict.NotConcerned() -> context.next();
            case Verdict.Stranger() -> {
                vary(headers);
                context.next();
            }
            case Verdict.Trusted(String origin) -> {
                vary(headers);
                allow(headers, origin);
                headers.set("Access-Control-Expose-Headers", EXPOSED_HEADERS);
                context.next();
            }
            case Verdict.Preflight(String origin) -> {
                vary(headers);
                allow(headers, origin);
                headers.set("Access-Control-Allow-Methods", METHODS);
                headers.set("Access-Control-Allow-Headers", REQUEST_HEADERS);
                headers.set("Access-Control-Max-Age", MAX_AGE_SECONDS);
                context.response().setStatusCode(204).end();
            }
            case Verdict.StrangersPreflight(String origin) -> {
                vary(headers);
                refusal(origin).send(context);
            }
        }
    }

    static Verdict judge(HttpMethod method, @Nullable String path, MultiMap headers, KnownOrigins origins) {
        String origin = headers.get("Origin");
        if (OAuthPath.is(path)) {
            return new Verdict.NotConcerned();
        }
        if (origin == null) {
            return new Verdict.Stranger();
        }
        // Security: two origins are nobody's; whichever was checked, the other could be the one believed.
        boolean trusted = headers.getAll("Origin").size() == 1 && origins.contains(origin);
        if (method.equals(HttpMethod.OPTIONS) && headers.contains("Access-Control-Request-Method")) {
            return trusted ? new Verdict.Preflight(origin) : new Verdict.StrangersPreflight(origin);
        }
        return trusted ? new Verdict.Trusted(origin) : new Verdict.Stranger();
    }

    static ProblemResponse refusal(String origin) {
        String quote = origin.length() <= LONGEST_QUOTE ? origin : origin.substring(0, LONGEST_QUOTE) + "…";
        return new ProblemResponse(
                ProblemCode.FORBIDDEN,
                "The origin " + quote + " is not trusted; LATCHKEY_TRUSTED_ORIGINS lists those that are.");
    }

    private static void allow(MultiMap headers, String origin) {
        headers.set("Access-Control-Allow-Origin", origin);
        headers.set("Access-Control-Allow-Credentials", "true");
    }

    // Also where there is no Origin: a cache must not give the answer without our headers to a page that needs them.
    private static void vary(MultiMap headers) {
        headers.add("Vary", "Origin");
    }

    /** What a request's origin means for its answer. */
    sealed interface Verdict {

        /** The routes for backends: the answer is the same whoever asks. */
        record NotConcerned() implements Verdict {}

        /** Served without a word about origins, so a browser withholds the answer from a foreign script. */
        record Stranger() implements Verdict {}

        record Trusted(String origin) implements Verdict {}

        record Preflight(String origin) implements Verdict {}

        record StrangersPreflight(String origin) implements Verdict {}
    }
}
