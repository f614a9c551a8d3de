package dev.latchkey.betterauth;

import dev.latchkey.account.Accounts;
import dev.latchkey.session.Sessions;
import dev.latchkey.token.SessionToken;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Finds out who asks, by the session's row. */
@ApplicationScoped
class Presences {

    private final SessionCookies cookies;
    private final Sessions sessions;
    private final Accounts accounts;

    Presences(SessionCookies cookies, Sessions sessions, Accounts accounts) {
        this.cookies = cookies;
        this.sessions = sessions;
        this.accounts = accounts;
    }

    Presence of(Asked asked) {
        Optional<SessionToken> token = cookies.presented(asked);
        return token.isEmpty() ? new Presence.Nobody() : of(token.get());
    }

    private Presence of(SessionToken token) {
        return sessions.living(token)
                .flatMap(session -> accounts.active(session.user()).map(profile -> new Caller(session, token, profile)))
                .<Presence>map(Presence.Here::new)
                .orElseGet(Presence.Over::new);
    }
}
