package dev.latchkey.signin;

import java.time.Duration;

/** Refusals that sign-in and sign-up share. */
public final class Refusals {

    private Refusals() {}

    /** The rate limit is exceeded. */
    public record RateLimited(Duration retryAfter) implements SignIn.Outcome, SignUp.Outcome {}

    /** Too many passwords are being hashed. */
    public record Busy(Duration retryAfter) implements SignIn.Outcome, SignUp.Outcome {}
}
