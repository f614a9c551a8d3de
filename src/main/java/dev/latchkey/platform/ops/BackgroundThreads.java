package dev.latchkey.platform.ops;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Creates the threads that work as long as the process, and knows whether all of them do; liveness reports it. */
@Singleton
public class BackgroundThreads {

    private final List<BackgroundThread> threads = new CopyOnWriteArrayList<>();
    private final LongSupplier nanoTime;

    public BackgroundThreads() {
        this(System::nanoTime);
    }

    BackgroundThreads(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Creates a thread, not yet started, that repeats the task until it is stopped.
     *
     * @param name the thread's name, which is also shown by liveness
     * @param maxRound the time without a sign of life after which the thread is reported as stuck: far beyond what the
     *     slowest database makes of a round, since the remedy is a restart of the process
     */
    public BackgroundThread create(String name, Duration maxRound, BackgroundThread.Task task) {
        BackgroundThread thread = new BackgroundThread(name, maxRound, task, nanoTime);
        threads.add(thread);
        return thread;
    }

    /** Returns which threads do not do their work, and why; empty if all do. */
    public Optional<String> problem() {
        String problems =
                threads.stream().flatMap(thread -> thread.problem().stream()).collect(Collectors.joining("; "));
        return problems.isEmpty() ? Optional.empty() : Optional.of(problems);
    }
}
