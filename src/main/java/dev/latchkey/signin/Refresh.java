package dev.latchkey.signin;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.platform.http.Client;
import dev.latchkey.session.RefreshToken;
import dev.latchkey.session.Rotation;
import dev.latchkey.session.Sessions;
import dev.latchkey.session.SignedInSession;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Refreshes sessions: a refresh token is spent for its successor. */
@ApplicationScoped
public class Refresh {

    private final Sessions sessions;
    private final AuditLog audit;

    Refresh(Sessions sessions, AuditLog audit) {
        this.sessions = sessions;
        this.audit = audit;
    }

    /** The result of a refresh. */
    public sealed interface Outcome {}

    /** The session goes on with the successor of the token. */
    public record Refreshed(SignedInSession session) implements Outcome {}

    /** The token is unknown, spent or reused, or its session or account has ended: the client signs in again. */
    public record Refused() implements Outcome {}

    /** Spends a refresh token for its successor. */
    public Outcome with(String presented, Client client) {
        Optional<RefreshToken> token = RefreshToken.parse(presented);
        return token.isEmpty()
                ? refused(null, "malformed", client)
                : QuarkusTransaction.requiringNew().call(() -> rotated(token.get(), client));
    }

    private Outcome rotated(RefreshToken token, Client client) {
        return switch (sessions.rotate(token)) {
            case Rotation.Rotated rotated -> continued(rotated, client);
            case Rotation.Superseded overtaken ->
                refused(overtaken.session().user().value(), "overtaken", client);
            case Rotation.Reused reused -> {
                audit.record(AuditEvent.refreshReused(
                        reused.session().user().value(), reused.session().id().value(), client));
                yield new Refused();
            }
            case Rotation.Unknown _ -> refused(null, "unknown", client);
        };
    }

    private Outcome continued(Rotation.Rotated rotated, Client client) {
        String user = rotated.session().user().value();
        if (rotated.user() == null) {
            sessions.end(rotated.session().user(), rotated.session().id());
            return refused(user, "account_disabled", client);
        }
        audit.record(AuditEvent.refreshed(user, rotated.session().id().value(), client));
        return new Refreshed(new SignedInSession(rotated.user(), rotated.session(), rotated.successor()));
    }

    private Refused refused(@Nullable String user, String reason, Client client) {
        audit.recordLater(AuditEvent.refreshRefused(user, reason, client));
        return new Refused();
    }
}
