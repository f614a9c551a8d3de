package dev.latchkey.betterauth;

import dev.latchkey.account.Profile;
import dev.latchkey.session.Session;
import dev.latchkey.session.SessionToken;
import dev.latchkey.session.SignedInSession;

/** The signed-in caller of a request: an active session, the token that was presented for it, and its user. */
record Caller(Session session, SessionToken token, Profile user) {

    /** The caller of a session that was opened with a session token. */
    static Caller of(SignedInSession signedIn) {
        return new Caller(signedIn.session(), signedIn.sessionToken(), signedIn.user());
    }

    /** The same caller after a change of the profile. */
    Caller with(Profile changed) {
        return new Caller(session, token, changed);
    }

    /** The same caller after a change of the session. */
    Caller with(Session changed) {
        return new Caller(changed, token, user);
    }
}
