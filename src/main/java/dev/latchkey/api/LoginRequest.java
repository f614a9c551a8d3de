package dev.latchkey.api;

import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/** Somebody wants to sign in. */
public record LoginRequest(
        @NotNull String email,
        @NotNull String password,
        @Nullable Boolean remember) {
    @Override
    public String toString() {
        return "LoginRequest[hidden]";
    }
}
