package dev.latchkey.platform.ops;

import dev.latchkey.platform.boot.CommandMode;
import dev.latchkey.platform.boot.StartOrder;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.FailedExecution;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduler;
import io.quarkus.scheduler.SkippedExecution;
import io.quarkus.scheduler.SuccessfulExecution;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Lets the scheduled jobs run once nothing can refuse the boot any more, and knows whether they still do. */
@Singleton
class Jobs {

    /** The time without any scheduled execution after which the scheduler has died: many intervals of the heartbeat. */
    private static final Duration MAX_SILENCE = Duration.ofMinutes(2);

    /** How long executions may be skipped since an earlier one has not ended; none of ours may take a tenth of it. */
    private static final Duration MAX_SKIPPED = Duration.ofMinutes(15);

    private final Scheduler scheduler;
    private final LongSupplier nanoTime;
    private final Map<String, Long> skippedSince = new ConcurrentHashMap<>();
    private volatile boolean started;
    private volatile long lastHeartbeat;

    @Inject
    Jobs(Scheduler scheduler) {
        this(scheduler, System::nanoTime);
    }

    Jobs(Scheduler scheduler, LongSupplier nanoTime) {
        this.scheduler = scheduler;
        this.nanoTime = nanoTime;
    }

    void begin(@Observes @Priority(StartOrder.JOBS) StartupEvent event) {
        if (!CommandMode.isOn()) {
            heartbeat();
            started = true;
            scheduler.resume();
        }
    }

    /** Not on a worker thread: a flood that occupies all of them says nothing about the scheduler. */
    @Scheduled(every = "5s", identity = "heartbeat")
    @NonBlocking
    void heartbeat() {
        lastHeartbeat = nanoTime.getAsLong();
    }

    void skipped(@Observes SkippedExecution skipped) {
        skippedSince.putIfAbsent(skipped.getExecution().getTrigger().getId(), nanoTime.getAsLong());
    }

    void succeeded(@Observes SuccessfulExecution succeeded) {
        skippedSince.remove(succeeded.getExecution().getTrigger().getId());
    }

    void failed(@Observes FailedExecution failed) {
        skippedSince.remove(failed.getExecution().getTrigger().getId());
        OutOfMemoryGuard.exitIfOutOfMemory(failed.getException());
    }

    /** Returns which jobs do not run although they should; empty if all do. */
    Optional<String> problem() {
        if (!started) {
            return Optional.empty();
        }
        long now = nanoTime.getAsLong();
        if (now - lastHeartbeat > MAX_SILENCE.toNanos()) {
            return Optional.of("the scheduler has been silent for "
                    + TimeUnit.NANOSECONDS.toSeconds(now - lastHeartbeat) + " seconds");
        }
        return skippedSince.entrySet().stream()
                .filter(job -> now - job.getValue() > MAX_SKIPPED.toNanos())
                .map(job -> "the job " + job.getKey() + " does not end")
                .findFirst();
    }
}
