package dev.latchkey.oauth;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.token.VerifiedToken;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a token says, or only that it does not count (RFC 7662 section 2.2). Times are seconds since 1970. */
@RegisterForReflection
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record IntrospectionResponse(
        @Schema(examples = "true") boolean active,

        @Schema(examples = "https://auth.example.com") @Nullable
        String iss,

        @Schema(examples = "019a9f0e-7c1b-7f3e-9d52-0c1f2f6a8b11") @Nullable
        String sub,

        @Schema(implementation = String.class, examples = "https://auth.example.com") @Nullable
        Object aud,

        @Schema(examples = "1795170300") @Nullable Long exp,
        @Schema(examples = "1795169400") @Nullable Long iat,

        @Schema(examples = "6f1c0a52-8d5e-4a4b-9a44-0a1f5d1e2c33") @Nullable
        String jti,

        @Schema(examples = "Bearer") @Nullable String tokenType,
        @Schema(examples = "ada@example.com") @Nullable String username,

        @Schema(examples = "019a9f0e-7c1b-7f3e-9d52-0c1f2f6a8b11") @Nullable
        String userId,

        @Schema(examples = "019a9f0e-7c3d-7a90-8f6e-5a4f1e2d3c4b") @Nullable
        String sid,

        @Nullable List<String> groups) {

    static IntrospectionResponse inactive() {
        return new IntrospectionResponse(false, null, null, null, null, null, null, null, null, null, null, null);
    }

    static IntrospectionResponse of(VerifiedToken token) {
        return new IntrospectionResponse(
                true,
                text(token, "iss"),
                token.userId(),
                token.claim("aud"),
                token.expiresAt().getEpochSecond(),
                token.issuedAt().getEpochSecond(),
                text(token, "jti"),
                "Bearer",
                token.email().isEmpty() ? null : token.email(),
                token.userId(),
                token.sessionId(),
                // Security: a backend that looks at the roles alone must not take another issuer's for ours.
                token.origin().ours() ? token.roles().stream().sorted().toList() : List.of());
    }

    private static @Nullable String text(VerifiedToken token, String claim) {
        return token.claim(claim) instanceof String text ? text : null;
    }
}
