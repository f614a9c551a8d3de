package dev.latchkey.password;

import java.security.SecureRandom;
import java.util.Random;

/** A hash with the default settings of the service whose salt comes from a seed, for users that are made up. */
public final class SeededHash {

    /** The defaults of {@link PasswordConfig.Argon2}. */
    private static final Argon2Parameters DEFAULTS = new Argon2Parameters(19 * 1024, 2, 1);

    private SeededHash() {}

    /** Returns the same hash for the same password and seed. */
    public static String of(String password, long seed) {
        return Argon2.hash(Password.of(password), DEFAULTS, new Predictable(seed))
                .encoded();
    }

    private static final class Predictable extends SecureRandom {

        private static final long serialVersionUID = 1;

        private final Random random;

        Predictable(long seed) {
            random = new Random(seed);
        }

        @Override
        public void nextBytes(byte[] bytes) {
            random.nextBytes(bytes);
        }
    }
}
