package dev.latchkey.password;

import java.time.Duration;

/** What came of comparing a password with a stored hash. */
public sealed interface Verification {

    /**
     * The password is right.
     *
     * @param outdated whether the hash was made with other parameters than today's, and should be made anew
     */
    record Matches(boolean outdated) implements Verification {}

    record Mismatch() implements Verification {}

    /** Too many hashes are being computed; nothing was compared. */
    record Busy(Duration retryAfter) implements Verification {}
}
