package dev.latchkey.emaillink;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A link that was sent by e-mail.
 *
 * @param user the user whose account the link concerns
 * @param address the address that the account had when the link was created
 * @param target the new address of the account, if the link is to change it
 */
public record EmailLink(
        AccountId user, EmailAddress address, @Nullable EmailAddress target) {

    /** The purpose of a link, which can be used for no other. */
    public enum Purpose {
        PASSWORD_RESET,
        EMAIL_VERIFICATION,
        EMAIL_CHANGE,
        ACCOUNT_DELETION;

        /** Returns the stable identifier of the purpose, in rows, rate-limit buckets and settings. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The state of a link that a client presents. */
    public sealed interface State {

        /** The link is valid, or was until this redemption. */
        record Valid(EmailLink link) implements State {}

        /** The link was redeemed before, which is known until it would have expired. */
        record Used(EmailLink link) implements State {}

        /** The link has expired, which is known for a day. */
        record Expired() implements State {}

        /** The link was never created, is for another purpose, was withdrawn, or expired more than a day ago. */
        record Unknown() implements State {}
    }
}
