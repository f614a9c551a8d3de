package dev.latchkey.signin;

import java.time.Duration;

/** Is the account deleted? */
public sealed interface DepartureOutcome {

    record Departed() implements DepartureOutcome {}

    record WrongPassword() implements DepartureOutcome {}

    /** Without a password it takes a recent sign-in. */
    record NotFresh() implements DepartureOutcome {}

    record Throttled(Duration retryAfter) implements DepartureOutcome {}

    record Busy(Duration retryAfter) implements DepartureOutcome {}

    /** The account is no more. */
    record Gone() implements DepartureOutcome {}
}
