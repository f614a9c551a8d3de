package dev.latchkey.session;

import dev.latchkey.account.Profile;
import dev.latchkey.token.TokenSubject;

/**
 * A session that was opened or continued, its user, and the secret that goes to the client.
 *
 * <p>It has no access token: an entry point whose response carries one mints it, after the transaction.
 */
public record SignedInSession(Profile user, Session session, SessionSecret secret) {

    /** Returns the refresh token of a session that was opened with one. */
    public RefreshToken refreshToken() {
        return switch (secret) {
            case RefreshToken token -> token;
            case SessionToken _ -> throw new IllegalStateException("This session has no refresh token");
        };
    }

    /** Returns the session token of a session that was opened with one. */
    public SessionToken sessionToken() {
        return switch (secret) {
            case SessionToken token -> token;
            case RefreshToken _ -> throw new IllegalStateException("This session has no session token");
        };
    }

    /** Returns the subject of this session's access tokens. */
    public TokenSubject tokenSubject() {
        return session.tokenSubject(user);
    }
}
