package dev.latchkey.api;

import jakarta.validation.constraints.NotNull;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Somebody wants to sign in. */
public record LoginRequest(
        @Schema(examples = "ada@example.com") @NotNull String email,
        @Schema(examples = "correct horse battery") @NotNull String password,
        @Nullable Boolean remember) {
    @Override
    public String toString() {
        return "LoginRequest[hidden]";
    }
}
