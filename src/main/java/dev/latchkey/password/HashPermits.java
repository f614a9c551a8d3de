package dev.latchkey.password;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets only so many hashes be computed at once; the others wait in order, for a while, and not too many of them. One that
 * takes more memory than ours do takes as many permits as ours would that took as much.
 */
final class HashPermits {

    static final int WAITING_PER_PERMIT = 32;

    private final int count;
    private final Semaphore permits;
    private final Semaphore places;
    private final Duration patience;

    HashPermits(int permits, Duration patience) {
        this.count = permits;
        this.permits = new Semaphore(permits, true);
        this.places = new Semaphore(permits * WAITING_PER_PERMIT);
        this.patience = patience;
    }

    /** What the work came to; empty when it was not begun, because its turn did not come. */
    <T> Optional<T> pass(Supplier<T> work) {
        return pass(1, work);
    }

    /** The same for work as heavy as so many; at most as many as there are permits. */
    <T> Optional<T> pass(int weight, Supplier<T> work) {
        int taken = Math.clamp(weight, 1, count);
        if (!enter(taken)) {
            return Optional.empty();
        }
        try {
            return Optional.of(work.get());
        } finally {
            permits.release(taken);
        }
    }

    /** When it may be worth coming back: by then those who wait now have had their turn or given up. */
    Duration retryAfter() {
        Duration least = Duration.ofSeconds(1);
        return patience.compareTo(least) < 0 ? least : patience;
    }

    private boolean enter(int taken) {
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
            return permits.tryAcquire(taken, patience.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            places.release();
        }
    }

    int waiting() {
        return permits.getQueueLength();
    }
}
