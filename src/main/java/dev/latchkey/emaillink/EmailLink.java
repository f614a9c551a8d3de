package dev.latchkey.emaillink;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A link that was sent by e-mail.
 *
 * @param user whose account it concerns
 * @param address the address that the account had when the link was made
 * @param target the address that the account is to get, where that is its purpose
 */
public record EmailLink(
        AccountId user, EmailAddress address, @Nullable EmailAddress target) {

    /** What a link allows; a link serves one purpose and no other. */
    public enum Purpose {
        PASSWORD_RESET,
        EMAIL_VERIFICATION,
        EMAIL_CHANGE,
        ACCOUNT_DELETION;

        /** Returns the stable word for it, in rows, rate-limit buckets and the audit log. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The state of a link that is presented. */
    public sealed interface State {

        /** The link is valid; of a redemption: it was until then, and never will be again. */
        record Valid(EmailLink link) implements State {}

        /** The link was redeemed; known until it would have expired. */
        record Used(EmailLink link) implements State {}

        /** The link has expired; known for a day. */
        record Expired() implements State {}

        /** The link was never made, is for another purpose, or was withdrawn or pruned. */
        record Unknown() implements State {}
    }
}
