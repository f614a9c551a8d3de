package dev.latchkey.selfservice;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLink.Purpose;
import dev.latchkey.emaillink.EmailLinkPage;
import dev.latchkey.emaillink.EmailLinkUrl;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.mail.MailQueue;
import dev.latchkey.platform.http.Client;
import dev.latchkey.signin.RateLimits;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Queues e-mails with links, within rate limits that protect their recipients. {@link EmailLinkWriter} writes them. */
@ApplicationScoped
class EmailLinkSender {

    /** When to request an e-mail again for which there was no room: attempts to send those that wait are minutes apart. */
    private static final Duration RETRY_AFTER = Duration.ofMinutes(5);

    private final MailQueue mail;
    private final EmailLinks links;
    private final EmailLinkPage page;
    private final RateLimits rateLimits;
    private final AuditLog audit;

    EmailLinkSender(MailQueue mail, EmailLinks links, EmailLinkPage page, RateLimits rateLimits, AuditLog audit) {
        this.mail = mail;
        this.links = links;
        this.page = page;
        this.rateLimits = rateLimits;
        this.audit = audit;
    }

    /**
     * Sends an e-mail on the request of a caller who is not signed in.
     *
     * <p>Security: everything that depends on whether there is an account is left to the writer, which runs later; this method
     * only counts an attempt and queues a row (FR-007). Too many attempts get the same outcome. For a queue that is full it
     * makes no difference whose address it is.
     */
    EmailRequestOutcome.Anonymous sendToAddress(
            Purpose purpose, EmailAddress recipient, EmailLinkUrl url, Client client) {
        if (!mail.isConfigured()) {
            return new EmailRequestOutcome.MailNotConfigured();
        }
        return switch (rateLimits.checkEmail(purpose.id(), recipient, client)) {
            case RateLimits.Limited _ -> {
                recordRefusal(null, purpose, "throttled", client);
                yield new EmailRequestOutcome.Accepted();
            }
            case RateLimits.Allowed _ ->
                queue(null, EmailLinkRequest.ofAddress(purpose, recipient, url, client), client, null);
        };
    }

    /**
     * Counts an e-mail that belongs to a change, and returns what queues it in the transaction of that: nothing, if too many
     * were requested.
     */
    Runnable prepare(Purpose purpose, EmailAddress recipient, EmailLinkUrl url, Client client) {
        if (!mail.isConfigured()) {
            return () -> {};
        }
        return switch (rateLimits.checkEmail(purpose.id(), recipient, client)) {
            case RateLimits.Limited _ -> {
                recordRefusal(null, purpose, "throttled", client);
                yield () -> {};
            }
            case RateLimits.Allowed _ ->
                () -> mail.sendOnRequest(EmailLinkRequest.ofAddress(purpose, recipient, url, client)
                        .queued());
        };
    }

    /** Sends an e-mail on the request of a user who is signed in, and may be told of the rate limit. */
    EmailRequestOutcome sendToUser(
            Purpose purpose, Profile user, EmailAddress recipient, EmailLinkUrl url, Client client) {
        return sendToUser(purpose, user, recipient, url, client, null);
    }

    /** Does the same, and records an event in the transaction that queues the e-mail. */
    EmailRequestOutcome sendToUser(
            Purpose purpose,
            Profile user,
            EmailAddress recipient,
            EmailLinkUrl url,
            Client client,
            @Nullable AuditEvent event) {
        if (!mail.isConfigured()) {
            return new EmailRequestOutcome.MailNotConfigured();
        }
        return switch (rateLimits.checkEmail(purpose.id(), recipient, client)) {
            case RateLimits.Limited limited -> {
                recordRefusal(user, purpose, "throttled", client);
                yield new Refusals.RateLimited(limited.retryAfter());
            }
            case RateLimits.Allowed _ ->
                queue(
                        user,
                        EmailLinkRequest.ofUser(purpose, recipient, user.id(), user.email(), url, client),
                        client,
                        event);
        };
    }

    /** Queues an e-mail, whose attempt counts whether there is room for it or not. */
    private EmailRequestOutcome.Anonymous queue(
            @Nullable Profile user, EmailLinkRequest request, Client client, @Nullable AuditEvent event) {
        boolean queued = QuarkusTransaction.joiningExisting().call(() -> {
            boolean hasRoom = mail.sendOnRequest(request.queued());
            if (hasRoom && event != null) {
                audit.record(event);
            }
            return hasRoom;
        });
        if (queued) {
            return new EmailRequestOutcome.Accepted();
        }
        recordRefusal(user, request.purpose(), "queue_full", client);
        return new EmailRequestOutcome.QueueFull(RETRY_AFTER);
    }

    /**
     * Notifies the former address of an account of a change, with a link that undoes it.
     *
     * <p>Security: the link is created here, in the transaction of the change, and not when the e-mail is sent: its expiry is
     * that of the reservation, and the order of several changes decides which link has the last word.
     */
    void sendUndo(Profile before, Profile after, Client client) {
        Client reader = new Client("", "", "", before.languages(client));
        EmailLinkRequest request = EmailLinkRequest.ofUser(
                Purpose.EMAIL_CHANGE_UNDO, before.email(), after.id(), before.email(), page.urls(null), reader);
        var unused = links.create(
                request.id(),
                Purpose.EMAIL_CHANGE_UNDO,
                new EmailLink(after.id(), after.email(), before.email(), before.emailVerified(), null));
        mail.send(request.queued());
    }

    private void recordRefusal(@Nullable Profile user, Purpose purpose, String reason, Client client) {
        audit.recordLater(AuditEvent.linkRefused(
                EmailLinkRequest.auditType(purpose),
                user == null ? null : user.id().value(),
                reason,
                client));
    }
}
