package dev.latchkey.signin;

import dev.latchkey.account.Profile;
import dev.latchkey.session.SessionToken;
import java.time.Duration;

/** Is somebody signed in? */
public sealed interface SignInOutcome {

    record SignedIn(SignedInSession grant, SessionToken token) implements SignInOutcome {}

    /** No such account, wrong password or no password: nobody is told which (FR-007). */
    record Refused() implements SignInOutcome {}

    /** The password was right, and the account may not be used. */
    record Disabled() implements SignInOutcome {}

    /** The password was right, and the address has to be proven first. */
    record Unverified(Profile profile) implements SignInOutcome {}

    record Throttled(Duration retryAfter) implements SignInOutcome {}

    record Busy(Duration retryAfter) implements SignInOutcome {}
}
