package dev.latchkey.password;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The cost of one Argon2id hash, within bounds that settings and stored hashes share. */
record Argon2Parameters(int memoryKib, int passes, int lanes) {

    // Security: a stored or imported hash must not be able to exhaust memory (by default the whole process has 256 MiB)
    // or to hold a permit for minutes: at these bounds one hash takes a few seconds.
    private static final int MAXIMUM_MEMORY_KIB = StoredHash.MAXIMUM_MEMORY_KIB;
    private static final int MAXIMUM_PASSES = 16;
    private static final int MAXIMUM_LANES = 16;

    /** Measured with Bouncy Castle: about 1 µs on an idle core, and 2.6 µs on a busy one. */
    private static final long NANOS_PER_KIB = 1_500;

    private static final String PREFIX = "latchkey.password.argon2.";

    Argon2Parameters {
        Map<String, String> errors = errors(memoryKib, passes, lanes);
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(errors.entrySet().stream()
                    .map(error -> error.getKey() + " " + error.getValue())
                    .collect(Collectors.joining("; ")));
        }
    }

    /** Returns the parameters of the settings, which {@link PasswordSettingsCheck} has checked. */
    static Argon2Parameters of(PasswordConfig.Argon2 config) {
        return new Argon2Parameters(memoryKib(config), config.passes(), config.lanes());
    }

    /** Returns the parameters of a stored hash; empty if they are out of bounds. */
    static Optional<Argon2Parameters> ofStoredHash(int memoryKib, int passes, int lanes) {
        return errors(memoryKib, passes, lanes).isEmpty()
                ? Optional.of(new Argon2Parameters(memoryKib, passes, lanes))
                : Optional.empty();
    }

    /** Returns the time that one hash takes on one core of a slow server. */
    Duration estimatedTime() {
        return Duration.ofNanos((long) memoryKib * passes * NANOS_PER_KIB);
    }

    /**
     * Returns whether a hash with these parameters is easier to guess. More passes do not make up for less memory, but more
     * memory does for fewer passes, as in the choices that OWASP calls equal. Lanes change only what can be computed at once.
     */
    boolean isWeakerThan(Argon2Parameters other) {
        return memoryKib < other.memoryKib || (long) memoryKib * passes < (long) other.memoryKib * other.passes;
    }

    /** Returns the names of the settings that are out of bounds, each with its bounds. */
    static Map<String, String> errors(PasswordConfig.Argon2 config) {
        return errors(memoryKib(config), config.passes(), config.lanes());
    }

    private static Map<String, String> errors(int memoryKib, int passes, int lanes) {
        Map<String, String> errors = new TreeMap<>();
        if (lanes < 1 || lanes > MAXIMUM_LANES) {
            errors.put(PREFIX + "lanes", "must be 1 to " + MAXIMUM_LANES);
        }
        if (passes < 1 || passes > MAXIMUM_PASSES) {
            errors.put(PREFIX + "passes", "must be 1 to " + MAXIMUM_PASSES);
        }
        // RFC 9106, section 3.1: eight blocks of 1 KiB for each lane.
        if (memoryKib < 8L * lanes || memoryKib > MAXIMUM_MEMORY_KIB) {
            errors.put(PREFIX + "memory", "must be at least 8K for each lane and at most 256M");
        }
        return errors;
    }

    private static int memoryKib(PasswordConfig.Argon2 config) {
        return (int) Math.min(config.memory().asLongValue() / 1024, Integer.MAX_VALUE);
    }
}
