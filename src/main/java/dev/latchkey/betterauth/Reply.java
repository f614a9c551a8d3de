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
record Reply(int status, @Nullable Object body, List<Header> headers) {

    /** Stands for a body that is empty. */
    static final Object NOTHING = new Object();

    /** A text that is no JSON. */
    record Page(String html) {}

    record Header(String name, String value) {}

    Reply {
        headers = List.copyOf(headers);
    }

    static Reply ok(@Nullable Object body) {
        return new Reply(200, body, List.of());
    }

    static Reply refused(ErrorCode error) {
        return refused(error.status(), error.code(), error.message());
    }

    /** A refusal without a code. */
    static Reply refused(int status, String message) {
        return new Reply(status, Map.of("message", message), List.of());
    }

    static Reply refused(int status, String code, String message) {
        Map<String, String> body = new LinkedHashMap<>();
        body.put("message", message);
        body.put("code", code);
        return new Reply(status, body, List.of());
    }

    /** Refused for now. */
    static Reply later(ErrorCode error, Duration wait) {
        return refused(error).with("Retry-After", seconds(wait));
    }

    static Reply tooMany(Duration wait) {
        return refused(429, "Too many requests. Please try again later.")
                .with("X-Retry-After", seconds(wait))
                .with("Retry-After", seconds(wait));
    }

    /** What the original says of everything that it does not know. */
    static Reply unknown() {
        return new Reply(404, NOTHING, List.of());
    }

    static Reply redirect(String location) {
        return new Reply(302, NOTHING, List.of(new Header("Location", location)));
    }

    Reply with(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new Reply(status, body, more);
    }

    Reply with(List<Header> further) {
        List<Header> more = new ArrayList<>(headers);
        more.addAll(further);
        return new Reply(status, body, more);
    }

    boolean sets(String name) {
        return headers.stream().anyMatch(header -> header.name().equalsIgnoreCase(name));
    }

    private static String seconds(Duration wait) {
        return Long.toString(Math.max(1, wait.plusMillis(999).toSeconds()));
    }
}
