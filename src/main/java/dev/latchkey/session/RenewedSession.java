package dev.latchkey.session;

import dev.latchkey.account.Profile;

/** A session that goes on with a new secret. */
public record RenewedSession(Session session, SessionSecret secret) {

    /** Returns the session with its user, as their row is after the earlier access tokens were revoked. */
    public SignedInSession of(Profile user) {
        return new SignedInSession(user, session, secret);
    }
}
