package dev.latchkey.admin;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Accounts.ProfileChange;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.ManagedAccount;
import dev.latchkey.account.ManagedAccounts;
import dev.latchkey.account.RoleNames;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.emaillink.EmailLinkUrl;
import dev.latchkey.platform.http.Client;
import dev.latchkey.revocation.Revocations;
import dev.latchkey.selfservice.AccountDeletion;
import dev.latchkey.selfservice.EmailRequestOutcome;
import dev.latchkey.selfservice.PasswordReset;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.Sessions;
import dev.latchkey.signin.RateLimits;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What administrators do to the accounts of others. Each action is one transaction, with its audit event, which names the
 * administrator and appears among the events of the account.
 *
 * <p>Security: whether the caller is an administrator is looked up in that transaction once more. A token that says so is
 * accepted for up to a second after the role was taken away on another replica.
 */
@ApplicationScoped
public class Administration {

    private final ManagedAccounts managed;
    private final Accounts accounts;
    private final Sessions sessions;
    private final Revocations revocations;
    private final RateLimits rateLimits;
    private final PasswordReset passwordReset;
    private final AccountDeletion deletion;
    private final AuditLog audit;

    Administration(
            ManagedAccounts managed,
            Accounts accounts,
            Sessions sessions,
            Revocations revocations,
            RateLimits rateLimits,
            PasswordReset passwordReset,
            AccountDeletion deletion,
            AuditLog audit) {
        this.managed = managed;
        this.accounts = accounts;
        this.sessions = sessions;
        this.revocations = revocations;
        this.rateLimits = rateLimits;
        this.passwordReset = passwordReset;
        this.deletion = deletion;
        this.audit = audit;
    }

    /** The administrator who acts, and their client. */
    public record Administrator(AccountId id, Client client) {

        private AuditEvent event(Type type, AccountId target, Map<String, String> details) {
            return AuditEvent.administered(type, target.value(), id.value(), details, client);
        }

        private AuditEvent event(Type type, AccountId target) {
            return event(type, target, Map.of());
        }
    }

    /** The result of an action on an account. */
    public sealed interface Outcome {}

    /** The action is done, also if there was nothing to change; the account is as it is now. */
    public record Changed(ManagedAccount account) implements Outcome {}

    public record Deleted() implements Outcome {}

    /** There is no such account. */
    public record NotFound() implements Outcome, ResetOutcome {}

    /** The account has no such session. */
    public record SessionNotFound() implements Outcome {}

    /** The caller is no administrator any more. */
    public record NotAdministrator() implements Outcome, ResetOutcome, CreationOutcome {}

    /** The account is the caller's own, which is not banned or deleted here. */
    public record OwnAccount() implements Outcome {}

    /** Without this administrator there would be none. */
    public record LastAdministrator() implements Outcome {}

    /** The account is banned, so that this would have no effect. */
    public record AccountBanned() implements Outcome, ResetOutcome {}

    /** The result of creating an account. */
    public sealed interface CreationOutcome {}

    public record Created(ManagedAccount account) implements CreationOutcome {}

    public record EmailTaken() implements CreationOutcome {}

    /** The result of starting a password reset. */
    public sealed interface ResetOutcome {}

    public record Requested(EmailRequestOutcome outcome) implements ResetOutcome {}

    /**
     * A new account, without a password: its user chooses one by a reset link.
     *
     * @param name valid, as are the roles
     */
    public record NewAccount(EmailAddress email, @Nullable String name, Set<String> roles, boolean emailVerified) {}

    public CreationOutcome create(Administrator by, NewAccount account) {
        return QuarkusTransaction.requiringNew()
                .call(() -> managed.isAdministrator(by.id()) ? created(by, account) : new NotAdministrator());
    }

    private CreationOutcome created(Administrator by, NewAccount account) {
        return switch (accounts.register(account.email(), null, account.name(), null, false)) {
            case Accounts.EmailTaken _ -> new EmailTaken();
            case Accounts.Registered(var profile) -> {
                AccountId id = profile.id();
                // What others tried while there was no account must not lock the new one.
                rateLimits.reset(account.email());
                audit.record(by.event(Type.SIGN_UP, id));
                if (account.emailVerified()) {
                    verified(by, id, account.email());
                }
                if (!account.roles().isEmpty()) {
                    setRoles(id, Set.of(), account.roles(), roles -> by.event(Type.ROLES_CHANGE, id, roles));
                }
                yield new Created(managed.readAgain(id).orElseThrow());
            }
        };
    }

    /** Changes the profile, by a change that is valid. */
    public Outcome changeProfile(Administrator by, AccountId id, ProfileChange change) {
        return act(by, id, _ -> {
            var unused = accounts.changeProfile(id, change, by.event(Type.PROFILE_CHANGE, id));
            return changed(id);
        });
    }

    /** Gives a user these valid roles and no others; their earlier tokens are refused. */
    public Outcome setRoles(Administrator by, AccountId id, Set<String> roles) {
        return actAlone(by, id, account -> {
            Set<String> before = account.profile().roles();
            if (before.equals(roles)) {
                return new Changed(account);
            }
            boolean endsAdministrator =
                    before.contains(RoleNames.ADMINISTRATOR) && !roles.contains(RoleNames.ADMINISTRATOR);
            if (endsAdministrator && !managed.hasAdministratorBeside(id)) {
                return new LastAdministrator();
            }
            setRoles(id, before, roles, details -> by.event(Type.ROLES_CHANGE, id, details));
            return changed(id);
        });
    }

