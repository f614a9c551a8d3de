package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.mail.EmailMessage;
import dev.latchkey.mail.MailQueue;
import dev.latchkey.mail.OutgoingEmail;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.PublicUrl;
import dev.latchkey.revocation.Revocations;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Changes the e-mail addresses of accounts, once the new one is verified by a link. */
@ApplicationScoped
public class EmailChange {

    private static final EmailLink.Purpose PURPOSE = EmailLink.Purpose.EMAIL_CHANGE;

    private final EmailLinkSender sender;
    private final MailQueue mail;
    private final EmailLinks links;
    private final Accounts accounts;
    private final Revocations revocations;
    private final PublicUrl publicUrl;
    private final AuditLog audit;

    EmailChange(
            EmailLinkSender sender,
            MailQueue mail,
            EmailLinks links,
            Accounts accounts,
            Revocations revocations,
            PublicUrl publicUrl,
            AuditLog audit) {
        this.sender = sender;
        this.mail = mail;
        this.links = links;
        this.accounts = accounts;
        this.revocations = revocations;
        this.publicUrl = publicUrl;
        this.audit = audit;
    }

    /** The result of following a link. */
    public sealed interface Outcome
            permits Changed, OtherUser, EmailTaken, Refusals.LinkInvalid, Refusals.LinkExpired {}

    public record Changed(Profile profile) implements Outcome {}

    /** Another user is signed in where the link was opened; the link is still valid. */
    public record OtherUser() implements Outcome {}

    /** The address has become another user's meanwhile. */
    public record EmailTaken() implements Outcome {}

    /**
     * Sends a link to the new address, unless it is another user's already; the outcome does not reveal that.
     *
     * @param link makes the link for a token; it is called later and on another thread
     */
    public EmailRequestOutcome request(AccountId user, EmailAddress wanted, Function<String, URI> link, Client client) {
        Profile profile = accounts.findActive(user).orElse(null);
        if (profile == null) {
            return new Refusals.UserGone();
        }
        if (profile.email().equals(wanted)) {
            return new EmailRequestOutcome.NotNeeded();
        }
        return sender.sendToUser(PURPOSE, profile, wanted, client, () -> draft(profile, wanted, link, client));
    }

    private Optional<OutgoingEmail> draft(
            Profile user, EmailAddress wanted, Function<String, URI> link, Client client) {
        return QuarkusTransaction.requiringNew()
                .call(() -> accounts.lockActive(user.id())
                        .filter(now -> now.email().equals(user.email()))
                        .flatMap(now -> {
                            // Security: users see their own record, which must not tell them whose addresses are taken.
                            audit.record(AuditEvent.linkCreated(
                                    Type.EMAIL_CHANGE_LINK, now.id().value(), client));
                            if (accounts.isEmailTaken(wanted)) {
                                audit.recordLater(
                                        AuditEvent.linkRefused(Type.EMAIL_CHANGE_LINK, null, "address_taken", client));
                                return Optional.empty();
                            }
                            String token = links.create(PURPOSE, now.id(), now.email(), wanted)
                                    .text();
                            return Optional.of(new OutgoingEmail(
                                    wanted, new EmailMessage.EmailChange(link.apply(token), links.lifetime(PURPOSE))));
                        }));
    }

    /** Returns whether a link is, or was, one that changes an address. */
    public boolean isKnown(String token) {
        return !(links.check(PURPOSE, token) instanceof EmailLink.State.Unknown);
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
            case EmailLink.State.Expired _ -> {
                recordRefusal(null, "expired_link", client);
                yield new Refusals.LinkExpired();
            }
            case EmailLink.State.Unknown _ -> linkInvalid(null, client);
        };
    }

    private Outcome changed(EmailLink link, String token, Client client) {
        AccountId user = link.user();
        if (accounts.lockActive(user)
                        .filter(profile -> profile.email().equals(link.address()))
                        .isEmpty()
                || !(links.redeem(PURPOSE, token) instanceof EmailLink.State.Valid)) {
            return linkInvalid(user, client);
        }
        return switch (accounts.changeEmail(user, Objects.requireNonNull(link.target()))) {
            case Accounts.Gone _ -> linkInvalid(user, client);
            case Accounts.EmailTaken _ -> {
                recordRefusal(user, "address_taken", client);
                yield new EmailTaken();
            }
            case Accounts.EmailChanged changed -> {
                // Security: the old address stands in the access tokens that are out. Sessions go on, and a refresh
                // gives a token with the new one.
                revocations.revokeUser(user.value(), null);
                mail.send(link.address(), new EmailMessage.EmailChanged(publicUrl.authority()));
                audit.record(AuditEvent.emailChanged(user.value(), client));
                yield new Changed(changed.profile());
            }
        };
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
