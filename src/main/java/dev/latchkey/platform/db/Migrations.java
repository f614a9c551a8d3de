package dev.latchkey.platform.db;

import dev.latchkey.platform.boot.CommandMode;
import dev.latchkey.platform.boot.StartOrder;
import dev.latchkey.platform.ops.OutOfMemoryGuard;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Migrates the schema as soon as the database is available; until then the service is live and not ready. Where a command does
 * the migration ({@code latchkey.database.migrate=false}), it waits for that.
 *
 * <p>Flyway's lock serialises replicas that start together; one that loses a race before the lock is taken tries again.
 */
@Singleton
public class Migrations {

    private static final Logger LOG = Logger.getLogger(Migrations.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final SchemaHistory history;
    private final DatabaseConfig config;
    private final Event<SchemaReady> schemaReady;
    private final ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("migrations").factory());
    /** Whether {@link SchemaHistory#isCurrent} was asked; from the second attempt on only Flyway is, for the pool may wait. */
    private final AtomicBoolean asked = new AtomicBoolean();

    private volatile boolean done;
    private volatile String pendingReason = "have not run yet";

    Migrations(SchemaHistory history, DatabaseConfig config, Event<SchemaReady> schemaReady) {
        this.history = history;
        this.config = config;
        this.schemaReady = schemaReady;
    }

    void start(@Observes @Priority(StartOrder.MIGRATIONS) StartupEvent event) {
        if (CommandMode.isOn()) {
            return;
        }
        // In development and tests the schema is in place before the first request.
        if (LaunchMode.current() != LaunchMode.NORMAL) {
            migrate();
        } else {
            background.execute(this::migrate);
        }
    }

    @PreDestroy
    void stop() {
        background.shutdownNow();
    }

    /** Returns whether the database has the schema of this version. */
    public boolean isDone() {
        return done;
    }

    /** Returns why the migrations are not done yet, continuing a sentence that begins with "The migrations". */
    public String pendingReason() {
        return pendingReason;
    }

    private void migrate() {
        try {
            boolean isCurrent = asked.compareAndSet(false, true) && history.isCurrent();
            if (!isCurrent && !config.migrate() && !isMigrated()) {
                retry();
                return;
            }
            int executed = !isCurrent && config.migrate() ? history.migrate() : 0;
            // At once, so that readiness need not wait for the next interval of the features that load their state.
            schemaReady.fire(new SchemaReady());
            done = true;
            LOG.infof("The schema is up to date (%d migrations were applied)", executed);
            background.shutdown();
        } catch (Throwable e) {
            // Any: whatever ended this thread would leave a replica that never becomes ready, and says nothing.
            OutOfMemoryGuard.exitIfOutOfMemory(e);
            String reason = DatabaseErrors.reason(e);
            if (DatabaseErrors.isUnavailable(e)) {
                setPending("wait for the database: " + reason, null);
            } else {
                setPending("failed: " + reason, e);
            }
            retry();
        }
    }

    /** Returns whether a command has migrated the schema. */
    private boolean isMigrated() {
        SchemaHistory.State state = history.read();
        if (!state.failed().isEmpty()
                || !state.changed().isEmpty()
                || !state.outOfOrder().isEmpty()) {
            setPending("do not fit this build; see latchkey upgrade check", null);
        } else if (!state.pending().isEmpty()) {
            setPending("wait for latchkey migrate: " + String.join(", ", state.pending()), null);
        }
        return state.isComplete();
    }

    private void retry() {
        var unused = background.schedule(this::migrate, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Stores the reason, and logs each new one once, not every second. */
    private void setPending(String reason, @Nullable Throwable failure) {
        if (reason.equals(pendingReason)) {
            return;
        }
        pendingReason = reason;
        if (failure == null) {
            LOG.infof("The migrations %s", reason);
        } else {
            LOG.errorf(failure, "The migrations %s", reason);
        }
    }

    /** The event that the database has the schema of this version; features observe it to load their state. */
    public record SchemaReady() {}
}
