package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import jakarta.validation.constraints.NotNull;

/** Somebody wants another password. */
@JsonNaming(SnakeCaseStrategy.class)
public record PasswordRequest(
        @NotNull String currentPassword, @NotNull String newPassword) {
    @Override
    public String toString() {
        return "PasswordRequest[hidden]";
    }
}
