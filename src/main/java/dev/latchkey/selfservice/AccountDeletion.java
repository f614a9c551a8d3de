package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Accounts.Credential;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLinkUrl;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.Client;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.Sessions;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Deletes accounts, for users who have authenticated again: by password, a recent sign-in, or an e-mail link. */
@ApplicationScoped
public class AccountDeletion {

    private static final EmailLink.Purpose LINK = EmailLink.Purpose.ACCOUNT_DELETION;
    private static final Type AUDIT_TYPE = Type.ACCOUNT_DELETION;

    private final Reauthentication reauthentication;
    private final Accounts accounts;
    private final Sessions sessions;
    private final EmailLinkSender sender;
    private final EmailLinks links;
    private final AuditLog audit;

    AccountDeletion(
            Reauthentication reauthentication,
            Accounts accounts,
            Sessions sessions,
            EmailLinkSender sender,
            EmailLinks links,
            AuditLog audit) {
        this.reauthentication = reauthentication;
        this.accounts = accounts;
        this.sessions = sessions;
        this.sender = sender;
        this.links = links;
        this.audit = audit;
    }

    /** The result of a deletion. */
    public sealed interface Outcome permits Deleted, Refusals.NotFresh, Reauthentication.Refusal {}

    /** The result of a deletion by e-mail link. */
    public sealed interface LinkOutcome permits Deleted, Refusals.LinkInvalid, Refusals.UserGone {}

    public record Deleted() implements Outcome, LinkOutcome {}

    /**
     * Deletes an account.
     *
     * @param password the user's password; without one the session must be fresh
     */
    public Outcome delete(AccountId user, SessionId session, @Nullable Password password, Client client) {
        if (password != null) {
            return reauthentication.<Outcome>verify(
                    user,
                    password,
                    AUDIT_TYPE,
                    client,
                    verified -> QuarkusTransaction.requiringNew().call(() -> deleted(verified, client)),
                    refusal -> refusal);
        }
        if (accounts.findActive(user).isEmpty()) {
            return new Refusals.UserGone();
        }
        if (!sessions.isFresh(user, session)) {
            audit.recordLater(AuditEvent.passwordRefused(user.value(), AUDIT_TYPE, "not_fresh", client));
            return new Refusals.NotFresh();
        }
        return QuarkusTransaction.requiringNew().call(() -> deleted(user, client));
    }

    /**
     * Sends a user the link that deletes their account.
     *
     * @param url the form of the link's URL
     */
    public EmailRequestOutcome requestLink(AccountId user, EmailLinkUrl url, Client client) {
        Profile profile = accounts.findActive(user).orElse(null);
        return profile == null
                ? new Refusals.UserGone()
                : sender.sendToUser(LINK, profile, profile.email(), url, client);
    }

    /**
     * Deletes an account by the link that its user was sent.
     *
     * @param signedInAs the user who is signed in where the link was opened, or null if that is not known
     */
    public LinkOutcome deleteByLink(String token, @Nullable AccountId signedInAs, Client client) {
        // Security: a link is valid for its own user only, and is not spent by another.
        if (!(links.check(LINK, token) instanceof EmailLink.State.Valid(EmailLink link))
                || (signedInAs != null && !link.user().equals(signedInAs))) {
            return linkInvalid(signedInAs, client);
        }
        AccountId user = link.user();
        return QuarkusTransaction.requiringNew().call(() -> {
            Profile profile = accounts.lockActive(user).orElse(null);
            if (profile == null) {
                return new Refusals.UserGone();
            }
            if (!profile.email().equals(link.address())
                    || !(links.redeem(LINK, token) instanceof EmailLink.State.Valid)) {
                return linkInvalid(user, client);
            }
            deleteLocked(user, AuditEvent.accountDeleted(user.value(), client));
            return new Deleted();
        });
    }

    private Refusals.LinkInvalid linkInvalid(@Nullable AccountId user, Client client) {
        audit.recordLater(
                AuditEvent.redemptionRefused(AUDIT_TYPE, user == null ? null : user.value(), "unknown_link", client));
        return new Refusals.LinkInvalid();
    }

    /** Deletes the account, or returns empty when the stored password is no longer the verified one. */
    private Optional<Outcome> deleted(Credential verified, Client client) {
        return accounts.lockActive(verified.user()).isPresent() && !accounts.isCurrent(verified)
                ? Optional.empty()
                : Optional.of(deleted(verified.user(), client));
    }

    private Outcome deleted(AccountId user, Client client) {
        // Lock the user row first, so that no concurrent sign-in can open a session after this.
        if (accounts.lockActive(user).isEmpty()) {
            return new Refusals.UserGone();
        }
        deleteLocked(user, AuditEvent.accountDeleted(user.value(), client));
        return new Deleted();
    }

    /** Deletes an account that the caller has locked, and records it. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void deleteLocked(AccountId user, AuditEvent event) {
        sessions.endAll(user, null);
        accounts.delete(user);
        audit.record(event);
    }
}
