package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.session.SignedInSession;
import dev.latchkey.token.AccessTokens;
import dev.latchkey.token.AccessTokens.AccessToken;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** The user, the tokens and the session of a caller who has signed in. */
@RegisterForReflection
@JsonNaming(SnakeCaseStrategy.class)
public record TokensResponse(
        UserResponse user,
        String accessToken,
        String tokenType,
        long expiresIn,
        String refreshToken,
        String sessionId) {

    /**
     * Renders a session that was opened or continued: the tokens in the body, and the refresh token in the cookie too. The
     * access token is minted here, after the transaction.
     */
    static Response signedIn(int status, SignedInSession signedIn, AccessTokens accessTokens, SessionCookie cookie) {
        AccessToken accessToken = accessTokens.mint(signedIn.tokenSubject());
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new TokensResponse(
                        UserResponse.of(signedIn.user()),
                        accessToken.value(),
                        "Bearer",
                        accessToken.lifetime().toSeconds(),
                        signedIn.refreshToken().text(),
                        signedIn.session().id().value()))
                .header(HttpHeaders.SET_COOKIE, cookie.issued(signedIn))
                .build();
    }

    @Override
    public String toString() {
        return "TokensResponse[hidden]";
    }
}
