package dev.latchkey.platform.http;

import static dev.latchkey.platform.http.FilterOrder.RESPONSE_HEADERS;

import io.quarkus.vertx.http.ManagementInterface;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * Gives each request its id and every response its headers, the framework's own responses included.
 *
 * <p>Not {@code quarkus.http.header.*}, which {@code ErrorResponsesResourceTest} forbids: its route has a path, for which
 * Vert.x decodes the target of a request before any filter, so that {@code /api/users/%zz} gets 500 and not 400. Nor could it
 * leave out a path (the Dev UI of development mode) or follow the status, the public URL and a shutdown.
 */
@Singleton
class ResponseHeaders {

    static final String RETRY_AFTER = "Retry-After";

    // Of this host only: whether its subdomains use HTTPS is not ours to promise (RFC 6797, 14.4).
    private static final String HSTS = "max-age=31536000";
    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    /** Nothing here asks for a sensor or a payment, so that what is injected into a page cannot either. */
    private static final String PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=()";

    private static final int RETRY_AFTER_SECONDS = 1;

    private final Draining draining;
    private final boolean https;

    ResponseHeaders(PublicUrl url, Draining draining) {
        this.draining = draining;
        this.https = url.isHttps();
    }

    void register(@Observes Filters filters) {
        filters.register(
                request -> {
                    String path = request.request().path();
                    if (path == null || !isFrameworkPath(path)) {
                        MetricPath.setDefault(path == null ? "" : path);
                    }
                    attachAndProceed(request);
                },
                RESPONSE_HEADERS);
    }

    void register(@Observes ManagementInterface management) {
        management.router().route().order(-RESPONSE_HEADERS).handler(this::attachAndProceed);
    }

    private void attachAndProceed(RoutingContext request) {
        attach(request);
        request.next();
    }

    /** Sets the headers; may be called again: a request that is refused before the first filter gets its headers on the way out. */
    void attach(RoutingContext request) {
        if (request.get(RequestIds.KEY) != null) {
            return;
        }
        String id = RequestIds.keepOrMake(request.request().getHeader(RequestIds.HEADER));
        request.put(RequestIds.KEY, id);
        MDC.put(RequestIds.KEY, id);
        request.addHeadersEndHandler(end -> complete(request, id));
    }

    private void complete(RoutingContext request, String id) {
        MultiMap headers = request.response().headers();
        headers.set(RequestIds.HEADER, id);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.remove("Server");
        String path = request.request().path();
        if (path == null || !isFrameworkPath(path)) {
            // Those of our pages bring their own.
            putIfMissing(headers, "Content-Security-Policy", CONTENT_SECURITY_POLICY);
            putIfMissing(headers, "Cross-Origin-Opener-Policy", "same-origin");
            putIfMissing(headers, "Permissions-Policy", PERMISSIONS_POLICY);
        }
        if (path != null && (isApi(path) || isOAuth(path))) {
            putIfMissing(headers, "Cache-Control", "no-store");
        }
        if (https) {
            headers.set("Strict-Transport-Security", HSTS);
        }
        if (request.response().getStatusCode() == 503) {
            putIfMissing(headers, RETRY_AFTER, Integer.toString(RETRY_AFTER_SECONDS));
        }
        if (draining.hasBegun()) {
            headers.set("Connection", "close");
        }
    }

    private static boolean isApi(String path) {
        return path.equals("/api") || path.startsWith("/api/");
    }

    /** Returns whether a path is one of the routes for backends with credentials: no page calls them, and no cache keeps them. */
    static boolean isOAuth(@Nullable String path) {
        return path != null && path.startsWith("/oauth/");
    }

    /** Returns whether a path is the framework's: the Dev UI of development mode runs scripts of its own. */
    private static boolean isFrameworkPath(String path) {
        return path.startsWith("/q/");
    }

    private static void putIfMissing(MultiMap headers, String name, String value) {
        if (!headers.contains(name)) {
            headers.set(name, value);
        }
    }
}
