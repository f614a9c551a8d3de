package dev.latchkey.password;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Which passwords may be chosen, and what a hash costs. */
@ConfigMapping(prefix = "latchkey.password")
public interface PasswordConfig {

    /** The fewest code points a new password may have, 8 to 128; 15 is advised where passwords are the only factor. */
    @WithDefault("8")
    int minimumLength();

    /** Whether a new password needs an upper-case letter, a lower-case letter and a digit; current guidance advises against it. */
    @WithDefault("false")
    boolean composition();

    /**
     * The range API with which new passwords are looked up that may be known from a breach, such as
     * {@code https://api.pwnedpasswords.com/range/}; it gets the first five hexadecimal digits of the password's SHA-1 hash.
     * Empty: none. While the API fails, passwords are accepted without its response.
     */
    Optional<URI> breachCheckUrl();

    /** How long to wait for the whole response of that API, 100ms to 5s; with the maximum wait, 8 seconds at most. */
    @WithDefault("1s")
    Duration breachCheckTimeout();

    /** What one hash costs; passwords are hashed anew at the next sign-in after a change. */
    Argon2 argon2();

    /**
     * The memory that computing a stored hash may take, such as an imported one; empty: a quarter of the heap. One that takes more
     * is never computed, and its user resets the password.
     */
    Optional<MemorySize> maxHashMemory();

    /**
     * The time that computing a stored hash may take, as estimated from its parameters, 100ms to 5s. One that takes more is never
     * computed, and its user resets the password.
     */
    @WithDefault("1s")
    Duration maxHashTime();

    /**
     * How many hashes may be computed at once, 1 to 64; empty: the processors less one, at least 1, at most 8, and what fits into
     * the heap less 72 MiB.
     */
    Optional<Integer> permits();

    /** How long a request waits for a permit to hash before it is refused with 503, at most 8 seconds. */
    @WithDefault("2s")
    Duration maxWait();

    /** The parameters of Argon2id. */
    interface Argon2 {

        /** Memory of one hash, 7 to 256 MiB; times passes at least 35 MiB. Times permits, this is what hashing takes. */
        @WithDefault("19M")
        MemorySize memory();

        /** How often the memory is passed over, 1 to 16. */
        @WithDefault("2")
        int passes();

        /** Lanes, 1 to 16; they are computed one after the other, so more than one only helps an attacker. */
        @WithDefault("1")
        int lanes();
    }
}
