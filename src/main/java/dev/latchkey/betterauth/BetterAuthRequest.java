package dev.latchkey.betterauth;

import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.Cookies;
import dev.latchkey.platform.http.DeviceCookie;
import io.vertx.core.MultiMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request of the Better Auth protocol, not yet checked.
 *
 * @param path what follows {@code /api/auth}, undecoded
 * @param body empty if there is none
 */
record BetterAuthRequest(String method, String path, MultiMap query, MultiMap headers, byte[] body, Client client) {

    @Nullable
    String header(String name) {
        return headers.get(name);
    }

    /** Returns whether the method is a safe one (RFC 9110, section 9.2.1), by which nothing is changed. */
    boolean isSafe() {
        return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
    }

    /** Returns whether a query parameter is set: to any text, {@code false} included, as Better Auth reads it. */
    boolean flag(String name) {
        String value = query.get(name);
        return value != null && !value.isEmpty();
    }

    /** Returns whether there are cookies, as the original sees it: it has none that tells a known device. */
    boolean hasCookies() {
        return headers.contains("Cookie") && !DeviceCookie.isOnly(headers.getAll("Cookie"));
    }

    /** The value of the only cookie of a name; empty if there is none or there are several. */
    Optional<String> cookie(String name) {
        return Cookies.only(headers.getAll("Cookie"), name);
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
