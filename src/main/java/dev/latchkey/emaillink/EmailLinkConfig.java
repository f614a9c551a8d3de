package dev.latchkey.emaillink;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Lifetimes of e-mail links. */
@ConfigMapping(prefix = "latchkey.link")
public interface EmailLinkConfig {

    /** The lifetime of a link to reset a password. */
    @WithDefault("1h")
    Duration passwordReset();

    /** The lifetime of a link to verify an e-mail address. */
    @WithDefault("1h")
    Duration emailVerification();

    /** The lifetime of a link to verify a new e-mail address, which replaces the old one. */
    @WithDefault("1h")
    Duration emailChange();

    /** The lifetime of a link to delete an account. */
    @WithDefault("24h")
    Duration accountDeletion();

    /** Returns how long a link for a purpose is valid. */
    default Duration lifetime(EmailLink.Purpose purpose) {
        return switch (purpose) {
            case PASSWORD_RESET -> passwordReset();
            case EMAIL_VERIFICATION -> emailVerification();
            case EMAIL_CHANGE -> emailChange();
            case ACCOUNT_DELETION -> accountDeletion();
        };
    }
}
