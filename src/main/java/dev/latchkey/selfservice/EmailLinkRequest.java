package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.emaillink.EmailLink.Purpose;
import dev.latchkey.emaillink.EmailLinkUrl;
import dev.latchkey.mail.QueuedEmail;
import dev.latchkey.platform.http.Client;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The request for an e-mail with a link, as it waits in the database.
 *
 * @param user the user who is signed in; null where an address was typed
 * @param address the address that the account must have for the e-mail to be sent
 * @param client the client of the request, for the audit log and the language
 */
record EmailLinkRequest(
        UUID id,
        Purpose purpose,
        EmailAddress recipient,
        @Nullable AccountId user,
        EmailAddress address,
        EmailLinkUrl url,
        Client client) {

    private static final String ADDRESS = "address";
    private static final String FORM = "url";
    private static final String CALLBACK = "callback";
    private static final String IP = "ip";
    private static final String USER_AGENT = "user_agent";

    /** A request of a user whose account has this address. */
    static EmailLinkRequest ofUser(
            Purpose purpose,
            EmailAddress recipient,
            AccountId user,
            EmailAddress address,
            EmailLinkUrl url,
            Client client) {
        return new EmailLinkRequest(UUID.randomUUID(), purpose, recipient, user, address, url, client);
    }

    /** A request of a client who is not signed in and has typed an address. */
    static EmailLinkRequest ofAddress(Purpose purpose, EmailAddress recipient, EmailLinkUrl url, Client client) {
        return new EmailLinkRequest(UUID.randomUUID(), purpose, recipient, null, recipient, url, client);
    }

    static EmailLinkRequest of(QueuedEmail email) {
        Map<String, String> details = email.details();
        String address = details.get(ADDRESS);
        return new EmailLinkRequest(
                email.id(),
                Purpose.of(email.kind()).orElseThrow(),
                email.recipient(),
                email.user(),
                address == null ? email.recipient() : EmailAddress.stored(address),
                new EmailLinkUrl(Objects.requireNonNull(details.get(FORM)), details.get(CALLBACK)),
                new Client(details.getOrDefault(IP, ""), details.getOrDefault(USER_AGENT, ""), "", email.languages()));
    }

    QueuedEmail queued() {
        Map<String, String> details = new HashMap<>();
        if (!address.equals(recipient)) {
            details.put(ADDRESS, address.canonical());
        }
        details.put(FORM, url.form());
        if (url.callback() != null) {
            details.put(CALLBACK, url.callback());
        }
        details.put(IP, client.ip());
        details.put(USER_AGENT, client.userAgent());
        return new QueuedEmail(id, purpose.id(), recipient, user, client.languages(), details);
    }

    Type auditType() {
        return auditType(purpose);
    }

    static Type auditType(Purpose purpose) {
        return switch (purpose) {
            case PASSWORD_RESET -> Type.PASSWORD_RESET_LINK;
            case EMAIL_VERIFICATION -> Type.EMAIL_VERIFICATION_LINK;
            case EMAIL_CHANGE_UNDO -> Type.EMAIL_CHANGE_UNDO;
            case EMAIL_CHANGE -> Type.EMAIL_CHANGE_LINK;
            case ACCOUNT_DELETION -> Type.ACCOUNT_DELETION_LINK;
        };
    }

    // An address does not belong into a log.
    @Override
    public String toString() {
        return "EmailLinkRequest[" + id + ", " + purpose + "]";
    }
}
