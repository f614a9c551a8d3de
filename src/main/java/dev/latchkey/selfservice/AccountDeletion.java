package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Accounts.Credential;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.mail.EmailMessage;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.Client;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.Sessions;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;
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
    public sealed interface Outcome permits Deleted, NotFresh, Reauthentication.Refusal {}

    /** The result of a deletion by e-mail link. */
    public sealed interface LinkOutcome permits Deleted, Refusals.LinkInvalid, Refusals.UserGone {}

    public record Deleted() implements Outcome, LinkOutcome {}

    /** The session is not fresh: without a password a recent sign-in is required. */
    public record NotFresh() implements Outcome {}

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
            return new NotFresh();
        }
        return QuarkusTransaction.requiringNew().call(() -> deleted(user, client));
    }

    /**
     * Sends a user the link that deletes their account.
     *
     * @param link makes the link for a token; it is called later and on another thread
     */
    public EmailRequestOutcome requestLink(AccountId user, Function<String, URI> link, Client client) {
        Profile profile = accounts.findActive(user).orElse(null);
        return profile == null
                ? new Refusals.UserGone()
                : sender.sendToUser(
                        LINK,
                        profile,
                        profile.email(),
                        client,
                        () -> sender.linkToOwner(
                                LINK,
                                profile,
                                client,
                                token -> new EmailMessage.AccountDeletion(link.apply(token), links.lifetime(LINK))));
    }

    /** Deletes the account of a user who is signed in and has followed the link that they were sent. */
    public LinkOutcome deleteByLink(AccountId user, String token, Client client) {
        // Security: a link is valid for its own user only, and is not spent by another.
        if (!(links.check(LINK, token) instanceof EmailLink.State.Valid(EmailLink link))
                || !link.user().equals(user)) {
            return linkInvalid(user, client);
        }
        return QuarkusTransaction.requiringNew().call(() -> {
            Profile profile = accounts.lockActive(user).orElse(null);
            if (profile == null) {
                return new Refusals.UserGone();
            }
            if (!profile.email().equals(link.address())
                    || !(links.redeem(LINK, token) instanceof EmailLink.State.Valid)) {
                return linkInvalid(user, client);
            }
            deleteLocked(user, client);
            return new Deleted();
        });
    }

    private Refusals.LinkInvalid linkInvalid(AccountId user, Client client) {
        audit.recordLater(AuditEvent.redemptionRefused(AUDIT_TYPE, user.value(), "unknown_link", client));
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
        deleteLocked(user, client);
        return new Deleted();
    }

    private void deleteLocked(AccountId user, Client client) {
        sessions.endAll(user, null);
        accounts.delete(user);
        audit.record(AuditEvent.accountDeleted(user.value(), client));
    }
}
