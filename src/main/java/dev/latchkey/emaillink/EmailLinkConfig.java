package dev.latchkey.emaillink;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What e-mail links lead to, and how long they are valid. */
@ConfigMapping(prefix = "latchkey.link")
public interface EmailLinkConfig {

    /**
     * Whether e-mails lead to a page of this service, where a button does what the link is for. Otherwise they carry the URLs of
     * Better Auth, which do it as soon as they are opened, be it by a mail scanner.
     */
    @WithDefault("true")
    boolean confirmPage();

    /** The lifetime of a link to reset a password. */
    @WithDefault("1h")
    Duration passwordReset();

    /** The lifetime of a link to verify an e-mail address. */
    @WithDefault("1h")
    Duration emailVerification();

    /** The lifetime of a link to verify a new e-mail address, which replaces the old one. */
    @WithDefault("1h")
    Duration emailChange();

    /**
     * The lifetime of the link by which the reader of the former address undoes a change of address. That address is reserved
     * for the account as long.
     */
    @WithDefault("7d")
    Duration emailChangeUndo();

    /** The lifetime of a link to delete an account. */
    @WithDefault("24h")
    Duration accountDeletion();

    /** Returns how long a link for a purpose is valid. */
    default Duration lifetime(EmailLink.Purpose purpose) {
        return switch (purpose) {
            case PASSWORD_RESET -> passwordReset();
            case EMAIL_VERIFICATION -> emailVerification();
            case EMAIL_CHANGE -> emailChange();
            case EMAIL_CHANGE_UNDO -> emailChangeUndo();
            case ACCOUNT_DELETION -> accountDeletion();
        };
    }
}
