package dev.latchkey.api;

import org.jspecify.annotations.Nullable;

/** Somebody wants their account deleted. */
public record DepartureRequest(@Nullable String password) {
    @Override
    public String toString() {
        return "DepartureRequest[hidden]";
    }
}
