package dev.latchkey.betterauth;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A request that got as far as its endpoint. */
record RouteCall(
        BetterAuthRequest asked,
        JsonInput body,
        JsonInput query,
        String rest,
        @Nullable Caller visitor) {

    /** Who asks, at an endpoint that demands a session. */
    Caller caller() {
        return Objects.requireNonNull(visitor, "the endpoint demands a session");
    }
}
