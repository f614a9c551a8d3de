package dev.latchkey.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** At most so many hashes at once; what is over waits, boundedly, or is told to come back (BUSY). */
@Timeout(60)
class HashPermitsTest {

    private static final Duration LONG = Duration.ofSeconds(50);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch open = new CountDownLatch(1);

    @AfterEach
    void letAllGo() throws InterruptedException {
        open.countDown();
        threads.shutdownNow();
        assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
    }

    @Test
    void grantsNoMoreThanTheConfiguredPermits() throws Exception {
        var gate = new HashPermits(3, LONG);
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        List<Future<Optional<Integer>>> passes = start(
                50,
                () -> gate.run(() -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    Thread.yield();
                    return inside.getAndDecrement();
                }));
        for (Future<Optional<Integer>> pass : passes) {
            assertTrue(pass.get().isPresent());
        }
        assertTrue(most.get() <= 3, () -> most + " at once");
    }

    @Test
    void grantsAllPermitsAtOnce() throws Exception {
        var gate = new HashPermits(3, LONG);
        var together = new CountDownLatch(3);
        List<Future<Optional<Boolean>>> passes = start(
                3,
                () -> gate.run(() -> {
                    together.countDown();
                    return awaitUnchecked(together);
                }));
        for (Future<Optional<Boolean>> pass : passes) {
            assertEquals(Optional.of(true), pass.get());
        }
    }

    @Test
    void grantsPermitsInOrderOfWaiting() throws Exception {
        var gate = new HashPermits(1, LONG);
        occupy(gate, 1);
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<Future<?>> passes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            passes.add(threads.submit(() -> gate.run(() -> order.add(number))));
            awaitWaiting(gate, i + 1);
        }
        open.countDown();
        for (Future<?> pass : passes) {
            pass.get();
        }
        assertEquals(List.of(0, 1, 2, 3, 4), order);
    }

    /** What is as heavy as several has to wait for as many, and for no more than there are. */
    @Test
    void takesSeveralPermitsForMoreMemory() throws Exception {
        var gate = new HashPermits(2, Duration.ofMillis(20));
        assertEquals(Optional.of("heavy"), gate.run(2, () -> "heavy"));
        assertEquals(Optional.of("heaviest"), gate.run(100, () -> "heaviest"));
        assertEquals(Optional.of("weightless"), gate.run(0, () -> "weightless"));
        occupy(gate, 1);
        assertEquals(Optional.empty(), gate.run(2, () -> "never"));
        assertEquals(Optional.of("light"), gate.run(1, () -> "light"));
        open.countDown();
    }

    @Test
    void refusesAfterTheMaximumWait() throws Exception {
        var gate = new HashPermits(1, Duration.ofMillis(20));
        occupy(gate, 1);
        assertEquals(Optional.empty(), gate.run(() -> "never"));
        assertEquals(0, gate.waiting());
    }

    @Test
    void refusesAtOnceWhenThirtyTwoWaitForEachPermit() throws Exception {
        var gate = new HashPermits(2, LONG);
        occupy(gate, 2);
        List<Future<Optional<String>>> waiting = start(64, () -> gate.run(() -> "waited"));
        awaitWaiting(gate, 64);
        // Its timeout is longer than the test's.
        assertEquals(Optional.empty(), gate.run(() -> "never"));
        open.countDown();
        for (Future<Optional<String>> pass : waiting) {
            assertEquals(Optional.of("waited"), pass.get());
        }
        assertEquals(Optional.of("later"), gate.run(() -> "later"));
    }

    @Test
    void reusesPlacesInTheQueue() throws Exception {
        var gate = new HashPermits(1, LONG);
        for (int round = 0; round < 2; round++) {
            var leave = new CountDownLatch(1);
            occupy(gate, 1, leave);
            List<Future<Optional<String>>> waiting =
                    start(HashPermits.WAITING_PER_PERMIT, () -> gate.run(() -> "waited"));
            awaitWaiting(gate, HashPermits.WAITING_PER_PERMIT);
            leave.countDown();
            for (Future<Optional<String>> pass : waiting) {
                assertEquals(Optional.of("waited"), pass.get());
            }
        }
    }

    @Test
    void releasesPermitWhenTheWorkFails() {
        var gate = new HashPermits(1, Duration.ZERO);
        for (int i = 0; i < 3; i++) {
            assertThrows(
                    IllegalStateException.class,
                    () -> gate.run(() -> {
                        throw new IllegalStateException();
                    }));
        }
        assertEquals(Optional.of("passed"), gate.run(() -> "passed"));
    }

    @Test
    void refusesInterruptedThreadAndKeepsItsFlag() throws Exception {
        var gate = new HashPermits(1, LONG);
        occupy(gate, 1);
        var outcome = new Optional<?>[1];
        var flag = new boolean[1];
        Thread waiter = Thread.ofPlatform().start(() -> {
            outcome[0] = gate.run(() -> "never");
            flag[0] = Thread.currentThread().isInterrupted();
        });
        awaitWaiting(gate, 1);
        waiter.interrupt();
        waiter.join();
        assertEquals(Optional.empty(), outcome[0]);
        assertTrue(flag[0]);
        open.countDown();
        assertEquals(Optional.of("passed"), gate.run(() -> "passed"));
    }

    @Test
    void refusesThreadThatIsAlreadyInterrupted() {
        var gate = new HashPermits(1, LONG);
        Thread.currentThread().interrupt();
        assertEquals(Optional.empty(), gate.run(() -> "never"));
        assertTrue(Thread.interrupted());
        assertEquals(Optional.of("passed"), gate.run(() -> "passed"));
    }

    // Every 503 has a Retry-After of 1 to 60 seconds.
    @Test
    void advisesToRetryAfterASecondAtLeast() {
        assertEquals(Duration.ofSeconds(1), new HashPermits(1, Duration.ZERO).retryAfter());
        assertEquals(Duration.ofSeconds(2), new HashPermits(1, Duration.ofSeconds(2)).retryAfter());
    }

    private void occupy(HashPermits gate, int permits) throws InterruptedException {
        occupy(gate, permits, open);
    }

    private void occupy(HashPermits gate, int permits, CountDownLatch leave) throws InterruptedException {
        var inside = new CountDownLatch(permits);
        start(
                permits,
                () -> gate.run(() -> {
                    inside.countDown();
                    return awaitUnchecked(leave);
                }));
        inside.await();
    }

    private <T> List<Future<T>> start(int count, Callable<T> task) {
        return IntStream.range(0, count).mapToObj(i -> threads.submit(task)).toList();
    }

    private static boolean awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void awaitWaiting(HashPermits gate, int count) {
        while (gate.waiting() < count) {
            assertFalse(Thread.currentThread().isInterrupted());
            Thread.onSpinWait();
        }
    }
}
