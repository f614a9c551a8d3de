package dev.latchkey.betterauth;

import dev.latchkey.account.Accounts;
import dev.latchkey.session.SessionToken;
import dev.latchkey.session.Sessions;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Finds out who asks, by the session's row. */
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

    SessionLookupResult of(BetterAuthRequest asked) {
        Optional<SessionToken> token = cookies.presented(asked);
        return token.isEmpty() ? new SessionLookupResult.Nobody() : of(token.get());
    }

    private SessionLookupResult of(SessionToken token) {
        return sessions.active(token)
                .flatMap(session -> accounts.findActive(session.user()).map(profile -> new Caller(session, token, profile)))
                .<SessionLookupResult>map(SessionLookupResult.Here::new)
                .orElseGet(SessionLookupResult.Over::new);
    }
}
