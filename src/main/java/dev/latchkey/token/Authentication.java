package dev.latchkey.token;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When and how the user of a session proved who they are.
 *
 * @param at the time of the sign-in; null when it is unknown, as for an imported session
 * @param methods the methods, as RFC 8176 and the specification name them; empty when they are unknown
 */
public record Authentication(@Nullable Instant at, Set<String> methods) {

    private static final Authentication UNKNOWN = new Authentication(null, Set.of());

    public Authentication {
        methods = Set.copyOf(methods);
    }

    public static Authentication unknown() {
        return UNKNOWN;
    }
}
