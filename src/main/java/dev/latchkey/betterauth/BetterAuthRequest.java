package dev.latchkey.betterauth;

import dev.latchkey.platform.http.Client;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came.
 *
 * @param path what stands behind {@code /api/auth}, undecoded
 * @param body what was sent, empty when nothing was
 */
record BetterAuthRequest(String method, String path, MultiMap query, MultiMap headers, byte[] body, Client client) {

    @Nullable
    String header(String name) {
        return headers.get(name);
    }

    /** Whether the request can change nothing by what these methods mean. */
    boolean isSafe() {
        return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
    }

    /** Whether a query's flag is raised: by any text, as the original reads it, {@code false} included. */
    boolean flag(String name) {
        String value = query.get(name);
        return value != null && !value.isEmpty();
    }

    /** The first cookie of a name, without the quotes that some put around it. */
    Optional<String> cookie(String name) {
        return cookies(name).stream().findFirst();
    }

    List<String> cookies(String name) {
        return headers.getAll("Cookie").stream()
                .flatMap(header -> List.of(header.split(";")).stream())
                .map(String::strip)
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> unquoted(pair.substring(name.length() + 1)))
                .toList();
    }

    private static String unquoted(String value) {
        return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }

    @Override
    public String toString() {
        return method + " " + path;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
