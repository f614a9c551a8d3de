package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.EmailChangeResult;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLinkPurpose;
import dev.latchkey.emaillink.EmailLinkState;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.mail.EmailMessage;
import dev.latchkey.mail.MailQueue;
import dev.latchkey.mail.OutgoingEmail;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.PublicUrl;
import dev.latchkey.revocation.Revocations;
import dev.latchkey.selfservice.EmailChangeOutcome.EmailTaken;
import dev.latchkey.selfservice.EmailChangeOutcome.Changed;
import dev.latchkey.selfservice.EmailChangeOutcome.Expired;
import dev.latchkey.selfservice.EmailChangeOutcome.OtherUser;
import dev.latchkey.selfservice.EmailChangeOutcome.UnknownLink;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gives accounts another address, once its mailbox has proven to be their user's. */
@ApplicationScoped
public class EmailChange {

    private static final EmailLinkPurpose PURPOSE = EmailLinkPurpose.EMAIL_CHANGE;

    private final EmailLinkSender linkLetters;
    private final MailQueue letters;
    private final EmailLinks links;
    private final Accounts accounts;
    private final Revocations revocations;
    private final PublicUrl publicUrl;
    private final AuditLog audit;

    EmailChange(
            EmailLinkSender linkLetters,
            MailQueue letters,
            EmailLinks links,
            Accounts accounts,
            Revocations revocations,
            PublicUrl publicUrl,
            AuditLog audit) {
        this.linkLetters = linkLetters;
        this.letters = letters;
        this.links = links;
        this.accounts = accounts;
        this.revocations = revocations;
        this.publicUrl = publicUrl;
        this.audit = audit;
    }

    /**
     * Sends a link to the new address, unless it is somebody's already.
     *
     * @param link makes the link for a token; it is called later and on another thread
     */
    public EmailRequestOutcome request(AccountId user, EmailAddress wanted, Function<String, URI> link, Client client) {
        Profile profile = accounts.findActive(user).orElse(null);
        if (profile == null) {
            return new EmailRequestOutcome.Gone();
        }
        if (profile.email().equals(wanted)) {
            return new EmailRequestOutcome.NotNeeded();
        }
        return linkLetters.seen(PURPOSE, profile, wanted, client, () -> draft(profile, wanted, link, client));
    }

    private Optional<OutgoingEmail> draft(
            Profile user, EmailAddress wanted, Function<String, URI> link, Client client) {
        return QuarkusTransaction.requiringNew()
                .call(() -> accounts.lockActive(user.id())
                        .filter(now -> now.email().equals(user.email()))
                        .flatMap(now -> {
                            // Security: users see their own record, which must not tell them whose addresses are taken.
                            audit.record(AuditEvent.linkCreated(Type.EMAIL_CHANGE_LINK, now.id().value(), client));
                            if (accounts.isEmailTaken(wanted)) {
                                audit.recordLater(AuditEvent.linkRefused(Type.EMAIL_CHANGE_LINK, null, "address_taken", client));
                                return Optional.empty();
                            }
                            String token = links.create(PURPOSE, now.id(), now.email(), wanted)
                                    .text();
                            return Optional.of(new OutgoingEmail(
                                    wanted, new EmailMessage.EmailChange(link.apply(token), links.lifetime(PURPOSE))));
                        }));
    }

    /** Whether a link is, or was, one to change an address. */
    public boolean isKnown(String token) {
        return !(links.check(PURPOSE, token) instanceof EmailLinkState.Unknown);
    }

    /**
     * Changes the address.
     *
     * @param signedInAs whoever is signed in where the link was opened, or null for nobody
     */
    public EmailChangeOutcome confirm(String token, @Nullable AccountId signedInAs, Client client) {
        return switch (links.check(PURPOSE, token)) {
            case EmailLinkState.Good(EmailLink link) -> {
                if (signedInAs != null && !signedInAs.equals(link.user())) {
                    note(link.user(), "other_user", client);
                    yield new OtherUser();
                }
                yield QuarkusTransaction.requiringNew().call(() -> changed(link, token, client));
            }
            case EmailLinkState.Used(EmailLink link) -> unknown(link.user(), client);
            case EmailLinkState.Expired ignored -> {
                note(null, "expired_link", client);
                yield new Expired();
            }
            case EmailLinkState.Unknown ignored -> unknown(null, client);
        };
    }

    private EmailChangeOutcome changed(EmailLink link, String token, Client client) {
        AccountId user = link.user();
        if (accounts.lockActive(user)
                        .filter(profile -> profile.email().equals(link.address()))
                        .isEmpty()
                || !(links.redeem(PURPOSE, token) instanceof EmailLinkState.Good)) {
            return unknown(user, client);
        }
        return switch (accounts.changeEmail(user, Objects.requireNonNull(link.target()))) {
            case EmailChangeResult.Gone ignored -> unknown(user, client);
            case EmailChangeResult.EmailTaken ignored -> {
                note(user, "address_taken", client);
                yield new EmailTaken();
            }
            case EmailChangeResult.Changed changed -> {
                // Security: the old address stands in the access tokens that are out. Sessions go on, and a refresh
                // gives a token with the new one.
                revocations.revokeUser(user.value(), null);
                letters.send(
                        link.address(),
                        new EmailMessage.EmailChanged(publicUrl.authority()));
                audit.record(AuditEvent.emailChanged(user.value(), client));
                yield new Changed(changed.profile());
            }
        };
    }

    private UnknownLink unknown(@Nullable AccountId user, Client client) {
        note(user, "unknown_link", client);
        return new UnknownLink();
    }

    private void note(@Nullable AccountId user, String reason, Client client) {
        audit.recordLater(
                AuditEvent.redemptionRefused(Type.EMAIL_CHANGE, user == null ? null : user.value(), reason, client));
    }
}
