package dev.latchkey.signin;

import dev.latchkey.account.AccountId;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.platform.http.Client;
import dev.latchkey.revocation.Revocations;
import dev.latchkey.session.RefreshToken;
import dev.latchkey.session.Session;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.SessionToken;
import dev.latchkey.session.Sessions;
import dev.latchkey.token.AccessTokenVerifier;
import dev.latchkey.token.VerificationResult;
import dev.latchkey.token.VerifiedToken;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;

/** Ends the session of a token. A token without an active session ends nothing, which the response does not reveal. */
@ApplicationScoped
public class SignOut {

    private final Sessions sessions;
    private final Revocations revocations;
    private final AccessTokenVerifier verifier;
    private final AuditLog audit;

    SignOut(Sessions sessions, Revocations revocations, AccessTokenVerifier verifier, AuditLog audit) {
        this.sessions = sessions;
        this.revocations = revocations;
        this.verifier = verifier;
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

    @Transactional
    public void withSessionToken(SessionToken presented, Client client) {
        sessions.end(presented)
                .map(session -> new Ended(session.user().value(), session.id().value()))
                .ifPresent(ended -> record(ended, client));
    }

    /** Ends the session that a client held when it signed in to another one, which takes the place of the former's cookie. */
    @Transactional
    public void replaced(RefreshToken former, Client client) {
        sessions.end(former).ifPresent(ended -> recordReplaced(ended, client));
    }

    /** Ends the session that a client held when it signed in to another one. */
    @Transactional
    public void replaced(SessionToken former, Client client) {
        sessions.end(former).ifPresent(ended -> recordReplaced(ended, client));
    }

    private void recordReplaced(Session ended, Client client) {
        audit.record(AuditEvent.sessionReplaced(ended.user().value(), ended.id().value(), client));
    }

    /** Ends the session of a token of either kind for a backend that the caller has authenticated. */
    @Transactional
    public void byBackend(String presented, String backend, Client client) {
        ofRefreshToken(presented)
                .or(() -> ofAccessToken(presented))
                .ifPresent(ended ->
                        audit.record(AuditEvent.sessionRevoked(ended.userId(), ended.sessionId(), backend, client)));
    }

    private Optional<Ended> ofRefreshToken(String presented) {
        return RefreshToken.parse(presented)
                .flatMap(sessions::end)
                .map(session -> new Ended(session.user().value(), session.id().value()));
    }

    private Optional<Ended> ofAccessToken(String presented) {
        if (!(verifier.verify(presented) instanceof VerificationResult.Accepted(VerifiedToken token))
                || token.sessionId() == null) {
            return Optional.empty();
        }
        String sessionId = token.sessionId();
        if (sessions.end(new AccountId(token.userId()), new SessionId(sessionId))
                .isEmpty()) {
            // Security: a session may have lost its row, in a failover for example; its access token is valid until it
            // is revoked.
            revocations.revoke(List.of(sessionId));
        }
        return Optional.of(new Ended(token.userId(), sessionId));
    }

    private void record(Ended ended, Client client) {
        audit.record(AuditEvent.signedOut(ended.userId(), ended.sessionId(), client));
    }

    private record Ended(String userId, String sessionId) {}
}
