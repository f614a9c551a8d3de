package dev.latchkey.signin;

import dev.latchkey.account.Accounts;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.platform.http.Client;
import dev.latchkey.session.RefreshToken;
import dev.latchkey.session.Rotation;
import dev.latchkey.session.Sessions;
import dev.latchkey.signin.RefreshOutcome.Continued;
import dev.latchkey.signin.RefreshOutcome.Refused;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Continues sessions by their refresh token. */
@ApplicationScoped
public class Refresh {

    private final Sessions sessions;
    private final Accounts accounts;
    private final SessionIssuer grants;
    private final AuditLog audit;

    Refresh(Sessions sessions, Accounts accounts, SessionIssuer grants, AuditLog audit) {
        this.sessions = sessions;
        this.accounts = accounts;
        this.grants = grants;
        this.audit = audit;
    }

    public RefreshOutcome with(String presented, Client client) {
        Optional<RefreshToken> token = RefreshToken.parse(presented);
        return token.isEmpty()
                ? refused(null, "malformed", client)
                : QuarkusTransaction.requiringNew().call(() -> rotated(token.get(), client));
    }

    private RefreshOutcome rotated(RefreshToken token, Client client) {
        return switch (sessions.rotate(token)) {
            case Rotation.Rotated rotated -> continued(rotated, client);
            case Rotation.Superseded overtaken ->
                refused(overtaken.session().user().value(), "overtaken", client);
            case Rotation.Reused reused -> {
                audit.record(AuditEvent.refreshReused(
                        reused.session().user().value(), reused.session().id().value(), client));
                yield new Refused();
            }
            case Rotation.Unknown ignored -> refused(null, "unknown", client);
        };
    }

    private RefreshOutcome continued(Rotation.Rotated rotated, Client client) {
        String user = rotated.session().user().value();
        Optional<Profile> profile = accounts.findActive(rotated.session().user());
        if (profile.isEmpty()) {
            sessions.end(rotated.session().user(), rotated.session().id());
            return refused(user, "account_disabled", client);
        }
        audit.record(AuditEvent.refreshed(user, rotated.session().id().value(), client));
        return new Continued(grants.continued(profile.get(), rotated.session(), rotated.successor()));
    }

    private Refused refused(@Nullable String user, String reason, Client client) {
        audit.recordLater(AuditEvent.refreshRefused(user, reason, client));
        return new Refused();
    }
}
