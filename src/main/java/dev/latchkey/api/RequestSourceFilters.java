package dev.latchkey.api;

import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.platform.http.TrustedOrigins;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.NameBinding;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;

/**
 * Refuse what pages of other origins can make a browser send without asking this service first (a CORS preflight).
 *
 * <p>Jakarta REST compares {@code @Consumes} only with a content type that is there: a body without one is read as JSON, and
 * any page can send such a body.
 */
final class RequestSourceFilters {

    private RequestSourceFilters() {}

    /** Requires a content type of a request that has a body; {@code @Consumes} requires that it is JSON. */
    @NameBinding
    @Target({ElementType.METHOD, ElementType.TYPE})
    @Retention(RetentionPolicy.RUNTIME)
    @interface JsonBody {}

    /**
     * Requires a content type in any case, and an origin that is trusted if there is one.
     *
     * <p>Security: another page could otherwise sign its visitor in to an account of the attacker (login CSRF), or make its
     * visitors try passwords and links, or request e-mails, from their addresses.
     */
    @NameBinding
    @Target({ElementType.METHOD, ElementType.TYPE})
    @Retention(RetentionPolicy.RUNTIME)
    @interface FromTrustedOrigin {}

    @Provider
    @JsonBody
    static class ContentTypeFilter implements ContainerRequestFilter {

        private final Problems problems;
        private final CurrentVertxRequest current;

        ContentTypeFilter(Problems problems, CurrentVertxRequest current) {
            this.problems = problems;
            this.current = current;
        }

        @Override
        public void filter(ContainerRequestContext request) {
            if (request.getHeaderString(HttpHeaders.CONTENT_TYPE) == null && hasBody(current.getCurrent())) {
                request.abortWith(problems.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE));
            }
        }

        private static boolean hasBody(RoutingContext request) {
            return request.body() != null
                    && request.body().buffer() != null
                    && request.body().buffer().length() > 0;
        }
    }

    @Provider
    @FromTrustedOrigin
    static class OriginFilter implements ContainerRequestFilter {

        private final Problems problems;
        private final Instance<TrustedOrigins> origins;
        private final RefusedRequests refused;
        private final ClientResolver clients;
        private final HttpServerRequest http;

        OriginFilter(
                Problems problems,
                Instance<TrustedOrigins> origins,
                RefusedRequests refused,
                ClientResolver clients,
                HttpServerRequest http) {
            this.problems = problems;
            this.origins = origins;
            this.refused = refused;
            this.clients = clients;
            this.http = http;
        }

        @Override
        public void filter(ContainerRequestContext request) {
            List<String> sent = request.getHeaders().getOrDefault("Origin", List.of());
            if (request.getHeaderString(HttpHeaders.CONTENT_TYPE) == null) {
                request.abortWith(problems.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE));
            } else if (!sent.isEmpty() && !(sent.size() == 1 && origins.get().contains(sent.getFirst()))) {
                refused.recordUntrustedOrigin(http, clients.of(http));
                request.abortWith(problems.of(
                        ProblemCode.FORBIDDEN,
                        "This origin is not trusted; LATCHKEY_TRUSTED_ORIGINS lists those that are."));
            }
        }
    }
}
