package dev.latchkey.oauth;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** The refusals of the OAuth routes (RFC 6749 section 5.2, RFC 7009 section 2.2.1, RFC 7662 section 2.3). */
final class OAuthErrors {

    private OAuthErrors() {}

    /** Who asks is no backend of ours; the same in every case. */
    static Response invalidClient() {
        return Response.status(401)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"latchkey\"")
                .entity(new OAuthError("invalid_client", null))
                .build();
    }

    static Response unreadableForm() {
        return invalidRequest("The body is no form in UTF-8 that has each parameter once.");
    }

    static Response twoWaysToAuthenticate() {
        return invalidRequest("Show the credentials of one client, in the Authorization header or in the body.");
    }

    static Response missingToken() {
        return invalidRequest("token is missing.");
    }

    private static Response invalidRequest(String description) {
        return Response.status(400)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new OAuthError("invalid_request", description))
                .build();
    }
}
