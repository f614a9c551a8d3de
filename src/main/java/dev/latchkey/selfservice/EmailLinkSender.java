package dev.latchkey.selfservice;

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
import dev.latchkey.mail.OutgoingEmail;
import dev.latchkey.platform.http.Client;
import dev.latchkey.signin.RateLimits;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Creates e-mail links and sends them, within rate limits that protect their recipients. */
@ApplicationScoped
class EmailLinkSender {

    private final MailQueue mail;
    private final EmailLinks links;
    private final Accounts accounts;
    private final RateLimits rateLimits;
    private final AuditLog audit;

    EmailLinkSender(MailQueue mail, EmailLinks links, Accounts accounts, RateLimits rateLimits, AuditLog audit) {
        this.mail = mail;
        this.links = links;
        this.accounts = accounts;
        this.rateLimits = rateLimits;
        this.audit = audit;
    }

    /**
     * Sends an e-mail on the request of a caller who is not signed in.
     *
     * <p>Security: everything that depends on whether there is an account is left to the draft, which runs later; this method
     * only counts an attempt (FR-007). Too many attempts get the same outcome.
     */
    EmailRequestOutcome.Anonymous sendToAddress(
            EmailLink.Purpose purpose, EmailAddress recipient, Client client, Supplier<Optional<OutgoingEmail>> draft) {
        if (!mail.isConfigured()) {
            return new EmailRequestOutcome.MailNotConfigured();
        }
        switch (rateLimits.checkEmail(purpose.id(), recipient, client)) {
            case RateLimits.Limited _ -> recordRateLimited(null, purpose, client);
            case RateLimits.Allowed _ -> mail.send(draft);
        }
        return new EmailRequestOutcome.Accepted();
    }

    /** Sends an e-mail on the request of a user who is signed in, and may be told of the rate limit. */
    EmailRequestOutcome sendToUser(
            EmailLink.Purpose purpose,
            Profile user,
            EmailAddress recipient,
            Client client,
            Supplier<Optional<OutgoingEmail>> draft) {
        if (!mail.isConfigured()) {
            return new EmailRequestOutcome.MailNotConfigured();
        }
        return switch (rateLimits.checkEmail(purpose.id(), recipient, client)) {
            case RateLimits.Limited limited -> {
                recordRateLimited(user, purpose, client);
                yield new Refusals.RateLimited(limited.retryAfter());
            }
            case RateLimits.Allowed _ -> {
                mail.send(draft);
                yield new EmailRequestOutcome.Accepted();
            }
        };
    }

    /** Makes a link and its e-mail to an account's address; empty if the account is gone or has another address by now. */
    Optional<OutgoingEmail> linkToOwner(
            EmailLink.Purpose purpose,
            Profile user,
            EmailLinkUrl url,
            Client client,
            Function<String, EmailMessage> message) {
        return QuarkusTransaction.requiringNew()
                .call(() -> accounts.lockActive(user.id())
                        .filter(now -> now.email().equals(user.email()))
                        .map(now -> {
                            EmailLink link = new EmailLink(now.id(), now.email(), null, true, url.callback());
                            String token = links.create(purpose, link).text();
                            audit.record(AuditEvent.linkCreated(
                                    auditType(purpose), now.id().value(), client));
                            return new OutgoingEmail(now.email(), message.apply(token));
                        }));
    }

    private void recordRateLimited(@Nullable Profile user, EmailLink.Purpose purpose, Client client) {
        audit.recordLater(AuditEvent.linkRefused(
                auditType(purpose), user == null ? null : user.id().value(), "throttled", client));
    }

    private static Type auditType(EmailLink.Purpose purpose) {
        return switch (purpose) {
            case PASSWORD_RESET -> Type.PASSWORD_RESET_LINK;
            case EMAIL_VERIFICATION -> Type.EMAIL_VERIFICATION_LINK;
            case EMAIL_CHANGE_UNDO -> Type.EMAIL_CHANGE_UNDO;
            case EMAIL_CHANGE -> Type.EMAIL_CHANGE_LINK;
            case ACCOUNT_DELETION -> Type.ACCOUNT_DELETION_LINK;
        };
    }
}
