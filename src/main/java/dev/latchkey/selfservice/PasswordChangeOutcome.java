package dev.latchkey.selfservice;

import dev.latchkey.account.Profile;
import dev.latchkey.password.PasswordError;
import dev.latchkey.session.SessionToken;
import dev.latchkey.signin.SignedInSession;
import java.time.Duration;
import java.util.List;

/** Is the password changed? */
public sealed interface PasswordChangeOutcome {

    /** It is; all sessions have ended, and this is a new one. */
    record Changed(SignedInSession grant, SessionToken token) implements PasswordChangeOutcome {}

    /** It is; all sessions have ended but the one that it was changed in. */
    record Kept(Profile user) implements PasswordChangeOutcome {}

    /** The new password will not do. */
    record Invalid(List<PasswordError> faults) implements PasswordChangeOutcome {}

    record WrongPassword() implements PasswordChangeOutcome {}

    record Throttled(Duration retryAfter) implements PasswordChangeOutcome {}

    record Busy(Duration retryAfter) implements PasswordChangeOutcome {}

    /** The account is no more. */
    record Gone() implements PasswordChangeOutcome {}
}
