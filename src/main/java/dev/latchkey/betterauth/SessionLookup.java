package dev.latchkey.betterauth;

import dev.latchkey.account.Accounts;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.platform.http.Client;
import dev.latchkey.session.Session;
import dev.latchkey.session.SessionToken;
import dev.latchkey.session.Sessions;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Finds the session of a request in the database, and records session tokens that stand for none (SC-009). */
@ApplicationScoped
class SessionLookup {

    private final SessionCookies cookies;
    private final Sessions sessions;
    private final Accounts accounts;
    private final AuditLog audit;

    SessionLookup(SessionCookies cookies, Sessions sessions, Accounts accounts, AuditLog audit) {
        this.cookies = cookies;
        this.sessions = sessions;
        this.accounts = accounts;
        this.audit = audit;
    }

    sealed interface Result {

        record SignedIn(Caller caller) implements Result {}

        /** The request has no session token, or none that is authentic. */
        record NoSession() implements Result {}

        /** The session token is authentic, and its session has ended: the client should drop it. */
        record SessionEnded() implements Result {}
    }

    Result find(BetterAuthRequest request) {
        Optional<SessionToken> token = cookies.sessionToken(request);
        if (token.isPresent()) {
            return find(token.get(), request.client());
        }
        recordUnlessAbsent(request);
        return new Result.NoSession();
    }

    /** Returns the session token of a request that is to end its session; not whether there is one. */
    Optional<SessionToken> token(BetterAuthRequest request) {
        Optional<SessionToken> token = cookies.sessionToken(request);
        if (token.isEmpty()) {
            recordUnlessAbsent(request);
        }
        return token;
    }

    private Result find(SessionToken token, Client client) {
        Optional<Session> session = sessions.active(token);
        if (session.isEmpty()) {
            return ended("no_session", client);
        }
        Optional<Profile> profile = accounts.findActive(session.get().user());
        if (profile.isEmpty()) {
            return ended("account_disabled", client);
        }
        // Security: a change that ends the session or replaces its token, and raises the version of the user's tokens,
        // may have
        // come between the two. A profile with the new version must not go with a token that was valid only before.
        return sessions.isActive(token)
                ? new Result.SignedIn(new Caller(session.get(), token, profile.get()))
                : ended("no_session", client);
    }

    private Result.SessionEnded ended(String reason, Client client) {
        audit.recordLater(AuditEvent.sessionTokenRefused(reason, client));
        return new Result.SessionEnded();
    }

    private void recordUnlessAbsent(BetterAuthRequest request) {
        if (cookies.hasSessionToken(request)) {
            audit.recordLater(AuditEvent.sessionTokenRefused("not_authentic", request.client()));
        }
    }
}
