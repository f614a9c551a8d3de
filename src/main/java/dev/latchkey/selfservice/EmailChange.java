package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLinkUrl;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.mail.EmailMessage;
import dev.latchkey.mail.MailQueue;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.PublicUrl;
import dev.latchkey.revocation.Revocations;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.Sessions;
import dev.latchkey.signin.RateLimits;
import dev.latchkey.signin.SecurityNotices;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes the e-mail addresses of accounts, once the new one is verified by a link.
 *
 * <p>Security: who controls the address of an account can take it over by a password reset. Hence a change requires a recent
 * proof of who the user is, and for some days the reader of the former address can undo it.
 */
@ApplicationScoped
public class EmailChange {

    private static final EmailLink.Purpose PURPOSE = EmailLink.Purpose.EMAIL_CHANGE;

    private static final EmailLink.Purpose UNDO = EmailLink.Purpose.EMAIL_CHANGE_UNDO;

    private final Reauthentication reauthentication;
    private final EmailLinkSender sender;
    private final MailQueue mail;
    private final EmailLinks links;
    private final Accounts accounts;
    private final Sessions sessions;
    private final Revocations revocations;
    private final RateLimits rateLimits;
    private final SecurityNotices notices;
    private final PublicUrl publicUrl;
    private final AuditLog audit;

    EmailChange(
            Reauthentication reauthentication,
            EmailLinkSender sender,
            MailQueue mail,
            EmailLinks links,
            Accounts accounts,
            Sessions sessions,
            Revocations revocations,
            RateLimits rateLimits,
            SecurityNotices notices,
            PublicUrl publicUrl,
            AuditLog audit) {
        this.reauthentication = reauthentication;
        this.sender = sender;
        this.mail = mail;
        this.links = links;
        this.accounts = accounts;
        this.sessions = sessions;
        this.revocations = revocations;
        this.rateLimits = rateLimits;
        this.notices = notices;
        this.publicUrl = publicUrl;
        this.audit = audit;
    }

    /** The result of a request. */
    public sealed interface RequestOutcome permits EmailRequestOutcome, Refusals.NotFresh, Reauthentication.Refusal {}

    /** The result of following a link to a new address. */
    public sealed interface Outcome
            permits Changed, OtherUser, EmailTaken, Refusals.LinkInvalid, Refusals.LinkExpired {}

    /** The result of following a link that undoes a change. */
    public sealed interface UndoOutcome permits Undone, EmailTaken, Refusals.LinkInvalid, Refusals.LinkExpired {}

    /** The account has its earlier address, and all its sessions have ended. */
    public record Undone(Profile profile) implements UndoOutcome {}

    public record Changed(Profile profile) implements Outcome {}

    /** Another user is signed in where the link was opened; the link is still valid. */
    public record OtherUser() implements Outcome {}

    /** The address has become another user's meanwhile. */
    public record EmailTaken() implements Outcome, UndoOutcome {}

    /**
     * Sends a link to the new address, unless it is another user's already; the outcome does not reveal that.
     *
     * @param password the user's password; without one the session must be fresh
     * @param url the form of the link's URL
     */
    public RequestOutcome request(
            AccountId user,
            SessionId session,
            @Nullable Password password,
            EmailAddress wanted,
            EmailLinkUrl url,
            Client client) {
        if (password != null) {
            return reauthentication.<RequestOutcome>verify(
                    user,
                    password,
                    Type.EMAIL_CHANGE_LINK,
                    client,
                    verified -> Optional.of(requested(user, wanted, url, client)),
                    refusal -> refusal);
        }
        if (accounts.findActive(user).isEmpty()) {
            return new Refusals.UserGone();
        }
        if (!sessions.isFresh(user, session)) {
            audit.recordLater(AuditEvent.passwordRefused(user.value(), Type.EMAIL_CHANGE_LINK, "not_fresh", client));
            return new Refusals.NotFresh();
        }
        return requested(user, wanted, url, client);
    }

    private EmailRequestOutcome requested(AccountId user, EmailAddress wanted, EmailLinkUrl url, Client client) {
        Profile profile = accounts.findActive(user).orElse(null);
        if (profile == null) {
            return new Refusals.UserGone();
        }
        if (profile.email().equals(wanted)) {
            return new EmailRequestOutcome.NotNeeded();
        }
        return sender.sendToUser(PURPOSE, profile, wanted, url, client);
    }

    /** Returns whether a link is, or was, one that changes an address. */
    public boolean isKnown(String token) {
        return !(links.check(PURPOSE, token) instanceof EmailLink.State.Unknown);
    }

    /** Records the use of a link where addresses are not to be changed. */
    public void refuseSwitchedOff(String token, Client client) {
        recordRefusal(
                switch (links.check(PURPOSE, token)) {
                    case EmailLink.State.Valid(EmailLink link) -> link.user();
                    case EmailLink.State.Used(EmailLink link) -> link.user();
                    case EmailLink.State.Expired(EmailLink link) -> link.user();
                    case EmailLink.State.Unknown _ -> null;
                },
                "switched_off",
                client);
    }

    /** Records the request of a user for a link where addresses are not to be changed. */
    public void refuseSwitchedOff(AccountId user, Client client) {
        audit.recordLater(AuditEvent.linkRefused(Type.EMAIL_CHANGE_LINK, user.value(), "switched_off", client));
    }

