package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLinkPurpose;
import dev.latchkey.emaillink.EmailLinkState;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.mail.EmailMessage;
import dev.latchkey.mail.OutgoingEmail;
import dev.latchkey.platform.http.Client;
import dev.latchkey.selfservice.EmailVerificationOutcome.AlreadyVerified;
import dev.latchkey.selfservice.EmailVerificationOutcome.Expired;
import dev.latchkey.selfservice.EmailVerificationOutcome.UnknownLink;
import dev.latchkey.selfservice.EmailVerificationOutcome.Verified;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Proves that the address of an account is its user's. */
@ApplicationScoped
public class EmailVerification {

    private static final EmailLinkPurpose PURPOSE = EmailLinkPurpose.EMAIL_VERIFICATION;

    private final EmailLinkSender letters;
    private final EmailLinks links;
    private final Accounts accounts;
    private final AuditLog audit;

    EmailVerification(EmailLinkSender letters, EmailLinks links, Accounts accounts, AuditLog audit) {
        this.letters = letters;
        this.links = links;
        this.accounts = accounts;
        this.audit = audit;
    }

    /**
     * Sends a link to an address, if it is of an account and not verified yet.
     *
     * @param link makes the link for a token; it is called later and on another thread
     */
    public EmailRequestOutcome.Silent request(EmailAddress email, Function<String, URI> link, Client client) {
        return letters.unseen(PURPOSE, email, client, () -> draft(email, link, client));
    }

    /** The same, for somebody who is signed in or has just signed up. */
    public EmailRequestOutcome request(AccountId user, Function<String, URI> link, Client client) {
        Profile profile = accounts.findActive(user).orElse(null);
        if (profile == null) {
            return new EmailRequestOutcome.Gone();
        }
        if (profile.emailVerified()) {
            return new EmailRequestOutcome.NotNeeded();
        }
        return letters.seen(PURPOSE, profile, profile.email(), client, () -> draft(profile, link, client));
    }

    private Optional<OutgoingEmail> draft(EmailAddress email, Function<String, URI> link, Client client) {
        Profile profile = accounts.findActive(email).orElse(null);
        if (profile == null) {
            audit.recordLater(AuditEvent.linkRefused(Type.EMAIL_VERIFICATION_LINK, null, "unknown_account", client));
            return Optional.empty();
        }
        if (profile.emailVerified()) {
            audit.recordLater(AuditEvent.linkRefused(Type.EMAIL_VERIFICATION_LINK, profile.id().value(), "already_verified", client));
            return Optional.empty();
        }
        return draft(profile, link, client);
    }

    private Optional<OutgoingEmail> draft(Profile profile, Function<String, URI> link, Client client) {
        return letters.toOwner(
                PURPOSE,
                profile,
                client,
                token -> new EmailMessage.EmailVerification(link.apply(token), links.lifetime(PURPOSE)));
    }

    public EmailVerificationOutcome confirm(String token, Client client) {
        return switch (links.check(PURPOSE, token)) {
            case EmailLinkState.Good(EmailLink link) ->
                QuarkusTransaction.requiringNew().call(() -> confirmed(link, token, client));
            // People open a link twice, and what reads their mail opens it before them.
            case EmailLinkState.Used(EmailLink link) -> alreadyVerified(link, client);
            case EmailLinkState.Expired ignored -> {
                note(null, "expired_link", client);
                yield new Expired();
            }
            case EmailLinkState.Unknown ignored -> unknown(null, client);
        };
    }

    private EmailVerificationOutcome confirmed(EmailLink link, String token, Client client) {
        Profile before = accounts.lockActive(link.user())
                .filter(profile -> profile.email().equals(link.address()))
                .orElse(null);
        if (before == null) {
            return unknown(link.user(), client);
        }
        boolean redeemed = links.redeem(PURPOSE, token) instanceof EmailLinkState.Good;
        if (before.emailVerified()) {
            return new AlreadyVerified(before);
        }
        if (!redeemed) {
            return unknown(link.user(), client);
        }
        audit.record(AuditEvent.emailVerified(link.user().value(), client));
        return new Verified(accounts.verifyEmail(link.user(), link.address()).orElseThrow());
    }

    private EmailVerificationOutcome alreadyVerified(EmailLink link, Client client) {
        return accounts.findActive(link.user())
                .filter(profile -> profile.emailVerified() && profile.email().equals(link.address()))
                .<EmailVerificationOutcome>map(AlreadyVerified::new)
                .orElseGet(() -> unknown(link.user(), client));
    }

    private UnknownLink unknown(@Nullable AccountId user, Client client) {
        note(user, "unknown_link", client);
        return new UnknownLink();
    }

    private void note(@Nullable AccountId user, String reason, Client client) {
        audit.recordLater(
                AuditEvent.redemptionRefused(Type.EMAIL_VERIFICATION, user == null ? null : user.value(), reason, client));
    }
}
