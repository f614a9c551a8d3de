package dev.latchkey.password;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Limits how many hashes are computed at once; further ones wait in order, up to a maximum time and number. A hash that
 * takes more memory than ours takes as many permits as that memory would hold of ours.
 *
 * <p>A bulkhead of a library (SmallRye Fault Tolerance, Resilience4j) has permits of one weight only, so that a few imported
 * hashes of 256 MiB could exhaust the memory.
 */
final class HashPermits {

    static final int WAITING_PER_PERMIT = 32;

    private final int count;
    private final Semaphore permits;
    private final Semaphore places;
    private final Duration maxWait;

    HashPermits(int permits, Duration maxWait) {
        this.count = permits;
        this.permits = new Semaphore(permits, true);
        this.places = new Semaphore(permits * WAITING_PER_PERMIT);
        this.maxWait = maxWait;
    }

    /** Runs the work and returns its result; empty when no permit became free in time, and it was not begun. */
    <T> Optional<T> run(Supplier<T> work) {
        return run(1, work);
    }

    /** Runs work that takes several permits, at most as many as there are. */
    <T> Optional<T> run(int weight, Supplier<T> work) {
        int taken = Math.clamp(weight, 1, count);
        if (!acquire(taken)) {
            return Optional.empty();
        }
        try {
            return Optional.of(work.get());
        } finally {
            permits.release(taken);
        }
    }

    /** Returns when to try again: by then all requests that wait now have been served or refused. */
    Duration retryAfter() {
        Duration least = Duration.ofSeconds(1);
        return maxWait.compareTo(least) < 0 ? least : maxWait;
    }

    private boolean acquire(int taken) {
        try {
            // With a timeout of zero, since tryAcquire() without one jumps the queue.
            return permits.tryAcquire(taken, 0, TimeUnit.SECONDS) || awaitTurn(taken);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean awaitTurn(int taken) throws InterruptedException {
        if (!places.tryAcquire()) {
            return false;
        }
        try {
            return permits.tryAcquire(taken, maxWait.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            places.release();
        }
    }

    int waiting() {
        return permits.getQueueLength();
    }
}
