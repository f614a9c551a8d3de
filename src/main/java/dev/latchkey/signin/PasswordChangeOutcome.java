package dev.latchkey.signin;

import dev.latchkey.account.Profile;
import dev.latchkey.password.PasswordFault;
import dev.latchkey.token.SessionToken;
import java.time.Duration;
import java.util.List;

/** Is the password changed? */
public sealed interface PasswordChangeOutcome {

    /** It is; all sessions have ended, and this is a new one. */
    record Changed(Grant grant, SessionToken token) implements PasswordChangeOutcome {}

    /** It is; all sessions have ended but the one that it was changed in. */
    record Kept(Profile user) implements PasswordChangeOutcome {}

    /** The new password will not do. */
    record Invalid(List<PasswordFault> faults) implements PasswordChangeOutcome {}

    record WrongPassword() implements PasswordChangeOutcome {}

    record Throttled(Duration retryAfter) implements PasswordChangeOutcome {}

    record Busy(Duration retryAfter) implements PasswordChangeOutcome {}

    /** The account is no more. */
    record Gone() implements PasswordChangeOutcome {}
}
