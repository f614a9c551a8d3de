package dev.latchkey.emaillink;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A link that was sent by e-mail.
 *
 * @param user the user whose account the link concerns
 * @param address the address that the account had when the link was created
 * @param target the address that the account gets by the link, if it is to change it
 * @param targetVerified whether that address is a verified one from then on
 * @param callback where the browser goes on once the link was used, as a client named it; null: to a page of ours
 */
public record EmailLink(
        AccountId user,
        EmailAddress address,
        @Nullable EmailAddress target,
        boolean targetVerified,
        @Nullable String callback) {

    /** The purpose of a link, which can be used for no other. */
    public enum Purpose {
        PASSWORD_RESET,
        EMAIL_VERIFICATION,
        EMAIL_CHANGE,
        /** Sent to the former address after a change, which the link undoes. */
        EMAIL_CHANGE_UNDO,
        ACCOUNT_DELETION;

        /** Returns the stable identifier of the purpose, in rows, rate-limit buckets and settings. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Returns the purpose with an identifier; empty if a later release has it. */
        public static Optional<Purpose> of(String id) {
            return Arrays.stream(values())
                    .filter(purpose -> purpose.id().equals(id))
                    .findFirst();
        }
    }

    /** A link that a client presents without saying what it is for. */
    public record Found(Purpose purpose, State state) {}

    /** The state of a link that a client presents. */
    public sealed interface State {

        /** The link is valid, or was until this redemption. */
        record Valid(EmailLink link) implements State {}

        /** The link was redeemed before, which is known until it would have expired. */
        record Used(EmailLink link) implements State {}

        /** The link has expired, which is known for a day. */
        record Expired(EmailLink link) implements State {}

        /** The link was never created, is for another purpose, was withdrawn, or expired more than a day ago. */
        record Unknown() implements State {}
    }
}
