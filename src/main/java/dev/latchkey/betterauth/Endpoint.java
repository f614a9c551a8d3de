package dev.latchkey.betterauth;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A row of the route table: a method and a path, who may call it, what it accepts, and its handler.
 *
 * @param path literal; one that ends with a slash takes one more segment, the path parameter
 * @param acceptsForms whether an HTML form's encoding is accepted as well as JSON
 */
record Endpoint(
        String method,
        String path,
        Access access,
        RequestSchema body,
        RequestSchema query,
        boolean acceptsForms,
        Function<RouteCall, BetterAuthResponse> handler) {

    /** The access to an endpoint: who may call it. There is no default, so that nothing is open unless its row says so. */
    enum Access {
        /** Any client. No session is looked up. */
        PUBLIC,
        /** Any client. The handler learns of the caller's session, if there is one. */
        OPTIONAL_SESSION,
        /** A caller with an active session. */
        SESSION,
        /** A caller with an active session that was opened recently ({@code latchkey.better-auth.fresh-for}). */
        FRESH_SESSION
    }

    /** The endpoints of one topic. */
    interface RouteGroup {

        List<Endpoint> endpoints();
    }

    /** A request that has passed all checks of its endpoint, as the handler gets it. */
    record RouteCall(
            BetterAuthRequest request,
            JsonInput body,
            JsonInput query,
            String pathParameter,
            @Nullable Caller optionalCaller) {

        RouteCall with(Caller caller) {
            return new RouteCall(request, body, query, pathParameter, caller);
        }

        /** Returns the caller of an endpoint that requires a session. */
        Caller caller() {
            return Objects.requireNonNull(optionalCaller, "the endpoint requires no session");
        }
    }

    static Endpoint get(String path, Access access, Function<RouteCall, BetterAuthResponse> handler) {
        return get(path, access, RequestSchema.IGNORED, handler);
    }

    static Endpoint get(
            String path, Access access, RequestSchema query, Function<RouteCall, BetterAuthResponse> handler) {
        return new Endpoint("GET", path, access, RequestSchema.IGNORED, query, false, handler);
    }

    static Endpoint post(
            String path, Access access, RequestSchema body, Function<RouteCall, BetterAuthResponse> handler) {
        return new Endpoint("POST", path, access, body, RequestSchema.IGNORED, false, handler);
    }

    /** A sign-up or sign-in: it also accepts forms, and its origin is checked even without cookies. */
    static Endpoint signInForm(String path, RequestSchema body, Function<RouteCall, BetterAuthResponse> handler) {
        return new Endpoint("POST", path, Access.PUBLIC, body, RequestSchema.IGNORED, true, handler);
    }

    boolean matches(String requestPath) {
        if (!path.endsWith("/")) {
            return path.equals(requestPath);
        }
        return requestPath.startsWith(path)
                && requestPath.length() > path.length()
                && requestPath.indexOf('/', path.length()) < 0;
    }

    /** The last segment of a matching path, or an empty text if the endpoint takes none. */
    String pathParameter(String requestPath) {
        return path.endsWith("/") ? requestPath.substring(path.length()) : "";
    }
}
