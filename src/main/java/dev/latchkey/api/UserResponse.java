package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.account.Profile;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A user account as its own user sees it. */
@RegisterForReflection
@JsonNaming(SnakeCaseStrategy.class)
public record UserResponse(
        String id,
        String email,
        @Nullable String name,
        @Nullable String image,
        boolean emailVerified,
        @Nullable String locale,
        List<String> roles,
        Instant createdAt,
        Instant updatedAt) {

    static UserResponse of(Profile profile) {
        return new UserResponse(
                profile.id().value(),
                profile.email().canonical(),
                profile.name(),
                profile.image(),
                profile.emailVerified(),
                profile.locale(),
                profile.roles().stream().sorted().toList(),
                profile.createdAt(),
                profile.updatedAt());
    }
}
