package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.platform.http.Client;
import dev.latchkey.signin.SessionIssuer;
import dev.latchkey.signin.SignInOutcome;
import dev.latchkey.signin.SignInOutcome.Refused;
import dev.latchkey.signin.SignInOutcome.SignedIn;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;

/** Signs in whoever has just proven an address by a link, where a deployment wants that. */
@ApplicationScoped
public class LinkSignIn {

    private final Accounts accounts;
    private final SessionIssuer grants;
    private final AuditLog audit;

    LinkSignIn(Accounts accounts, SessionIssuer grants, AuditLog audit) {
        this.accounts = accounts;
        this.grants = grants;
        this.audit = audit;
    }

    public SignInOutcome afterVerification(AccountId user, Client client) {
        return QuarkusTransaction.requiringNew()
                .call(() -> accounts.lockActive(user)
                        .<SignInOutcome>map(profile -> {
                            SessionIssuer.Entry entry = grants.open(profile, true, client);
                            audit.record(AuditEvent.signedIn(
                                    user.value(), entry.grant().session().id().value(), client));
                            return new SignedIn(entry.grant(), entry.token());
                        })
                        .orElseGet(Refused::new));
    }
}
