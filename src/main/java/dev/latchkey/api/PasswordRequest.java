package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import jakarta.validation.constraints.NotNull;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Somebody wants another password. */
@JsonNaming(SnakeCaseStrategy.class)
public record PasswordRequest(
        @Schema(examples = "correct horse battery") @NotNull String currentPassword,
        @Schema(examples = "staple correct horse") @NotNull String newPassword) {
    @Override
    public String toString() {
        return "PasswordRequest[hidden]";
    }
}
