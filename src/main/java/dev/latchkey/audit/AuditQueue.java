package dev.latchkey.audit;

import dev.latchkey.platform.db.DatabaseErrors;
import dev.latchkey.platform.ops.BackgroundThread;
import dev.latchkey.platform.ops.BackgroundThreads;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes refusals: their lines at once, their rows in the background, so that a refused check never waits for the database.
 * Refusals beyond the first few of a period are counted and written together. Those that do not fit into the queue are counted
 * by a metric; their line is in the log.
 */
@ApplicationScoped
class AuditQueue {

    private static final Logger LOG = Logger.getLogger(AuditQueue.class);
    private static final int BATCH = 200;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** How long a round may take until liveness reports the thread as stuck; a slow database fails within seconds. */
    private static final Duration MAX_ROUND = Duration.ofMinutes(2);
    /** The time that a stopping process goes on storing the events in the queue. */
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(3);

    private final AuditEventRepository rows;
    private final AuditEntries entries;
    private final Clock clock;
    private final RefusalCounts counts;
    private final BlockingQueue<Waiting> waiting;
    private final Counter dropped;
    private final Counter unstorable;
    private final BackgroundThread writer;
    private final ReentrantLock storing = new ReentrantLock();
    /** The rows of a batch that was not stored yet, and whether the last one failed; both under {@code storing}. */
    private final List<Waiting> batch = new ArrayList<>();

    private boolean failing;
    private boolean ended;

    AuditQueue(
            AuditEventRepository rows,
            AuditEntries entries,
            AuditConfig config,
            Clock clock,
            MeterRegistry meters,
            BackgroundThreads threads) {
        this.rows = rows;
        this.entries = entries;
        this.clock = clock;
        this.counts = new RefusalCounts(config.refusals(), clock.instant());
        this.waiting = new ArrayBlockingQueue<>(config.queue());
        this.dropped = Counter.builder("latchkey.audit.dropped")
                .description("Refusals whose audit row did not fit into the queue")
                .register(meters);
        this.unstorable = Counter.builder("latchkey.audit.unstorable")
                .description("Refusals whose audit row the database does not accept")
                .register(meters);
        meters.gaugeCollectionSize("latchkey.audit.waiting", List.of(), waiting);
        this.writer = threads.create("latchkey-audit", MAX_ROUND, this::write);
    }

    /** A row to be stored, and how many attempts it stands for. */
    private record Waiting(AuditEventEntity row, long attempts) {}

    /** Writes a refusal, or counts it; never waits and never fails. */
    void add(AuditEvent event, @Nullable String requestId) {
        Instant now = clock.instant();
        if (counts.isSingle(event, now)) {
            add(new Waiting(entries.row(event, now, requestId), 1));
        }
    }

    void start(@Observes StartupEvent started) {
        writer.start();
    }

    void stop(@Observes ShutdownEvent stopped) throws InterruptedException {
        addCounted(counts.close(clock.instant()));
        writer.stopAfterRound(SHUTDOWN_TIMEOUT);
        List<Waiting> left = new ArrayList<>();
        // A round that has not ended by now waits for the database.
        if (storing.tryLock()) {
            try {
                Instant end = clock.instant().plus(SHUTDOWN_TIMEOUT);
                boolean stored = true;
                while (stored && clock.instant().isBefore(end) && fill()) {
                    stored = store();
                }
                left.addAll(batch);
            } finally {
                storing.unlock();
            }
        }
        left.addAll(end());
        left.forEach(entry -> dropped.increment((double) entry.attempts()));
        if (!left.isEmpty()) {
            LOG.warnf("%d audit rows could not be stored before the end; their lines are in the log", left.size());
        }
    }

    private void addCounted(List<RefusalCounts.Counted> counted) {
        counted.forEach(count -> add(new Waiting(entries.row(count.event(), count.last(), null), count.attempts())));
    }

    private void add(Waiting entry) {
        entries.writeLine(entry.row());
        if (!offer(entry)) {
            dropped.increment((double) entry.attempts());
        }
    }

    private synchronized boolean offer(Waiting entry) {
        return !ended && waiting.offer(entry);
    }

    /** Accepts no more rows, and returns those that still waited. */
    private synchronized List<Waiting> end() {
        ended = true;
        List<Waiting> left = new ArrayList<>();
        waiting.drainTo(left);
        return left;
    }

    /** A round of the thread: what was counted, if its period is over, and a batch of rows. */
    private void write() throws InterruptedException {
        addCounted(counts.takeIfDue(clock.instant()));
        boolean stored;
        storing.lock();
        try {
            stored = !fill() || store();
        } finally {
            storing.unlock();
        }
        if (!stored && !writer.isStopped()) {
            TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
        }
    }

    /** Fills the batch, beside the rows of one that was not stored; returns whether there is something to store. */
    private boolean fill() throws InterruptedException {
        if (batch.isEmpty()) {
            Waiting first = waiting.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
            if (first == null) {
                return false;
            }
            batch.add(first);
        }
        waiting.drainTo(batch, BATCH - batch.size());
        return true;
    }

    /** Stores the batch; returns false, and keeps it, if the database accepts no rows at present. */
    private boolean store() {
        try {
            rows.insertAll(batch.stream().map(Waiting::row).toList());
            batch.clear();
        } catch (RuntimeException notStored) {
            if (DatabaseErrors.isTemporary(notStored) || !isWritable() || !storeOneByOne()) {
                // Rows that do not fit into the queue meanwhile are counted.
                if (!failing) {
                    LOG.warnf("Audit rows cannot be stored at present: %s", DatabaseErrors.reason(notStored));
                }
                failing = true;
                return false;
            }
        }
        failing = false;
        return true;
    }

    /** Returns whether the table accepts rows, so that it is due to a row if a batch is not accepted. */
    private boolean isWritable() {
        try {
            rows.insertAll(List.of());
            return true;
        } catch (RuntimeException notWritable) {
            return false;
        }
    }

    /**
     * Stores the rows of the batch one by one, without those that the database does not accept; returns false if it has become
     * unavailable.
     *
     * <p>Security: a client that finds a text that cannot be stored must not keep the rows of others from being stored.
     */
    private boolean storeOneByOne() {
        while (!batch.isEmpty()) {
            writer.signalLife();
            Waiting entry = batch.getFirst();
            try {
                rows.insertAll(List.of(entry.row()));
            } catch (RuntimeException notStored) {
                if (DatabaseErrors.isTemporary(notStored)) {
                    return false;
                }
                unstorable.increment((double) entry.attempts());
                LOG.errorf(
                        "An audit row is not accepted by the database; its line is in the log, with the id %s: %s",
                        entry.row().id, DatabaseErrors.reason(notStored));
            }
            batch.removeFirst();
        }
        return true;
    }
}
