package dev.latchkey.platform.http;

import static dev.latchkey.platform.http.FilterOrder.ANSWER_HEADERS;

import io.quarkus.vertx.http.ManagementInterface;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.jboss.logging.MDC;

/** Names each request and gives every answer its headers, the framework's own answers included. */
@Singleton
class ResponseHeaders {

    static final String RETRY_AFTER = "Retry-After";

    // Of this host only: whether its subdomains speak HTTPS is not ours to promise (RFC 6797, 14.4).
    private static final String HSTS = "max-age=31536000";
    private static final String NOTHING_MAY_RUN = "default-src 'none'; frame-ancestors 'none'";
    private static final int SOON = 1;

    private final Draining draining;
    private final boolean https;

    ResponseHeaders(PublicUrl url, Draining draining) {
        this.draining = draining;
        this.https = url.isHttps();
    }

    void register(@Observes Filters filters) {
        filters.register(this::attachAndGoOn, ANSWER_HEADERS);
    }

    void register(@Observes ManagementInterface management) {
        management.router().route().order(-ANSWER_HEADERS).handler(this::attachAndGoOn);
    }

    private void attachAndGoOn(RoutingContext request) {
        attach(request);
        request.next();
    }

    /** May be called again: a request that is refused before the first filter gets its headers on the way out. */
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
        if (path == null || !isFrameworks(path)) {
            putIfMissing(headers, "Content-Security-Policy", NOTHING_MAY_RUN);
        }
        if (path != null && (isApi(path) || OAuthPath.is(path))) {
            putIfMissing(headers, "Cache-Control", "no-store");
        }
        if (https) {
            headers.set("Strict-Transport-Security", HSTS);
        }
        if (request.response().getStatusCode() == 503) {
            putIfMissing(headers, RETRY_AFTER, Integer.toString(SOON));
        }
        if (draining.begun()) {
            headers.set("Connection", "close");
        }
    }

    private static boolean isApi(String path) {
        return path.equals("/api") || path.startsWith("/api/");
    }

    /** Swagger UI in dev mode runs scripts of its own. */
    private static boolean isFrameworks(String path) {
        return path.startsWith("/q/");
    }

    private static void putIfMissing(MultiMap headers, String name, String value) {
        if (!headers.contains(name)) {
            headers.set(name, value);
        }
    }
}
