package dev.latchkey.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.session.SignedInSession;
import dev.latchkey.token.AccessTokens;
import dev.latchkey.token.AccessTokens.AccessToken;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/**
 * The user, the tokens and the session of a caller who has signed in.
 *
 * @param refreshToken absent where the client holds it in the cookie
 */
@RegisterForReflection
@JsonNaming(SnakeCaseStrategy.class)
public record TokensResponse(
        UserResponse user,
        String accessToken,
        String tokenType,
        long expiresIn,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String refreshToken,
        String sessionId) {

    /** The place of the refresh token in a response. */
    enum RefreshTokenIn {
        COOKIE,
        COOKIE_AND_BODY
    }

    /** Renders a session that was opened, with the refresh token in the cookie and in the body. */
    static Response signedIn(int status, SignedInSession signedIn, AccessTokens accessTokens, SessionCookie cookie) {
        return of(status, signedIn, RefreshTokenIn.COOKIE_AND_BODY, accessTokens, cookie);
    }

    /** Renders a session that was opened or continued. The access token is minted here, after the transaction. */
    static Response of(
            int status,
            SignedInSession signedIn,
            RefreshTokenIn place,
            AccessTokens accessTokens,
            SessionCookie cookie) {
        AccessToken accessToken = accessTokens.mint(signedIn.tokenSubject());
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new TokensResponse(
                        UserResponse.of(signedIn.user()),
                        accessToken.value(),
                        "Bearer",
                        accessToken.lifetime().toSeconds(),
                        switch (place) {
                            case COOKIE -> null;
                            case COOKIE_AND_BODY -> signedIn.refreshToken().text();
                        },
                        signedIn.session().id().value()))
                .header(HttpHeaders.SET_COOKIE, cookie.issued(signedIn))
                .build();
    }

    @Override
    public String toString() {
        return "TokensResponse[hidden]";
    }
}
