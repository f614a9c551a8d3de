package dev.latchkey.signin;

import dev.latchkey.account.Profile;
import dev.latchkey.platform.http.Client;
import dev.latchkey.session.OpenedSession;
import dev.latchkey.session.RefreshToken;
import dev.latchkey.session.Session;
import dev.latchkey.session.SessionToken;
import dev.latchkey.session.Sessions;
import dev.latchkey.token.AccessTokens;
import dev.latchkey.token.TokenSubject;
import jakarta.enterprise.context.ApplicationScoped;

/** Lets people in: a session and the tokens that go with it. */
@ApplicationScoped
public class SessionIssuer {

    private final Sessions sessions;
    private final AccessTokens accessTokens;

    SessionIssuer(Sessions sessions, AccessTokens accessTokens) {
        this.sessions = sessions;
        this.accessTokens = accessTokens;
    }

    /** A new session's grant, and the token that names that session. */
    public record Entry(SignedInSession grant, SessionToken token) {}

    /** In the caller's transaction. */
    public Entry open(Profile user, boolean remember, Client client) {
        OpenedSession opened = sessions.open(user.id(), remember, client);
        return new Entry(continued(user, opened.session(), opened.refresh()), opened.token());
    }

    SignedInSession continued(Profile user, Session session, RefreshToken refresh) {
        TokenSubject subject = new TokenSubject(
                user.id().value(),
                user.email().canonical(),
                user.roles(),
                session.id().value(),
                session.absoluteEnd());
        return new SignedInSession(user, accessTokens.mint(subject), refresh, session);
    }
}
