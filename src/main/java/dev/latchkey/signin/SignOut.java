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
        RefreshToken.parse(presented).flatMap(sessions::end).ifPresent(ended -> record(ended, client));
    }

    @Transactional
    public void withAccessToken(String presented, Client client) {
        if (judge.judge(presented) instanceof Verdict.Accepted(VerifiedToken token) && token.sessionId() != null) {
            AccountId user = new AccountId(token.userId());
            sessions.end(user, new SessionId(token.sessionId())).ifPresent(ended -> record(ended, client));
        }
    }

    private void record(Session ended, Client client) {
        audit.record(new AuditEvent.SignedOut(ended.user().value(), ended.id().value(), client));
    }
}
