package dev.latchkey.betterauth;

import dev.latchkey.betterauth.BetterAuthConfig.Deletion;
import dev.latchkey.emaillink.AllowedLinks;
import dev.latchkey.emaillink.EmailLink;
import jakarta.enterprise.context.ApplicationScoped;

/** Allows the e-mail links of the features that are not switched off. */
@ApplicationScoped
class ConfiguredLinks implements AllowedLinks {

    private final BetterAuthConfig config;

    ConfiguredLinks(BetterAuthConfig config) {
        this.config = config;
    }

    @Override
    public boolean allows(EmailLink.Purpose purpose) {
        return switch (purpose) {
            case EMAIL_CHANGE -> config.changeEmail();
            case ACCOUNT_DELETION -> config.deleteUser() != Deletion.OFF;
            // Security: a change that was made before it was switched off can still be a thief's.
            case EMAIL_CHANGE_UNDO, EMAIL_VERIFICATION, PASSWORD_RESET -> true;
        };
    }
}
