package dev.latchkey.password;

import java.time.Duration;

/** What came of asking for a hash. */
public sealed interface Hashing {

    record Hashed(PasswordHash hash) implements Hashing {}

    /** Too many hashes are being computed; nothing was done. */
    record Busy(Duration retryAfter) implements Hashing {}
}
