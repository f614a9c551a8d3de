package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** A refresh token in the body, for clients without cookies. */
@JsonNaming(SnakeCaseStrategy.class)
public record RefreshRequest(@Nullable String refreshToken) {
    @Override
    public String toString() {
        return "RefreshRequest[hidden]";
    }
}
