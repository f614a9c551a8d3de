package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.password.PasswordError;
import java.time.Duration;
import java.util.List;

/** Has an account a new password? */
public sealed interface PasswordResetOutcome {

    /** It has; all its sessions have ended. */
    record Done(AccountId user) implements PasswordResetOutcome {}

    /** The new password will not do; the link still counts, if it did. */
    record Invalid(List<PasswordError> faults) implements PasswordResetOutcome {}

    /** The link counts for nothing: invented, used, expired, or its account is gone or has another address. */
    record UnknownLink() implements PasswordResetOutcome {}

    /** No turn to hash; the link still counts. */
    record Busy(Duration retryAfter) implements PasswordResetOutcome {}
}
