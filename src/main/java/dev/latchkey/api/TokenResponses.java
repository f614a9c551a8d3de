package dev.latchkey.api;

import dev.latchkey.account.Profile;
import dev.latchkey.signin.SignedInSession;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** The answer to whoever has been let in: the tokens, and the cookie. */
@ApplicationScoped
class TokenResponses {

    private final SessionCookie cookie;

    TokenResponses(SessionCookie cookie) {
        this.cookie = cookie;
    }

    Response answer(int status, SignedInSession grant) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(TokensResponse.of(grant))
                .header(HttpHeaders.SET_COOKIE, cookie.issued(grant))
                .build();
    }

    /** Who has an account and is not in. */
    Response outside(int status, Profile user) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new RegisteredResponse(UserResponse.of(user)))
                .build();
    }
}