    /**
     * Changes the address.
     *
     * @param signedInAs the user who is signed in where the link was opened, or null if none is
     */
    public Outcome confirm(String token, @Nullable AccountId signedInAs, Client client) {
        return switch (links.check(PURPOSE, token)) {
            case EmailLink.State.Valid(EmailLink link) -> {
                if (signedInAs != null && !signedInAs.equals(link.user())) {
                    recordRefusal(link.user(), "other_user", client);
                    yield new OtherUser();
                }
                yield QuarkusTransaction.requiringNew().call(() -> changed(link, token, client));
            }
            case EmailLink.State.Used(EmailLink link) -> linkInvalid(link.user(), client);
            case EmailLink.State.Expired(EmailLink link) -> {
                recordRefusal(link.user(), "expired_link", client);
                yield new Refusals.LinkExpired();
            }
            case EmailLink.State.Unknown _ -> linkInvalid(null, client);
        };
    }

    private Outcome changed(EmailLink link, String token, Client client) {
        AccountId user = link.user();
        Profile before = accounts.lockActive(user)
                .filter(profile -> profile.email().equals(link.address()))
                .orElse(null);
        if (before == null || !(links.redeem(PURPOSE, token) instanceof EmailLink.State.Valid)) {
            return linkInvalid(user, client);
        }
        return switch (accounts.changeEmail(user, Objects.requireNonNull(link.target()), links.lifetime(UNDO))) {
            case Accounts.Gone _ -> linkInvalid(user, client);
            case Accounts.EmailTaken _ -> {
                recordRefusal(user, "address_taken", client);
                yield new EmailTaken();
            }
            case Accounts.EmailChanged changed -> {
                // Security: the old address stands in the access tokens that are out, which the database has revoked.
                // Sessions go on, and a refresh gives a token with the new one.
                revocations.revokeChanged(user.value());
                // What others did at the new address before it was this user's does not keep the user out.
                rateLimits.addressChanged(user, changed.profile().email());
                if (notices.notifiesOfEmailChange()) {
                    sender.sendUndo(before, changed.profile(), client);
                }
                audit.record(AuditEvent.emailChanged(user.value(), client));
                yield new Changed(changed.profile());
            }
        };
    }

    /**
     * Undoes a change of address, and all changes that followed it, by the link that was sent to the address before it.
     *
     * <p>Security: all sessions end, and all links of the account are withdrawn, also those by which a later address could
     * undo this. The links to earlier addresses stay, and those addresses stay reserved: the earliest has the last word, or
     * an attacker who changes the address twice would withdraw the user's own link by the second address.
     */
    public UndoOutcome undo(String token, Client client) {
        return switch (links.check(UNDO, token)) {
            case EmailLink.State.Valid(EmailLink link) ->
                QuarkusTransaction.requiringNew().call(() -> undone(link, token, client));
            case EmailLink.State.Used(EmailLink link) -> undoInvalid(link.user(), client);
            case EmailLink.State.Expired(EmailLink link) -> {
                recordUndoRefusal(link.user(), "expired_link", client);
                yield new Refusals.LinkExpired();
            }
            case EmailLink.State.Unknown _ -> undoInvalid(null, client);
        };
    }

    private UndoOutcome undone(EmailLink link, String token, Client client) {
        AccountId user = link.user();
        Profile before = accounts.lockActive(user).orElse(null);
        if (before == null || !(links.redeem(UNDO, token) instanceof EmailLink.State.Valid)) {
            return undoInvalid(user, client);
        }
        EmailAddress earlier = Objects.requireNonNull(link.target());
        return switch (accounts.restoreEmail(user, earlier, link.targetVerified())) {
            case Accounts.Gone _ -> undoInvalid(user, client);
            case Accounts.EmailTaken _ -> {
                recordUndoRefusal(user, "address_taken", client);
                yield new EmailTaken();
            }
            case Accounts.EmailChanged changed -> {
                sessions.endAll(user, null);
                links.withdrawSince(user, token);
                accounts.releaseReservedEmails(user, links.undoTargets(user));
                rateLimits.addressChanged(user, changed.profile().email());
                if (!before.email().equals(earlier)) {
                    mail.send(
                            before.email(),
                            new EmailMessage.EmailChangeUndone(before.languages(client), publicUrl.authority()));
                }
                audit.record(AuditEvent.emailChangeUndone(user.value(), client));
                yield new Undone(changed.profile());
            }
        };
    }

    private Refusals.LinkInvalid undoInvalid(@Nullable AccountId user, Client client) {
        recordUndoRefusal(user, "unknown_link", client);
        return new Refusals.LinkInvalid();
    }

    private void recordUndoRefusal(@Nullable AccountId user, String reason, Client client) {
        audit.recordLater(AuditEvent.redemptionRefused(
                Type.EMAIL_CHANGE_UNDO, user == null ? null : user.value(), reason, client));
    }

    private Refusals.LinkInvalid linkInvalid(@Nullable AccountId user, Client client) {
        recordRefusal(user, "unknown_link", client);
        return new Refusals.LinkInvalid();
    }

    private void recordRefusal(@Nullable AccountId user, String reason, Client client) {
        audit.recordLater(
                AuditEvent.redemptionRefused(Type.EMAIL_CHANGE, user == null ? null : user.value(), reason, client));
    }
}
