package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who the token says is asking. */
@JsonNaming(SnakeCaseStrategy.class)
@RegisterForReflection
public record SessionResponse(
        String userId,
        String email,
        @Nullable String sessionId,
        List<String> roles,
        Instant issuedAt,
        Instant expiresAt) {}
