package dev.latchkey.audit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Stores refusals in the background, so that a refused check never waits for the database. Those that do not fit into the
 * queue are counted; their line is in the log.
 */
@ApplicationScoped
class AuditQueue {

    private static final Logger LOG = Logger.getLogger(AuditQueue.class);
    private static final int BATCH = 200;
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** The time that a stopping process goes on storing the events in the queue. */
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(3);

    private final AuditEventRepository rows;
    private final BlockingQueue<AuditEventEntity> waiting;
    private final Counter dropped;
    private final Thread writer = new Thread(this::write, "latchkey-audit");
    private volatile boolean stopping;

    AuditQueue(AuditEventRepository rows, AuditConfig config, MeterRegistry meters) {
        this.rows = rows;
        this.waiting = new ArrayBlockingQueue<>(config.queue());
        this.dropped = Counter.builder("latchkey.audit.dropped")
                .description("Refusals whose audit row did not fit into the queue")
                .register(meters);
        meters.gaugeCollectionSize("latchkey.audit.waiting", List.of(), waiting);
    }

    /** Adds a row to the queue, or counts it as dropped if the queue is full. */
    void offer(AuditEventEntity row) {
        if (!waiting.offer(row)) {
            dropped.increment();
        }
    }

    void start(@Observes StartupEvent started) {
        writer.setDaemon(true);
        writer.start();
    }

    void stop(@Observes ShutdownEvent stopped) throws InterruptedException {
        stopping = true;
        writer.join(SHUTDOWN_TIMEOUT.toMillis());
    }

    private void write() {
        List<AuditEventEntity> batch = new ArrayList<>();
        while (!(stopping && waiting.isEmpty() && batch.isEmpty())) {
            try {
                if (batch.isEmpty()) {
                    AuditEventEntity first = waiting.poll(100, TimeUnit.MILLISECONDS);
                    if (first == null) {
                        continue;
                    }
                    batch.add(first);
                    waiting.drainTo(batch, BATCH - 1);
                }
                QuarkusTransaction.requiringNew().run(() -> rows.insert(batch));
                batch.clear();
            } catch (InterruptedException end) {
                return;
            } catch (RuntimeException notStored) {
                // The database is unavailable: the batch is kept, and rows that do not fit into the queue are counted.
                LOG.debug("Audit rows could not be stored; trying again", notStored);
                if (stopping) {
                    return;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }
}
