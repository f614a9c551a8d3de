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
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;

/**
 * Migrates the schema as soon as the database is available; until then the service is live and not ready.
 *
 * <p>Flyway's lock serialises replicas that start together; one that loses a race before the lock is taken tries again.
 */
@Singleton
public class Migrations {

    private static final Logger LOG = Logger.getLogger(Migrations.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Flyway flyway;
    private final Event<SchemaReady> schemaReady;
    private final ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("migrations").factory());
    private volatile boolean done;
    private volatile String pendingReason = "have not run yet";

    Migrations(Flyway flyway, Event<SchemaReady> schemaReady) {
        this.flyway = flyway;
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
            int executed = flyway.migrate().migrationsExecuted;
            // At once, so that readiness need not wait for the next interval of the features that load their state.
            schemaReady.fire(new SchemaReady());
            done = true;
            LOG.infof("The schema is up to date (%d migrations were applied)", executed);
            background.shutdown();
        } catch (Throwable e) {
            // Any: whatever ended this thread would leave a replica that never becomes ready, and says nothing.
            OutOfMemoryGuard.exitIfOutOfMemory(e);
            logPending(e);
            var unused = background.schedule(this::migrate, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Logs each new reason once, not every second. */
    private void logPending(Throwable e) {
        String reason = DatabaseErrors.reason(e);
        boolean unavailable = DatabaseErrors.isUnavailable(e);
        String pending = unavailable ? "wait for the database: " + reason : "failed: " + reason;
        if (pending.equals(pendingReason)) {
            return;
        }
        pendingReason = pending;
        if (unavailable) {
            LOG.infof("The migrations %s", pending);
        } else {
            LOG.errorf(e, "The migrations %s", pending);
        }
    }

    /** The event that the database has the schema of this version; features observe it to load their state. */
    public record SchemaReady() {}
}
