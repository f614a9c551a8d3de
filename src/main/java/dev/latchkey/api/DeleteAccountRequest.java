package dev.latchkey.api;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Somebody wants their account deleted. */
public record DeleteAccountRequest(
        @Schema(examples = "correct horse battery") @Nullable
        String password) {
    @Override
    public String toString() {
        return "DepartureRequest[hidden]";
    }
}
