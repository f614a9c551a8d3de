package dev.latchkey.password;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;

/**
 * What computing a stored hash may cost at most. A hash that costs more is never computed, and its user resets the password.
 *
 * <p>Security: who knows the address of an account with such a hash could otherwise exhaust the memory with one wrong
 * password, or hold every permit for seconds. The time follows from the parameters of the hash ({@link
 * StoredHash#estimatedTime}) and from no measurement: the import, and every replica, come to the same answer.
 */
@Singleton
public final class HashLimits {

    /** The part of the heap that one hash may take by default. */
    private static final int PART_OF_HEAP = 4;

    /**
     * What that part is rounded up to: with the serial collector the JVM leaves one survivor space out of the heap's size, and
     * says 247.5 MiB for a heap of 256 MiB. Hashes of 64 MiB are usual there.
     */
    private static final long STEP_KIB = 16 * 1024;

    private final long memoryKib;
    private final Duration time;

    @Inject
    HashLimits(PasswordConfig config) {
        this(config, Runtime.getRuntime().maxMemory());
    }

    HashLimits(PasswordConfig config, long heapBytes) {
        Argon2Parameters own = Argon2Parameters.of(config.argon2());
        long configured = config.maxHashMemory()
                .map(memory -> memory.asLongValue() / 1024)
                .orElseGet(() -> defaultKib(heapBytes));
        // What new hashes cost is not too expensive.
        this.memoryKib = Math.max(configured, own.memoryKib());
        Duration ownTime = own.estimatedTime();
        this.time = ownTime.compareTo(config.maxHashTime()) > 0 ? ownTime : config.maxHashTime();
    }

    /** A part of the heap, and no more than is left by everything else. */
    private static long defaultKib(long heapBytes) {
        long part = Math.ceilDiv(heapBytes / PART_OF_HEAP / 1024, STEP_KIB) * STEP_KIB;
        return Math.min(part, heapBytes / 1024 - HashPermits.RESERVED_MIB * 1024);
    }

    private HashLimits(long memoryKib, Duration time) {
        this.memoryKib = memoryKib;
        this.time = time;
    }

    public static HashLimits of(long memoryKib, Duration time) {
        return new HashLimits(memoryKib, time);
    }

    /** Returns whether a hash of another system costs more than that; false for a hash that cannot be parsed. */
    public boolean isTooExpensive(PasswordHash hash) {
        return StoredHash.parse(hash.encoded()).filter(this::isTooExpensive).isPresent();
    }

    boolean isTooExpensive(StoredHash hash) {
        return hash.memoryKib() > memoryKib || hash.estimatedTime().compareTo(time) > 0;
    }

    /** Describes the limits, for a report to an operator. */
    public String description() {
        return "more than " + memoryKib / 1024 + " MiB or an estimated " + time.toMillis() + " ms";
    }
}
