package dev.latchkey.selfservice;

import java.time.Duration;

/** Is the account deleted? */
public sealed interface AccountDeletionOutcome {

    record Deleted() implements AccountDeletionOutcome {}

    record WrongPassword() implements AccountDeletionOutcome {}

    /** Without a password it takes a recent sign-in. */
    record NotFresh() implements AccountDeletionOutcome {}

    record Throttled(Duration retryAfter) implements AccountDeletionOutcome {}

    record Busy(Duration retryAfter) implements AccountDeletionOutcome {}

    /** The account is no more. */
    record Gone() implements AccountDeletionOutcome {}
}
