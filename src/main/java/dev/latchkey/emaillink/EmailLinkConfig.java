package dev.latchkey.emaillink;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;

/** How long mailed links count. */
@ConfigMapping(prefix = "latchkey.link")
public interface EmailLinkConfig {

    /** A link to choose a new password. */
    Duration passwordReset();

    /** A link that proves an address. */
    Duration emailVerification();

    /** A link that proves a new address, which takes the place of the old one. */
    Duration emailChange();

    /** A link to delete the account. */
    Duration accountDeletion();

    /** How long a link for a purpose counts. */
    default Duration lifetime(EmailLink.Purpose purpose) {
        return switch (purpose) {
            case PASSWORD_RESET -> passwordReset();
            case EMAIL_VERIFICATION -> emailVerification();
            case EMAIL_CHANGE -> emailChange();
            case ACCOUNT_DELETION -> accountDeletion();
        };
    }
}
