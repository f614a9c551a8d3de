package dev.latchkey.emaillink;

import java.util.Locale;

/** What somebody may do who has followed a link; a link serves one purpose and no other. */
public enum EmailLinkPurpose {
    PASSWORD_RESET,
    EMAIL_VERIFICATION,
    EMAIL_CHANGE,
    ACCOUNT_DELETION;

    /** The stable word for it, in rows, settings of the throttle and the audit record. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
