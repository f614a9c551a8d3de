package dev.latchkey.signin;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets a few attempts of one client be counted in the database at once, while the others of that client wait.
 *
 * <p>Security: counting locks the client's row. Without this a flood from one address would wait for that lock with all the
 * connections of the pool; and of a flood that fills the bucket each request under way would ask the database.
 */
final class Turns {

    private static final int AT_ONCE = 4;

    /**
     * Security: those who wait hold a thread each, so further ones are refused at once. No client that signs in people has so
     * many attempts under way.
     */
    private static final int MAX_WAITING = 32;

    /** As long an attempt waits for its turn; counting takes a few milliseconds. */
    static final Duration MAX_WAIT = Duration.ofSeconds(1);

    private final ConcurrentMap<String, Turn> turns = new ConcurrentHashMap<>();

    private record Turn(Semaphore permits, int users) {}

    /** Does the work when it is the client's turn; empty if that does not come in time. */
    <T> Optional<T> take(String client, Supplier<T> work) {
        Turn entered = turns.merge(
                client,
                new Turn(new Semaphore(AT_ONCE, true), 1),
                (present, fresh) -> new Turn(present.permits(), present.users() + 1));
        Semaphore permits = entered.permits();
        long wait = entered.users() <= AT_ONCE + MAX_WAITING ? MAX_WAIT.toMillis() : 0;
        boolean acquired = false;
        try {
            acquired = permits.tryAcquire(wait, TimeUnit.MILLISECONDS);
            return acquired ? Optional.of(work.get()) : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            if (acquired) {
                permits.release();
            }
            turns.computeIfPresent(
                    client, (key, turn) -> turn.users() == 1 ? null : new Turn(turn.permits(), turn.users() - 1));
        }
    }
}
