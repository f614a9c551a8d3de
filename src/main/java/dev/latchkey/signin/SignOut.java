package dev.latchkey.signin;

import dev.latchkey.account.AccountId;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.audit.Client;
import dev.latchkey.session.Session;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.Sessions;
import dev.latchkey.token.RefreshToken;
import dev.latchkey.token.TokenJudge;
import dev.latchkey.token.Verdict;
import dev.latchkey.token.VerifiedToken;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Optional;

/** Ends the session of whoever asks; what names no living session ends nothing, and nobody is told. */
@ApplicationScoped
public class SignOut {

    private final Sessions sessions;
    private final TokenJudge judge;
    private final AuditLog audit;

    SignOut(Sessions sessions, TokenJudge judge, AuditLog audit) {
        this.sessions = sessions;
        this.judge = judge;
        this.audit = audit;
    }

    @Transactional
    public void withRefreshToken(String presented, Client client) {
        ofRefreshToken(presented).ifPresent(ended -> record(ended, client));
    }

    @Transactional
    public void withAccessToken(String presented, Client client) {
        ofAccessToken(presented).ifPresent(ended -> record(ended, client));
    }

    /** A backend, which its caller has recognised, ends the session of a token of either kind. */
    @Transactional
    public void byBackend(String presented, String backend, Client client) {
        ofRefreshToken(presented)
                .or(() -> ofAccessToken(presented))
                .ifPresent(ended -> audit.record(new AuditEvent.SessionRevoked(
                        ended.user().value(), ended.id().value(), backend, client)));
    }

    private Optional<Session> ofRefreshToken(String presented) {
        return RefreshToken.parse(presented).flatMap(sessions::end);
    }

    private Optional<Session> ofAccessToken(String presented) {
        if (judge.judge(presented) instanceof Verdict.Accepted(VerifiedToken token) && token.sessionId() != null) {
            return sessions.end(new AccountId(token.userId()), new SessionId(token.sessionId()));
        }
        return Optional.empty();
    }

    private void record(Session ended, Client client) {
        audit.record(new AuditEvent.SignedOut(ended.user().value(), ended.id().value(), client));
    }
}
