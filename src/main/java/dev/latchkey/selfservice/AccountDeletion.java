package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Credential;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLinkPurpose;
import dev.latchkey.emaillink.EmailLinkState;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.mail.EmailMessage;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.Client;
import dev.latchkey.selfservice.AccountDeletionOutcome.Busy;
import dev.latchkey.selfservice.AccountDeletionOutcome.Deleted;
import dev.latchkey.selfservice.AccountDeletionOutcome.Gone;
import dev.latchkey.selfservice.AccountDeletionOutcome.NotFresh;
import dev.latchkey.selfservice.AccountDeletionOutcome.Throttled;
import dev.latchkey.selfservice.AccountDeletionOutcome.WrongPassword;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.Sessions;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Deletes accounts, for whoever proves once more that it is theirs. */
@ApplicationScoped
public class AccountDeletion {

    private static final EmailLinkPurpose LINK = EmailLinkPurpose.ACCOUNT_DELETION;
    private static final Type AUDIT_TYPE = Type.ACCOUNT_DELETION;

    private final Reauthentication check;
    private final Accounts accounts;
    private final Sessions sessions;
    private final EmailLinkSender letters;
    private final EmailLinks links;
    private final AuditLog audit;

    AccountDeletion(
            Reauthentication check,
            Accounts accounts,
            Sessions sessions,
            EmailLinkSender letters,
            EmailLinks links,
            AuditLog audit) {
        this.check = check;
        this.accounts = accounts;
        this.sessions = sessions;
        this.letters = letters;
        this.links = links;
        this.audit = audit;
    }

    public AccountDeletionOutcome delete(
            AccountId user, SessionId session, @Nullable Password password, Client client) {
        if (password == null) {
            if (accounts.findActive(user).isEmpty()) {
                return new Gone();
            }
            if (!sessions.isFresh(user, session)) {
                audit.recordLater(AuditEvent.passwordRefused(user.value(), AUDIT_TYPE, "not_fresh", client));
                return new NotFresh();
            }
            return QuarkusTransaction.requiringNew().call(() -> deleted(user, client));
        }
        return checked(user, password, client, true);
    }

    /**
     * Sends a user the link that deletes their account.
     *
     * @param link makes the link for a token; it is called later and on another thread
     */
    public EmailRequestOutcome requestLink(AccountId user, Function<String, URI> link, Client client) {
        Profile profile = accounts.findActive(user).orElse(null);
        return profile == null
                ? new EmailRequestOutcome.Gone()
                : letters.seen(
                        LINK,
                        profile,
                        profile.email(),
                        client,
                        () -> letters.toOwner(
                                LINK,
                                profile,
                                client,
                                token -> new EmailMessage.Departure(link.apply(token), links.lifetime(LINK))));
    }

    /** Deletes the account of somebody who is signed in and has followed the link that they were sent. */
    public AccountDeletionByLinkOutcome deleteByLink(AccountId user, String token, Client client) {
        // Security: a link counts for its own user only, and is not spent by another.
        if (!(links.check(LINK, token) instanceof EmailLinkState.Good(EmailLink link))
                || !link.user().equals(user)) {
            return unknown(user, client);
        }
        return QuarkusTransaction.requiringNew().call(() -> {
            Profile profile = accounts.lockActive(user).orElse(null);
            if (profile == null) {
                return new AccountDeletionByLinkOutcome.Gone();
            }
            if (!profile.email().equals(link.address())
                    || !(links.redeem(LINK, token) instanceof EmailLinkState.Good)) {
                return unknown(user, client);
            }
            delete(user, client);
            return new AccountDeletionByLinkOutcome.Deleted();
        });
    }

    private AccountDeletionByLinkOutcome unknown(AccountId user, Client client) {
        audit.recordLater(AuditEvent.redemptionRefused(AUDIT_TYPE, user.value(), "unknown_link", client));
        return new AccountDeletionByLinkOutcome.UnknownLink();
    }

    private AccountDeletionOutcome checked(AccountId user, Password password, Client client, boolean mayLookAgain) {
        return switch (check.check(user, password, AUDIT_TYPE, client)) {
            case Reauthentication.Checked.Gone ignored -> new Gone();
            case Reauthentication.Checked.Wrong ignored -> new WrongPassword();
            case Reauthentication.Checked.Throttled throttled -> new Throttled(throttled.retryAfter());
            case Reauthentication.Checked.Busy busy -> new Busy(busy.retryAfter());
            case Reauthentication.Checked.Right right -> {
                Optional<AccountDeletionOutcome> outcome =
                        QuarkusTransaction.requiringNew().call(() -> deleted(right.credential(), client));
                if (outcome.isEmpty() && mayLookAgain) {
                    // A sign-in has hashed the same password anew, which happens once; or it is another one.
                    yield checked(user, password, client, false);
                }
                if (outcome.isEmpty()) {
                    audit.recordLater(AuditEvent.passwordRefused(
                            user.value(), AUDIT_TYPE, "password_changed_meanwhile", client));
                }
                yield outcome.orElseGet(WrongPassword::new);
            }
        };
    }

    /** Empty when the stored password is no longer the one that was verified. */
    private Optional<AccountDeletionOutcome> deleted(Credential verified, Client client) {
        return accounts.lockActive(verified.user()).isPresent() && !accounts.isCurrent(verified)
                ? Optional.empty()
                : Optional.of(deleted(verified.user(), client));
    }

    private AccountDeletionOutcome deleted(AccountId user, Client client) {
        // First the door is shut: a sign-in that is under way has opened its session by now, or never will.
        if (accounts.lockActive(user).isEmpty()) {
            return new Gone();
        }
        delete(user, client);
        return new Deleted();
    }

    /** An account that is locked. */
    private void delete(AccountId user, Client client) {
        sessions.endAll(user, null);
        accounts.delete(user);
        audit.record(AuditEvent.accountDeleted(user.value(), client));
    }
}
