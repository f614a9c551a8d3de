package dev.latchkey.account;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An account as an administrator sees it.
 *
 * @param ban null unless the account is disabled
 */
public record ManagedAccount(Profile profile, @Nullable Ban ban) {

    /**
     * A ban: the account is disabled, by an administrator or by SQL.
     *
     * @param until when it ends by itself, or null if it does not
     */
    public record Ban(
            Instant since,
            @Nullable String reason,
            @Nullable Instant until) {}
}
