package dev.latchkey.password;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Limits how many hashes are computed at once; further ones wait in order, up to a maximum time and number. A hash that
 * takes a multiple of the memory of ours takes that many permits.
 *
 * <p>The bulkheads of libraries (SmallRye Fault Tolerance, Resilience4j) have permits of one weight only, so that a few
 * imported hashes of 256 MiB could exhaust the memory.
 */
final class HashPermits {

    static final int WAITING_PER_PERMIT = 32;

    /**
     * The heap that everything but hashing may need: connections, bodies, caches and the service itself, under attack. With it and
     * a hash of 32 MiB, as Better Auth stores them, the executable's heap of 104 MiB is used up.
     */
    static final long RESERVED_MIB = 72;

    private final int count;
    private final Semaphore permits;
    private final Semaphore waitingPlaces;
    private final Duration maxWait;

    HashPermits(int permits, Duration maxWait) {
        this.count = permits;
        this.permits = new Semaphore(permits, true);
        this.waitingPlaces = new Semaphore(permits * WAITING_PER_PERMIT);
        this.maxWait = maxWait;
    }

    /** Returns how many hashes of this size fit into the heap beside everything else. */
    static int fitting(int memoryKib, long heapBytes) {
        return Math.clamp((heapBytes - (RESERVED_MIB << 20)) / (memoryKib * 1024L), 0, Integer.MAX_VALUE);
    }

    /** Runs work under one permit; empty if none became free in time, in which case the work was not begun. */
    <T> Optional<T> run(Supplier<T> work) {
        return run(1, work);
    }

    /** Runs work under several permits, at most as many as there are. */
    <T> Optional<T> run(int weight, Supplier<T> work) {
        int needed = Math.clamp(weight, 1, count);
        if (!acquire(needed)) {
            return Optional.empty();
        }
        try {
            return Optional.of(work.get());
        } finally {
            permits.release(needed);
        }
    }

    /** Returns after what time to try again: by then all requests that wait now are served or refused. */
    Duration retryAfter() {
        Duration minimum = Duration.ofSeconds(1);
        return maxWait.compareTo(minimum) < 0 ? minimum : maxWait;
    }

    private boolean acquire(int needed) {
        try {
            // With a timeout of zero, since tryAcquire() without one jumps the queue.
            return permits.tryAcquire(needed, 0, TimeUnit.SECONDS) || waitInQueue(needed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean waitInQueue(int needed) throws InterruptedException {
        if (!waitingPlaces.tryAcquire()) {
            return false;
        }
        try {
            return permits.tryAcquire(needed, maxWait.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            waitingPlaces.release();
        }
    }

    /** Returns how many hashes wait for permits. */
    int waiting() {
        return permits.getQueueLength();
    }
}
