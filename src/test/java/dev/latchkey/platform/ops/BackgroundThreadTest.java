package dev.latchkey.platform.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackgroundThreadTest {

    private static final Duration MAX_ROUND = Duration.ofSeconds(30);

    private final AtomicLong now = new AtomicLong();
    private final BackgroundThreads threads = new BackgroundThreads(now::get);
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void endRounds() {
        end.countDown();
    }

    @Test
    void goesOnAfterAnExceptionAndAfterAnError() throws Exception {
        CountDownLatch rounds = new CountDownLatch(3);
        BackgroundThread thread = threads.create("tested", MAX_ROUND, () -> {
            rounds.countDown();
            switch ((int) rounds.getCount()) {
                case 2 -> throw new StackOverflowError("an error, as a test");
                case 1 -> throw new IllegalStateException("an exception, as a test");
                default -> end.await();
            }
        });

        thread.start();

        assertTrue(rounds.await(20, TimeUnit.SECONDS), "it ended after " + rounds.getCount());
        assertEquals(Optional.empty(), threads.problem());
        thread.stop(Duration.ofSeconds(5));
    }

    @Test
    void goesOnAfterAnInterruptThatIsNotItsEnd() throws Exception {
        CountDownLatch rounds = new CountDownLatch(2);
        BackgroundThread thread = threads.create("tested", MAX_ROUND, () -> {
            rounds.countDown();
            if (rounds.getCount() == 1) {
                throw new InterruptedException("by somebody else");
            }
            end.await();
        });

        thread.start();

        assertTrue(rounds.await(20, TimeUnit.SECONDS));
        thread.stop(Duration.ofSeconds(5));
    }

    @Test
    void reportsARoundThatDoesNotEnd() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        BackgroundThread thread = threads.create("tested", MAX_ROUND, () -> {
            begun.countDown();
            end.await();
        });
        thread.start();
        assertTrue(begun.await(20, TimeUnit.SECONDS));

        now.addAndGet(MAX_ROUND.toNanos());
        assertEquals(Optional.empty(), threads.problem());
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertEquals(Optional.of("tested has been stuck for 31 seconds"), threads.problem());

        thread.signalLife();
        assertEquals(Optional.empty(), threads.problem());
        thread.stop(Duration.ofSeconds(5));
    }

    @Test
    void namesEveryThreadThatIsStuck() throws Exception {
        CountDownLatch begun = new CountDownLatch(2);
        for (String name : new String[] {"first", "second"}) {
            threads.create(name, MAX_ROUND, () -> {
                        begun.countDown();
                        end.await();
                    })
                    .start();
        }
        assertTrue(begun.await(20, TimeUnit.SECONDS));

        now.addAndGet(Duration.ofMinutes(1).toNanos());

        assertEquals(
                Optional.of("first has been stuck for 60 seconds; second has been stuck for 60 seconds"),
                threads.problem());
    }

    @Test
    void isNoProblemBeforeItsStartAndAfterItsEnd() {
        BackgroundThread thread = threads.create("tested", MAX_ROUND, end::await);
        now.addAndGet(Duration.ofHours(1).toNanos());
        assertEquals(Optional.empty(), threads.problem());

        thread.start();
        thread.stop(Duration.ofSeconds(5));

        now.addAndGet(Duration.ofHours(1).toNanos());
        assertEquals(Optional.empty(), threads.problem());
    }

    @Test
    void waitsForTheEndOfTheRoundWithoutInterruptingIt() throws Exception {
        AtomicInteger completed = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        BackgroundThread thread = threads.create("tested", MAX_ROUND, () -> {
            begun.countDown();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            completed.addAndGet(Thread.currentThread().isInterrupted() ? 0 : 1);
        });
        thread.start();
        assertTrue(begun.await(20, TimeUnit.SECONDS));

        thread.stopAfterRound(Duration.ofSeconds(20));

        assertTrue(completed.get() >= 1);
        assertTrue(thread.isStopped());
    }
}
