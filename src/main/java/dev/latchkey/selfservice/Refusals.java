package dev.latchkey.selfservice;

import dev.latchkey.password.PasswordError;
import java.time.Duration;
import java.util.List;

/** Refusals that several operations share. */
public final class Refusals {

    private Refusals() {}

    /** The session is not fresh, and there is no password in the request: a recent sign-in is required. */
    public record NotFresh() implements AccountDeletion.Outcome, EmailChange.RequestOutcome {}

    /** The rate limit is exceeded. */
    public record RateLimited(Duration retryAfter)
            implements Reauthentication.Refusal, EmailRequestOutcome, PasswordReset.Outcome {}

    /** Too many passwords are being hashed; nothing has happened, and an e-mail link is still valid. */
    public record Busy(Duration retryAfter) implements Reauthentication.Refusal, PasswordReset.Outcome {}

    /** The user's account was deleted or disabled. */
    public record UserGone() implements Reauthentication.Refusal, EmailRequestOutcome, AccountDeletion.LinkOutcome {}

    /** The new password breaks the password policy; an e-mail link is still valid if it was. */
    public record InvalidPassword(List<PasswordError> errors)
            implements PasswordChange.Outcome, PasswordReset.Outcome {}

    /**
     * The e-mail link is not valid: it was never created, was created for another purpose or user, or is used, or its account is
     * gone or has another address than when the link was made (which a link that undoes a change does not mind).
     */
    public record LinkInvalid()
            implements EmailVerification.Outcome,
                    EmailChange.Outcome,
                    EmailChange.UndoOutcome,
                    PasswordReset.Outcome,
                    AccountDeletion.LinkOutcome {}

    /** The e-mail link was valid once and has expired. */
    public record LinkExpired() implements EmailVerification.Outcome, EmailChange.Outcome, EmailChange.UndoOutcome {}
}
