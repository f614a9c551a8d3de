package dev.latchkey.signin;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.account.ProfileText;
import dev.latchkey.password.PasswordError;
import dev.latchkey.session.SessionToken;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Has somebody a new account? */
public sealed interface SignUpOutcome {

    record SignedUp(SignedInSession grant, SessionToken token) implements SignUpOutcome {}

    /**
     * There is an account, and nobody is signed in to it: that was not wanted, or the address has to be proven first. Or
     * somebody else has the address, which is not told here, and the account is invented.
     */
    record Registered(Profile profile) implements SignUpOutcome {}

    /** Something is to be changed first; everything that is wrong is named at once. */
    record Invalid(
            EmailAddress.@Nullable Fault email,
            List<PasswordError> password,
            ProfileText.@Nullable Fault name,
            ProfileText.@Nullable Fault image)
            implements SignUpOutcome {}

    record EmailTaken() implements SignUpOutcome {}

    record Throttled(Duration retryAfter) implements SignUpOutcome {}

    record Busy(Duration retryAfter) implements SignUpOutcome {}
}
