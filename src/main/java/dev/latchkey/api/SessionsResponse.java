package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.session.Session;
import dev.latchkey.session.SessionId;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The devices on which a user is signed in. */
@RegisterForReflection
public record SessionsResponse(List<Item> sessions) {

    @RegisterForReflection
    @Schema(name = "Session")
    @JsonNaming(SnakeCaseStrategy.class)
    public record Item(
            String id,
            Instant createdAt,
            Instant lastUsedAt,
            Instant expiresAt,
            String ip,
            String userAgent,
            boolean current) {}

    static SessionsResponse of(List<Session> sessions, SessionId current) {
        return new SessionsResponse(sessions.stream()
                .map(session -> new Item(
                        session.id().value(),
                        session.createdAt(),
                        session.lastUsedAt(),
                        session.expiresAt(),
                        session.client().ip(),
                        session.client().userAgent(),
                        session.id().equals(current)))
                .toList());
    }
}
