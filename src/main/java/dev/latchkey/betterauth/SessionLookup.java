package dev.latchkey.betterauth;

import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.platform.http.Client;
import dev.latchkey.session.SessionToken;
import dev.latchkey.session.Sessions;
import dev.latchkey.session.Sessions.UserSession;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Finds the session of a request in the database, and records session tokens that stand for none (SC-009). */
@ApplicationScoped
class SessionLookup {

    private final SessionCookies cookies;
    private final Sessions sessions;
    private final AuditLog audit;

    SessionLookup(SessionCookies cookies, Sessions sessions, AuditLog audit) {
        this.cookies = cookies;
        this.sessions = sessions;
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
        // Security: both as they were at one instant. A profile with a version of tokens that a change has just raised
        // must not go with a session token that was valid only before.
        Optional<UserSession> found = sessions.active(token);
        if (found.isEmpty()) {
            return ended("no_session", client);
        }
        Profile user = found.get().user();
        return user == null
                ? ended("account_disabled", client)
                : new Result.SignedIn(new Caller(found.get().session(), token, user));
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
