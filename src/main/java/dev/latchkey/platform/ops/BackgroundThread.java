package dev.latchkey.platform.ops;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * A thread that repeats a task until it is stopped, whatever the task throws, and that can tell when it no longer does.
 *
 * <p>Security: such threads keep revocations, keys and the audit log up to date. One that ended unnoticed would leave a
 * process that looks healthy and accepts revoked tokens. So an error does not end it, and liveness reports one that has
 * ended or is stuck all the same (see {@link BackgroundThreads}).
 */
public final class BackgroundThread {

    private static final Logger LOG = Logger.getLogger(BackgroundThread.class);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(250);

    /** One round of the work; the pause between rounds is part of it. */
    @FunctionalInterface
    public interface Task {

        void run() throws Exception;
    }

    private final String name;
    private final Duration maxRound;
    private final Task task;
    private final LongSupplier nanoTime;
    private final Thread thread;
    private volatile boolean started;
    private volatile boolean stopped;
    private volatile long lastSignOfLife;

    BackgroundThread(String name, Duration maxRound, Task task, LongSupplier nanoTime) {
        this.name = name;
        this.maxRound = maxRound;
        this.task = task;
        this.nanoTime = nanoTime;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::repeat);
    }

    /** Starts the thread; a second call does nothing. */
    public synchronized void start() {
        if (!started && !stopped) {
            signalLife();
            thread.start();
            started = true;
        }
    }

    /** Lets no further round begin, interrupts the present one, and waits for its end, but not longer than the timeout. */
    public void stop(Duration timeout) {
        stopped = true;
        thread.interrupt();
        await(timeout);
    }

    /** Lets no further round begin, and waits for the end of the present one, which is not interrupted. */
    public void stopAfterRound(Duration timeout) {
        stopped = true;
        await(timeout);
    }

    public boolean isStopped() {
        return stopped;
    }

    /** Tells that the present round makes progress; for rounds that may take longer than the maximum. */
    public void signalLife() {
        lastSignOfLife = nanoTime.getAsLong();
    }

    /** Returns why the thread does not do its work although it should; empty while it does, before its start and after its end. */
    Optional<String> problem() {
        if (!started || stopped) {
            return Optional.empty();
        }
        if (!thread.isAlive()) {
            return Optional.of(name + " has ended");
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - lastSignOfLife);
        return seconds > maxRound.toSeconds()
                ? Optional.of(name + " has been stuck for " + seconds + " seconds")
                : Optional.empty();
    }

    private void repeat() {
        while (!stopped) {
            signalLife();
            try {
                task.run();
            } catch (InterruptedException _) {
                // Whether to end is decided by the condition of the loop alone.
            } catch (Throwable failure) {
                survive(failure);
            }
        }
    }

    private void survive(Throwable failure) {
        OutOfMemoryGuard.exitIfOutOfMemory(failure);
        if (stopped) {
            return;
        }
        try {
            LOG.errorf(failure, "The thread %s failed unexpectedly and goes on", name);
            TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE.toMillis());
        } catch (InterruptedException interrupted) {
            return;
        } catch (Throwable alsoFailed) {
            OutOfMemoryGuard.exitIfOutOfMemory(alsoFailed);
        }
    }

    private void await(Duration timeout) {
        try {
            boolean unused = started && thread.join(timeout);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
