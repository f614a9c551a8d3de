package dev.latchkey.betterauth;

import dev.latchkey.account.Accounts;
import dev.latchkey.session.SessionToken;
import dev.latchkey.session.Sessions;
import jakarta.enterprise.context.ApplicationScoped;

/** Finds the session of a request in the database. */
@ApplicationScoped
class SessionLookup {

    private final SessionCookies cookies;
    private final Sessions sessions;
    private final Accounts accounts;

    SessionLookup(SessionCookies cookies, Sessions sessions, Accounts accounts) {
        this.cookies = cookies;
        this.sessions = sessions;
        this.accounts = accounts;
    }

    sealed interface Result {

        record SignedIn(Caller caller) implements Result {}

        /** The request has no session token, or none that is authentic. */
        record NoSession() implements Result {}

        /** The session token is authentic, and its session has ended: the client should drop it. */
        record SessionEnded() implements Result {}
    }

    Result find(BetterAuthRequest request) {
        return cookies.sessionToken(request).map(this::find).orElseGet(Result.NoSession::new);
    }

    private Result find(SessionToken token) {
        return sessions.active(token)
                .flatMap(session ->
                        accounts.findActive(session.user()).map(profile -> new Caller(session, token, profile)))
                .<Result>map(Result.SignedIn::new)
                .orElseGet(Result.SessionEnded::new);
    }
}
