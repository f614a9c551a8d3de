package dev.latchkey.oauth;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An error response that OAuth libraries understand (RFC 6749 section 5.2, RFC 7009 section 2.2.1, RFC 7662 section 2.3). */
@RegisterForReflection
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OAuthError(
        @Schema(examples = "invalid_request") String error,

        @Schema(examples = "The parameter token is missing.") @Nullable
        String errorDescription) {

    /** The caller is not a configured client; the same response in every case. */
    static Response invalidClient() {
        return Response.status(401)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"latchkey\"")
                .entity(new OAuthError("invalid_client", null))
                .build();
    }

    static Response malformedForm() {
        return invalidRequest("The body must be a form in UTF-8 with each parameter at most once.");
    }

    static Response severalCredentials() {
        return invalidRequest("Send the credentials of one client, in the Authorization header or in the body.");
    }

    static Response missingToken() {
        return invalidRequest("The parameter token is missing.");
    }

    private static Response invalidRequest(String description) {
        return Response.status(400)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new OAuthError("invalid_request", description))
                .build();
    }
}
