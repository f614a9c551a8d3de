package dev.latchkey.betterauth;

import java.util.function.Function;

/**
 * A line of the dialect's table: nothing is open unless it says so.
 *
 * @param path literal; one that ends with a slash takes one more segment
 * @param form whether a form's fields are read as well as JSON
 */
record Endpoint(
        String method,
        String path,
        Demand demand,
        RequestSchema body,
        RequestSchema query,
        boolean form,
        Function<RouteCall, BetterAuthResponse> answer) {

    /** Whom an endpoint answers. */
    enum Demand {
        /** Everybody; nobody is looked up. */
        NOBODY,
        /** Everybody; whoever has a session is known. */
        ANYBODY,
        /** Whoever has a session. */
        SESSION,
        /** Whoever has a session that is young. */
        FRESH
    }

    static Endpoint get(String path, Demand demand, Function<RouteCall, BetterAuthResponse> answer) {
        return new Endpoint("GET", path, demand, RequestSchema.IGNORED, RequestSchema.IGNORED, false, answer);
    }

    static Endpoint link(
            String path, Demand demand, RequestSchema query, Function<RouteCall, BetterAuthResponse> answer) {
        return new Endpoint("GET", path, demand, RequestSchema.IGNORED, query, false, answer);
    }

    static Endpoint post(
            String path, Demand demand, RequestSchema body, Function<RouteCall, BetterAuthResponse> answer) {
        return new Endpoint("POST", path, demand, body, RequestSchema.IGNORED, false, answer);
    }

    /** One that lets people in: forms come, too, and where they come from is always looked at. */
    static Endpoint entrance(String path, RequestSchema body, Function<RouteCall, BetterAuthResponse> answer) {
        return new Endpoint("POST", path, Demand.NOBODY, body, RequestSchema.IGNORED, true, answer);
    }

    boolean matches(String asked) {
        if (!path.endsWith("/")) {
            return path.equals(asked);
        }
        return asked.startsWith(path) && asked.length() > path.length() && asked.indexOf('/', path.length()) < 0;
    }

    String rest(String asked) {
        return path.endsWith("/") ? asked.substring(path.length()) : "";
    }
}
