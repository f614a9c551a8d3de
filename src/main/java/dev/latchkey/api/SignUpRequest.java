package dev.latchkey.api;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Somebody wants an account. What is wrong with it, also what is missing, is told all at once by the sign-up itself. */
public record SignUpRequest(
        @Schema(examples = "ada@example.com") @Nullable String email,

        @Schema(examples = "correct horse battery") @Nullable
        String password,

        @Schema(examples = "Ada") @Nullable String name) {
    @Override
    public String toString() {
        return "SignUpRequest[hidden]";
    }
}
