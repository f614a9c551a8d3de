package dev.latchkey.platform.http;

import io.vertx.ext.web.RoutingContext;
import java.util.UUID;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/** Gives each request an id: the caller's own if it is harmless in logs and headers, else a fresh random one. */
public final class RequestIds {

    /** The key of the id in the routing context, and in the MDC of every log line. */
    static final String KEY = "request_id";

    static final String HEADER = "X-Request-Id";

    private static final int LONGEST = 64;

    private RequestIds() {}

    /** The id that this request was given, or none if it was refused before. */
    static String of(RoutingContext request) {
        return request.get(KEY, "");
    }

    /** Returns the id of the request that the current thread works on, or null without one. */
    public static @Nullable String current() {
        return MDC.get(KEY) instanceof String id ? id : null;
    }

    static String keepOrMake(@Nullable String incoming) {
        return incoming != null && isSafe(incoming) ? incoming : fresh();
    }

    // Security: the id is echoed into headers, bodies and logs, so nothing passes that means something in any of them.
    static boolean isSafe(String id) {
        return !id.isEmpty() && id.length() <= LONGEST && id.chars().allMatch(RequestIds::isSafe);
    }

    private static boolean isSafe(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    private static String fresh() {
        return UUID.randomUUID().toString();
    }
}
