package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLink.Purpose;
import dev.latchkey.emaillink.EmailLinkPage;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.mail.EmailMessage;
import dev.latchkey.mail.EmailWriter;
import dev.latchkey.mail.MailQueue;
import dev.latchkey.mail.OutgoingEmail;
import dev.latchkey.mail.QueuedEmail;
import dev.latchkey.platform.http.PreferredLanguages;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes e-mails with links when they are about to be sent, and creates the links then.
 *
 * <p>Security: everything that depends on whether there is an account happens here, long after the response (FR-007). What an
 * e-mail was queued for is checked again, since the account may have changed meanwhile.
 */
@ApplicationScoped
class EmailLinkWriter implements EmailWriter {

    private final EmailLinks links;
    private final EmailLinkPage page;
    private final Accounts accounts;
    private final MailQueue mail;
    private final AuditLog audit;

    EmailLinkWriter(EmailLinks links, EmailLinkPage page, Accounts accounts, MailQueue mail, AuditLog audit) {
        this.links = links;
        this.page = page;
        this.accounts = accounts;
        this.mail = mail;
        this.audit = audit;
    }

    @Override
    public Set<String> kinds() {
        return Arrays.stream(Purpose.values()).map(Purpose::id).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Optional<OutgoingEmail> write(QueuedEmail email) {
        EmailLinkRequest request = EmailLinkRequest.of(email);
        return request.purpose() == Purpose.EMAIL_CHANGE_UNDO
                ? undo(request)
                : findUser(request)
                        .filter(user ->
                                request.purpose() != Purpose.EMAIL_VERIFICATION || needsVerification(request, user))
                        .flatMap(user -> lockedLink(request, user)
                                .map(link -> message(
                                        request,
                                        user.languages(request.client()),
                                        link,
                                        links.lifetime(request.purpose()))))
                        .map(message -> new OutgoingEmail(request.recipient(), message));
    }

    private static EmailMessage message(
            EmailLinkRequest request, PreferredLanguages languages, URI link, Duration lifetime) {
        return switch (request.purpose()) {
            case PASSWORD_RESET -> new EmailMessage.PasswordReset(languages, link, lifetime);
            case EMAIL_VERIFICATION -> new EmailMessage.EmailVerification(languages, link, lifetime);
            case EMAIL_CHANGE -> new EmailMessage.EmailChange(languages, link, lifetime);
            case EMAIL_CHANGE_UNDO -> new EmailMessage.EmailChanged(languages, link, lifetime);
            case ACCOUNT_DELETION -> new EmailMessage.AccountDeletion(languages, link, lifetime);
        };
    }

    /** Returns the user at whose request the e-mail was queued, or the one with the address that was typed. */
    private Optional<Profile> findUser(EmailLinkRequest request) {
        AccountId user = request.user();
        if (user != null) {
            return accounts.findActive(user);
        }
        Optional<Profile> found = accounts.findActive(request.recipient());
        if (found.isEmpty()) {
            audit.recordLater(AuditEvent.linkRefused(request.auditType(), null, "unknown_account", request.client()));
        }
        return found;
    }

    private boolean needsVerification(EmailLinkRequest request, Profile user) {
        if (user.emailVerified()) {
            audit.recordLater(AuditEvent.linkRefused(
                    request.auditType(), user.id().value(), "already_verified", request.client()));
        }
        return !user.emailVerified();
    }

    /** Makes the link; empty if the account is gone or has another address by now, or if the e-mail was withdrawn or has nothing to say. */
    private Optional<URI> lockedLink(EmailLinkRequest request, Profile user) {
        return QuarkusTransaction.requiringNew()
                .call(() -> accounts.lockActive(user.id())
                        .filter(now -> now.email().equals(request.address()))
                        // Security: from here on what withdraws the links of the user withdraws the e-mail too. Else
                        // another
                        // attempt would make the same link again.
                        .filter(now -> mail.assign(request.id(), now.id()))
                        .flatMap(now -> request.purpose() == Purpose.EMAIL_CHANGE
                                ? linkToNewAddress(request, now)
                                : link(request, now, null)));
    }

    private Optional<URI> linkToNewAddress(EmailLinkRequest request, Profile user) {
        EmailAddress wanted = request.recipient();
        if (accounts.isEmailTaken(wanted, user.id())) {
            // Security: users see their own record, which must not tell them whose addresses are taken.
            audit.record(
                    AuditEvent.linkCreated(Type.EMAIL_CHANGE_LINK, user.id().value(), request.client()));
            audit.recordLater(AuditEvent.linkRefused(Type.EMAIL_CHANGE_LINK, null, "address_taken", request.client()));
            return Optional.empty();
        }
        return link(request, user, wanted);
    }

    /** Makes the link, or returns the one that an earlier attempt to send the e-mail has made; empty if that was used. */
    private Optional<URI> link(EmailLinkRequest request, Profile user, @Nullable EmailAddress target) {
        Purpose purpose = request.purpose();
        return switch (links.ofEmail(request.id(), purpose)) {
            case EmailLinks.OfEmail.Used _ -> Optional.empty();
            case EmailLinks.OfEmail.Unused unused -> {
                links.extend(unused.token(), purpose);
                yield Optional.of(page.resolve(request.url(), unused.token().text()));
            }
            case EmailLinks.OfEmail.Missing _ -> {
                EmailLink link = new EmailLink(
                        user.id(), user.email(), target, true, request.url().callback());
                String token = links.create(request.id(), purpose, link).text();
                audit.record(
                        AuditEvent.linkCreated(request.auditType(), user.id().value(), request.client()));
                yield Optional.of(page.resolve(request.url(), token));
            }
        };
    }

    /** The link was created with the change; nothing is sent if it was used, withdrawn or has expired meanwhile. */
    private Optional<OutgoingEmail> undo(EmailLinkRequest request) {
        if (links.ofEmail(request.id(), Purpose.EMAIL_CHANGE_UNDO) instanceof EmailLinks.OfEmail.Unused unused
                && unused.validFor().isPositive()) {
            URI link = page.resolve(request.url(), unused.token().text());
            Duration validFor = inHours(unused.validFor());
            return Optional.of(new OutgoingEmail(
                    request.recipient(), message(request, request.client().languages(), link, validFor)));
        }
        return Optional.empty();
    }

    /** Returns a duration in whole hours: for an e-mail that is sent at once that is the whole lifetime of its link. */
    private static Duration inHours(Duration duration) {
        long hours = duration.plusMinutes(30).toHours();
        return hours == 0 ? duration.truncatedTo(ChronoUnit.SECONDS) : Duration.ofHours(hours);
    }
}
