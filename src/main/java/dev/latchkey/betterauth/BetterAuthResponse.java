package dev.latchkey.betterauth;

import dev.latchkey.account.ProfileText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A response of the Better Auth protocol, not yet written. */
record BetterAuthResponse(int status, Body body, List<Header> headers) {

    /** Carries the session token for clients that keep no cookies (the {@code bearer} plugin). */
    static final String SET_AUTH_TOKEN = "set-auth-token";

    /** Carries an access token (the {@code jwt} plugin). */
    static final String SET_AUTH_JWT = "set-auth-jwt";

    sealed interface Body {

        /** A value to be written as JSON; null is written as {@code null}. */
        record Json(@Nullable Object value) implements Body {}

        record Html(String text) implements Body {}

        record Empty() implements Body {}
    }

    record Header(String name, String value) {}

    BetterAuthResponse {
        headers = List.copyOf(headers);
    }

    static BetterAuthResponse ok(@Nullable Object json) {
        return new BetterAuthResponse(200, new Body.Json(json), List.of());
    }

    /** The response of a route that has nothing else to return. */
    static BetterAuthResponse success() {
        return ok(Map.of("status", true));
    }

    static BetterAuthResponse page(String html) {
        return new BetterAuthResponse(200, new Body.Html(html), List.of());
    }

    static BetterAuthResponse redirect(String location) {
        return new BetterAuthResponse(302, new Body.Empty(), List.of(new Header("Location", location)));
    }

    static BetterAuthResponse refused(ErrorCode error) {
        return refused(error.status(), error.code(), error.message());
    }

    /** A refusal without a code. */
    static BetterAuthResponse refused(int status, String message) {
        return new BetterAuthResponse(status, new Body.Json(Map.of("message", message)), List.of());
    }

    static BetterAuthResponse refused(int status, String code, String message) {
        Map<String, String> json = new LinkedHashMap<>();
        json.put("message", message);
        json.put("code", code);
        return new BetterAuthResponse(status, new Body.Json(json), List.of());
    }

    static BetterAuthResponse invalid(String errors) {
        return refused(400, "VALIDATION_ERROR", errors);
    }

    /** A name or an image that cannot be stored. */
    static BetterAuthResponse invalidText(String field, ProfileText.Reason error, int maxLength) {
        String message = switch (error) {
            case TOO_LONG -> "Too big: expected string to have <=" + maxLength + " characters";
            case NOT_TEXT -> "Invalid string: must not hold control characters";
        };
        return invalid("[body." + field + "] " + message);
    }

    static BetterAuthResponse noFieldsToUpdate() {
        return refused(400, "No fields to update");
    }

    static BetterAuthResponse rateLimited(Duration retryAfter) {
        return refused(429, "Too many requests. Please try again later.")
                .with("X-Retry-After", seconds(retryAfter))
                .with("Retry-After", seconds(retryAfter));
    }

    static BetterAuthResponse busy(Duration retryAfter) {
        return refused(ErrorCode.BUSY).with("Retry-After", seconds(retryAfter));
    }

    static BetterAuthResponse databaseUnavailable(Duration retryAfter) {
        return refused(ErrorCode.DATABASE_UNAVAILABLE).with("Retry-After", seconds(retryAfter));
    }

    /** Better Auth's response to every unknown route. */
    static BetterAuthResponse notFound() {
        return new BetterAuthResponse(404, new Body.Empty(), List.of());
    }

    /** Better Auth's response to an unexpected failure. */
    static BetterAuthResponse internalError() {
        return new BetterAuthResponse(500, new Body.Empty(), List.of());
    }

    BetterAuthResponse with(String name, String value) {
        return with(List.of(new Header(name, value)));
    }

    BetterAuthResponse with(List<Header> further) {
        List<Header> all = new ArrayList<>(headers);
        all.addAll(further);
        return new BetterAuthResponse(status, body, all);
    }

    boolean hasHeader(String name) {
        return headers.stream().anyMatch(header -> header.name().equalsIgnoreCase(name));
    }

    private static String seconds(Duration duration) {
        return Long.toString(Math.max(1, duration.plusMillis(999).toSeconds()));
    }
}
