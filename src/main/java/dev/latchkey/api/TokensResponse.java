package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.signin.SignedInSession;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** What somebody gets who has been let in. */
@RegisterForReflection
@JsonNaming(SnakeCaseStrategy.class)
public record TokensResponse(
        UserResponse user,
        String accessToken,
        String tokenType,
        long expiresIn,
        String refreshToken,
        String sessionId) {

    static TokensResponse of(SignedInSession grant) {
        return new TokensResponse(
                UserResponse.of(grant.user()),
                grant.access().value(),
                "Bearer",
                grant.access().lifetime().toSeconds(),
                grant.refresh().text(),
                grant.session().id().value());
    }

    @Override
    public String toString() {
        return "TokensResponse[hidden]";
    }
}
