package dev.latchkey.signin;

import java.time.Duration;

/** Is somebody signed in? */
public sealed interface SignInOutcome {

    record SignedIn(Grant grant) implements SignInOutcome {}

    /** No such account, wrong password or no password: nobody is told which (FR-007). */
    record Refused() implements SignInOutcome {}

    /** The password was right, and the account may not be used. */
    record Disabled() implements SignInOutcome {}

    record Throttled(Duration retryAfter) implements SignInOutcome {}

    record Busy(Duration retryAfter) implements SignInOutcome {}
}
