package dev.latchkey.signin;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.PersonalText;
import dev.latchkey.password.PasswordFault;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Has somebody a new account? */
public sealed interface SignUpOutcome {

    record SignedUp(Grant grant) implements SignUpOutcome {}

    /** Something is to be changed first; everything that is wrong is named at once. */
    record Invalid(EmailAddress.@Nullable Fault email, List<PasswordFault> password, PersonalText.@Nullable Fault name)
            implements SignUpOutcome {}

    record AddressTaken() implements SignUpOutcome {}

    record Throttled(Duration retryAfter) implements SignUpOutcome {}

    record Busy(Duration retryAfter) implements SignUpOutcome {}
}
