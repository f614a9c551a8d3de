package dev.latchkey.selfservice;

import dev.latchkey.account.Accounts;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.emaillink.EmailLinkPurpose;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.mail.EmailMessage;
import dev.latchkey.mail.MailQueue;
import dev.latchkey.mail.OutgoingEmail;
import dev.latchkey.platform.http.Client;
import dev.latchkey.signin.RateLimitResult;
import dev.latchkey.signin.RateLimits;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Has links made and mailed, as many as is fair to whoever gets them. */
@ApplicationScoped
class EmailLinkSender {

    private final MailQueue letters;
    private final EmailLinks links;
    private final Accounts accounts;
    private final RateLimits throttle;
    private final AuditLog audit;

    EmailLinkSender(MailQueue letters, EmailLinks links, Accounts accounts, RateLimits throttle, AuditLog audit) {
        this.letters = letters;
        this.links = links;
        this.accounts = accounts;
        this.throttle = throttle;
        this.audit = audit;
    }

    /**
     * For somebody who is not signed in.
     *
     * <p>Security: all that depends on whether there is an account is left to the draft, which runs later; the caller counts
     * an attempt and answers (FR-007). Too many attempts get the same answer.
     */
    EmailRequestOutcome.Silent unseen(
            EmailLinkPurpose purpose, EmailAddress recipient, Client client, Supplier<Optional<OutgoingEmail>> draft) {
        if (!letters.isConfigured()) {
            return new EmailRequestOutcome.NoMail();
        }
        switch (throttle.checkEmail(purpose, recipient, client)) {
            case RateLimitResult.Limited ignored -> throttled(null, purpose, client);
            case RateLimitResult.Allowed ignored -> letters.send(draft);
        }
        return new EmailRequestOutcome.Accepted();
    }

    /** For somebody who is signed in, and may be told that it was too often. */
    EmailRequestOutcome seen(
            EmailLinkPurpose purpose,
            Profile user,
            EmailAddress recipient,
            Client client,
            Supplier<Optional<OutgoingEmail>> draft) {
        if (!letters.isConfigured()) {
            return new EmailRequestOutcome.NoMail();
        }
        return switch (throttle.checkEmail(purpose, recipient, client)) {
            case RateLimitResult.Limited exceeded -> {
                throttled(user, purpose, client);
                yield new EmailRequestOutcome.Throttled(exceeded.retryAfter());
            }
            case RateLimitResult.Allowed ignored -> {
                letters.send(draft);
                yield new EmailRequestOutcome.Accepted();
            }
        };
    }

    /** A letter with a new link to the address that an account has, unless it has another one by now or is no more. */
    Optional<OutgoingEmail> toOwner(
            EmailLinkPurpose purpose, Profile user, Client client, Function<String, EmailMessage> letter) {
        return QuarkusTransaction.requiringNew()
                .call(() -> accounts.lockActive(user.id())
                        .filter(now -> now.email().equals(user.email()))
                        .map(now -> {
                            String token = links.create(purpose, now.id(), now.email(), null)
                                    .text();
                            audit.record(AuditEvent.linkCreated(auditType(purpose), now.id().value(), client));
                            return new OutgoingEmail(now.email(), letter.apply(token));
                        }));
    }

    private void throttled(@Nullable Profile user, EmailLinkPurpose purpose, Client client) {
        audit.recordLater(AuditEvent.linkRefused(
                auditType(purpose), user == null ? null : user.id().value(), "throttled", client));
    }

    private static Type auditType(EmailLinkPurpose purpose) {
        return switch (purpose) {
            case PASSWORD_RESET -> Type.PASSWORD_RESET_LINK;
            case EMAIL_VERIFICATION -> Type.EMAIL_VERIFICATION_LINK;
            case EMAIL_CHANGE -> Type.EMAIL_CHANGE_LINK;
            case ACCOUNT_DELETION -> Type.ACCOUNT_DELETION_LINK;
        };
    }
}
