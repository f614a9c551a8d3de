package dev.latchkey.betterauth;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer in this dialect.
 *
 * @param body what is to be written as JSON; {@link #NOTHING} for an empty body, since null is an answer, too
 */
record BetterAuthResponse(int status, @Nullable Object body, List<Header> headers) {

    /** Stands for a body that is empty. */
    static final Object NOTHING = new Object();

    /** A text that is no JSON. */
    record Page(String html) {}

    record Header(String name, String value) {}

    BetterAuthResponse {
        headers = List.copyOf(headers);
    }

    static BetterAuthResponse ok(@Nullable Object body) {
        return new BetterAuthResponse(200, body, List.of());
    }

    static BetterAuthResponse refused(ErrorCode error) {
        return refused(error.status(), error.code(), error.message());
    }

    /** A refusal without a code. */
    static BetterAuthResponse refused(int status, String message) {
        return new BetterAuthResponse(status, Map.of("message", message), List.of());
    }

    static BetterAuthResponse refused(int status, String code, String message) {
        Map<String, String> body = new LinkedHashMap<>();
        body.put("message", message);
        body.put("code", code);
        return new BetterAuthResponse(status, body, List.of());
    }

    /** Refused for now. */
    static BetterAuthResponse later(ErrorCode error, Duration wait) {
        return refused(error).with("Retry-After", seconds(wait));
    }

    static BetterAuthResponse tooMany(Duration wait) {
        return refused(429, "Too many requests. Please try again later.")
                .with("X-Retry-After", seconds(wait))
                .with("Retry-After", seconds(wait));
    }

    /** What the original says of everything that it does not know. */
    static BetterAuthResponse unknown() {
        return new BetterAuthResponse(404, NOTHING, List.of());
    }

    static BetterAuthResponse redirect(String location) {
        return new BetterAuthResponse(302, NOTHING, List.of(new Header("Location", location)));
    }

    BetterAuthResponse with(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new BetterAuthResponse(status, body, more);
    }

    BetterAuthResponse with(List<Header> further) {
        List<Header> more = new ArrayList<>(headers);
        more.addAll(further);
        return new BetterAuthResponse(status, body, more);
    }

    boolean sets(String name) {
        return headers.stream().anyMatch(header -> header.name().equalsIgnoreCase(name));
    }

    private static String seconds(Duration wait) {
        return Long.toString(Math.max(1, wait.plusMillis(999).toSeconds()));
    }
}
