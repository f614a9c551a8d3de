package dev.latchkey.admin;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.AccountPage;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.ManagedAccount;
import dev.latchkey.account.ManagedAccounts;
import dev.latchkey.account.RoleNames;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.platform.http.Client;
import dev.latchkey.revocation.Revocations;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Appoints administrators at an operator's command. There is no account that is one by default.
 *
 * <p>Unlike an administrator, an operator may take the role from the last one: it may be the one that was stolen, and the same
 * command appoints another.
 */
@ApplicationScoped
public class Operators {

    /** Who has changed the roles, as the audit log has it. */
    private static final String COMMAND_LINE = "command line";

    private final Accounts accounts;
    private final ManagedAccounts managed;
    private final Revocations revocations;

    Operators(Accounts accounts, ManagedAccounts managed, Revocations revocations) {
        this.accounts = accounts;
        this.managed = managed;
        this.revocations = revocations;
    }

    /** The result of giving or taking the role. */
    public sealed interface Outcome {}

    /** The account has the role now, or has it no more. */
    public record Changed(ManagedAccount account, boolean hasOtherAdministrators) implements Outcome {}

    /** The account had the role already, or did not have it. */
    public record Unchanged() implements Outcome {}

    public record NoAccount() implements Outcome {}

    public Outcome grant(EmailAddress email) {
        return change(email, true);
    }

    public Outcome revoke(EmailAddress email) {
        return change(email, false);
    }

    /** Returns all administrators, banned ones too, newest account first. */
    public List<ManagedAccount> administrators() {
        AccountPage.Query query =
                new AccountPage.Query(null, null, null, RoleNames.ADMINISTRATOR, null, null, null, null);
        List<ManagedAccount> all = new ArrayList<>();
        AccountPage.Cursor after = null;
        do {
            AccountPage page = managed.page(query, after, 100);
            all.addAll(page.accounts());
            after = page.next();
        } while (after != null);
        return all;
    }

    private Outcome change(EmailAddress email, boolean administrator) {
        return QuarkusTransaction.requiringNew().call(() -> {
            managed.lockAdministrators();
            AccountId id = accounts.findCredential(email)
                    .map(Accounts.Credential::user)
                    .orElse(null);
            ManagedAccount account = id == null ? null : managed.lock(id).orElse(null);
            if (id == null || account == null) {
                return new NoAccount();
            }
            Set<String> before = new TreeSet<>(account.profile().roles());
            Set<String> roles = new TreeSet<>(before);
            boolean changes =
                    administrator ? roles.add(RoleNames.ADMINISTRATOR) : roles.remove(RoleNames.ADMINISTRATOR);
            if (!changes) {
                return new Unchanged();
            }
            Map<String, String> details = Map.of("from", String.join(",", before), "to", String.join(",", roles));
            managed.setRoles(
                    id,
                    roles,
                    AuditEvent.administered(
                            AuditEvent.Type.ROLES_CHANGE, id.value(), COMMAND_LINE, details, Client.NONE));
            revocations.revokeChanged(id.value());
            return new Changed(managed.readAgain(id).orElseThrow(), managed.hasAdministratorBeside(id));
        });
    }
}
