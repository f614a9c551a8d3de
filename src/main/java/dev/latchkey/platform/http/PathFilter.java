package dev.latchkey.platform.http;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.ext.Provider;

/**
 * Refuses ambiguous paths before a route is chosen, so that the route, its parameters and the owner rule speak of one path.
 *
 * <p>Why the router reads what is accepted here as {@link CanonicalPath} does: it matches what Vert.x'
 * {@code RoutingContext.normalizedPath()} makes of the target, that is, the query cut at the first {@code ?}, the encoded
 * forms of RFC 3986's unreserved characters decoded, dot segments resolved and slashes merged; matrix parameters are cut
 * out only where there is a {@code ;}; and path parameters are decoded once, each by itself. An accepted path has nothing to
 * resolve, merge or cut, and decoding the unreserved first cannot make a new escape, since no {@code %25} stands before two
 * hexadecimal digits. The literals of our routes are unreserved characters, so they match the segments that equal them decoded.
 *
 * <p>The HTTP layer refuses some targets before any filter, with a bare 400: those that java.net.URI cannot parse, such as
 * a broken escape or a raw {@code |}; a target that starts with no slash at all finds no route there.
 */
@Provider
@PreMatching
class PathFilter implements ContainerRequestFilter {

    private final HttpServerRequest request;
    private final Problems problems;

    PathFilter(HttpServerRequest request, Problems problems) {
        this.request = request;
        this.problems = problems;
    }

    /** Refuses the absolute form, {@code http://host/path}, too: this server is no forward proxy (RFC 9112, 3.2.2). */
    @Override
    public void filter(ContainerRequestContext context) {
        switch (CanonicalPath.read(request.uri())) {
            case CanonicalPath.Canonical _ -> {}
            case CanonicalPath.Ambiguous(CanonicalPath.Reason reason) ->
                context.abortWith(
                        problems.of(ProblemCode.MALFORMED_PATH, "The path is ambiguous: " + reason.text() + "."));
        }
    }
}
