package dev.latchkey.api;

import org.jspecify.annotations.Nullable;

/** Somebody wants an account. What is wrong with it, also what is missing, is told all at once by the sign-up itself. */
public record SignUpRequest(
        @Nullable String email,
        @Nullable String password,
        @Nullable String name) {
    @Override
    public String toString() {
        return "SignUpRequest[hidden]";
    }
}