    private void setRoles(
            AccountId id, Set<String> before, Set<String> roles, Function<Map<String, String>, AuditEvent> event) {
        managed.setRoles(id, roles, event.apply(Map.of("from", text(before), "to", text(roles))));
        revocations.revokeChanged(id.value());
    }

    private static String text(Set<String> roles) {
        return roles.stream().sorted().collect(Collectors.joining(","));
    }

    /**
     * Bans a user: all sessions end, their tokens are refused, and they cannot sign in. Of a user who is banned already the
     * reason and the end are replaced.
     *
     * @param until when the ban ends by itself, or null
     */
    public Outcome ban(Administrator by, AccountId id, @Nullable String reason, @Nullable Instant until) {
        return actAlone(by, id, _ -> {
            if (id.equals(by.id())) {
                return new OwnAccount();
            }
            Map<String, String> details = until == null ? Map.of() : Map.of("until", until.toString());
            managed.ban(id, reason, until, by.event(Type.ACCOUNT_DISABLED, id, details));
            revocations.revokeChanged(id.value());
            return changed(id);
        });
    }

    public Outcome unban(Administrator by, AccountId id) {
        return act(by, id, _ -> {
            managed.enable(id, by.event(Type.ACCOUNT_ENABLED, id));
            return changed(id);
        });
    }

    /** Ends the lock that too many wrong passwords have brought about, and clears their count. */
    public Outcome unlock(Administrator by, AccountId id) {
        return act(by, id, account -> {
            rateLimits.reset(account.profile().email());
            audit.record(by.event(Type.ACCOUNT_UNLOCKED, id));
            return new Changed(account);
        });
    }

    public Outcome endSession(Administrator by, AccountId id, SessionId session) {
        return act(by, id, account -> {
            if (sessions.end(id, session).isEmpty()) {
                return new SessionNotFound();
            }
            audit.record(by.event(Type.SESSION_ENDED, id, Map.of("session_id", session.value())));
            return new Changed(account);
        });
    }

    public Outcome endSessions(Administrator by, AccountId id) {
        return act(by, id, account -> {
            int ended = sessions.endAll(id, null);
            audit.record(by.event(Type.SESSIONS_ENDED, id, Map.of("count", Integer.toString(ended))));
            return new Changed(account);
        });
    }

    /** Marks the address of an account as its user's. */
    public Outcome verifyEmail(Administrator by, AccountId id) {
        return act(by, id, account -> {
            if (account.ban() != null) {
                return new AccountBanned();
            }
            if (account.profile().emailVerified()) {
                return new Changed(account);
            }
            verified(by, id, account.profile().email());
            return changed(id);
        });
    }

    private void verified(Administrator by, AccountId id, EmailAddress email) {
        var unused = accounts.verifyEmail(id, email);
        audit.record(by.event(Type.EMAIL_VERIFICATION, id));
    }

    /** Deletes an account with everything that belongs to it except its audit log. */
    public Outcome delete(Administrator by, AccountId id) {
        return actAlone(by, id, _ -> {
            if (id.equals(by.id())) {
                return new OwnAccount();
            }
            deletion.deleteLocked(id, by.event(Type.ACCOUNT_DELETION, id));
            return new Deleted();
        });
    }

    /**
     * Sends a user the link by which they choose a new password.
     *
     * @param url the form of the link's URL
     */
    public ResetOutcome startPasswordReset(Administrator by, AccountId id, EmailLinkUrl url) {
        if (!QuarkusTransaction.requiringNew().call(() -> managed.isAdministrator(by.id()))) {
            return new NotAdministrator();
        }
        ManagedAccount account = managed.find(id).orElse(null);
        if (account == null) {
            return new NotFound();
        }
        if (account.ban() != null) {
            return new AccountBanned();
        }
        return new Requested(passwordReset.request(
                account.profile(), url, by.event(Type.PASSWORD_RESET_LINK, id, Map.of("requested", "true"))));
    }

    /** Acts on an account, which is locked meanwhile. */
    private Outcome act(Administrator by, AccountId id, Function<ManagedAccount, Outcome> action) {
        return QuarkusTransaction.requiringNew().call(() -> authorized(by, id, action));
    }

    /** Acts on an account while no other transaction takes an administrator away. */
    private Outcome actAlone(Administrator by, AccountId id, Function<ManagedAccount, Outcome> action) {
        return QuarkusTransaction.requiringNew().call(() -> {
            managed.lockAdministrators();
            return authorized(by, id, action);
        });
    }

    private Outcome authorized(Administrator by, AccountId id, Function<ManagedAccount, Outcome> action) {
        return managed.isAdministrator(by.id())
                ? managed.lock(id).map(action).orElseGet(NotFound::new)
                : new NotAdministrator();
    }

    private Outcome changed(AccountId id) {
        return new Changed(managed.readAgain(id).orElseThrow());
    }
}
