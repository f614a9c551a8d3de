package dev.latchkey.password;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one Argon2id hash costs; the bounds hold for the settings as for stored hashes. */
record Argon2Parameters(int memoryKib, int passes, int lanes) {

    // Security: a stored or imported hash must not be able to exhaust memory (the whole process has 256 MiB to live
    // in by default) or to hold a permit for minutes: at these bounds one hash takes a few seconds.
    private static final int MAXIMUM_MEMORY_KIB = StoredHash.MAXIMUM_MEMORY_KIB;
    private static final int MAXIMUM_PASSES = 16;
    private static final int MAXIMUM_LANES = 16;

    Argon2Parameters {
        String complaint = complaint(memoryKib, passes, lanes);
        if (complaint != null) {
            throw new IllegalArgumentException(complaint);
        }
    }

    static Argon2Parameters of(PasswordConfig.Argon2 config) {
        long memoryKib = config.memory().asLongValue() / 1024;
        return new Argon2Parameters((int) Math.min(memoryKib, Integer.MAX_VALUE), config.passes(), config.lanes());
    }

    /** Parameters that somebody else chose, unless they are absurd. */
    static Optional<Argon2Parameters> foreign(int memoryKib, int passes, int lanes) {
        return complaint(memoryKib, passes, lanes) == null
                ? Optional.of(new Argon2Parameters(memoryKib, passes, lanes))
                : Optional.empty();
    }

    private static @Nullable String complaint(int memoryKib, int passes, int lanes) {
        if (lanes < 1 || lanes > MAXIMUM_LANES) {
            return "latchkey.password.argon2.lanes must be 1 to " + MAXIMUM_LANES;
        }
        if (passes < 1 || passes > MAXIMUM_PASSES) {
            return "latchkey.password.argon2.passes must be 1 to " + MAXIMUM_PASSES;
        }
        // RFC 9106, section 3.1: eight blocks of 1 KiB for each lane.
        if (memoryKib < 8 * lanes || memoryKib > MAXIMUM_MEMORY_KIB) {
            return "latchkey.password.argon2.memory must be at least 8K for each lane and at most 256M";
        }
        return null;
    }
}
