package dev.latchkey.audit;

import dev.latchkey.platform.db.DatabaseErrors;
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
    /** The time that a stopping process goes on storing the events in the queue. */
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(3);

    private final AuditEventRepository rows;
    private final AuditEntries entries;
    private final Clock clock;
    private final RefusalCounts counts;
    private final BlockingQueue<Waiting> waiting;
    private final Counter dropped;
    private final Counter unstorable;
    private final Thread writer = new Thread(this::write, "latchkey-audit");
    private final List<Waiting> batch = new ArrayList<>();
    private volatile boolean stopping;
    private boolean ended;
    private boolean failing;

    AuditQueue(
            AuditEventRepository rows, AuditEntries entries, AuditConfig config, Clock clock, MeterRegistry meters) {
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

    /** Returns whether refusals get their rows: the thread that stores them runs, or has not been started yet. */
    boolean isAlive() {
        return writer.isAlive() || writer.getState() == Thread.State.NEW || stopping;
    }

    void start(@Observes StartupEvent started) {
        writer.setDaemon(true);
        writer.start();
    }

    void stop(@Observes ShutdownEvent stopped) throws InterruptedException {
        addCounted(counts.close(clock.instant()));
        stopping = true;
        writer.join(SHUTDOWN_TIMEOUT.toMillis());
        int lost = end();
        if (lost > 0) {
            LOG.warnf("%d audit rows could not be stored before the end; their lines are in the log", lost);
        }
    }

    private void addCounted(List<RefusalCounts.Counted> counted) {
        counted.forEach(count -> add(new Waiting(entries.row(count.event(), count.last(), null), count.attempts())));
    }

    private void add(Waiting entry) {
        entries.writeLine(entry.row());
        if (!offer(entry)) {
            dropped.increment(entry.attempts());
        }
    }

    private synchronized boolean offer(Waiting entry) {
        return !ended && waiting.offer(entry);
    }

    /** Accepts no more rows, and counts those that were not stored. */
    private synchronized int end() {
        ended = true;
        List<Waiting> left = new ArrayList<>();
        waiting.drainTo(left);
        left.forEach(entry -> dropped.increment(entry.attempts()));
        return left.size();
    }

    private void write() {
        while (!(stopping && waiting.isEmpty() && batch.isEmpty())) {
            try {
                addCounted(counts.takeIfDue(clock.instant()));
                if (fill()) {
                    rows.insertAll(rowsOf(batch));
                    batch.clear();
                    failing = false;
                }
            } catch (InterruptedException onlyAStopEndsThisThread) {
                LOG.debug("Interrupted without a stop");
            } catch (Throwable notStored) {
                // Security: an error must not end the thread either, or refusals would have no rows from then on.
                failed(notStored);
            }
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

    private void failed(Throwable failure) {
        try {
            if (!DatabaseErrors.isTemporary(failure) && isWritable()) {
                storeOneByOne();
                return;
            }
        } catch (Throwable stillFailing) {
            failure.addSuppressed(stillFailing);
        }
        // The database is unavailable or not writable: the batch is kept, and rows that do not fit into the queue are
        // counted.
        if (!failing) {
            failing = true;
            LOG.warnf("Audit rows cannot be stored at present: %s", DatabaseErrors.reason(failure));
        }
        LOG.debug("Audit rows could not be stored; trying again", failure);
        if (stopping) {
            giveUp();
        } else {
            pause();
        }
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
     * Stores the rows of the batch one by one, without those that the database does not accept.
     *
     * <p>Security: a client that finds a text that cannot be stored must not keep the rows of others from being stored.
     */
    private void storeOneByOne() {
        while (!batch.isEmpty()) {
            Waiting entry = batch.getFirst();
            try {
                rows.insertAll(List.of(entry.row()));
            } catch (RuntimeException notStored) {
                if (DatabaseErrors.isTemporary(notStored)) {
                    throw notStored;
                }
                unstorable.increment(entry.attempts());
                LOG.errorf(
                        "An audit row is not accepted by the database; its line is in the log, with the id %s: %s",
                        entry.row().id, DatabaseErrors.reason(notStored));
            }
            batch.removeFirst();
        }
        failing = false;
    }

    private void giveUp() {
        batch.forEach(entry -> dropped.increment(entry.attempts()));
        LOG.warnf("%d audit rows could not be stored before the end; their lines are in the log", batch.size());
        batch.clear();
        end();
    }

    private static List<AuditEventEntity> rowsOf(List<Waiting> entries) {
        return entries.stream().map(Waiting::row).toList();
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }
}
