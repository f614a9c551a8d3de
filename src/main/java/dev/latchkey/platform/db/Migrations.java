package dev.latchkey.platform.db;

import dev.latchkey.platform.boot.CommandMode;
import dev.latchkey.platform.boot.StartOrder;
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
 * <p>Replicas that start together are serialised by Flyway's lock; one that loses a race before that tries again.
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
    private volatile String obstacle = "have not run yet";

    Migrations(Flyway flyway, Event<SchemaReady> schemaReady) {
        this.flyway = flyway;
        this.schemaReady = schemaReady;
    }

    void begin(@Observes @Priority(StartOrder.MIGRATIONS) StartupEvent event) {
        if (CommandMode.isOn()) {
            return;
        }
        // In development and tests the schema is in place before the first request.
        if (LaunchMode.current() != LaunchMode.NORMAL) {
            attempt();
        } else {
            background.execute(this::attempt);
        }
    }

    @PreDestroy
    void end() {
        background.shutdownNow();
    }

    /** Whether the schema is the one this version was written for. */
    public boolean done() {
        return done;
    }

    /** Why they are not done yet. */
    public String obstacle() {
        return obstacle;
    }

    private void attempt() {
        try {
            int executed = flyway.migrate().migrationsExecuted;
            // At once, so that readiness need not wait for the next turn of those who read from the database.
            schemaReady.fire(new SchemaReady());
            done = true;
            LOG.infof("The schema is up to date (%d migrations were applied)", executed);
            background.shutdown();
        } catch (RuntimeException e) {
            reportObstacle(e);
            var unused = background.schedule(this::attempt, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Logs each new reason once, not every second. */
    private void reportObstacle(RuntimeException e) {
        String reason = DatabaseErrors.reason(e);
        boolean away = DatabaseErrors.isUnavailable(e);
        String words = away ? "wait for the database: " + reason : "failed: " + reason;
        if (words.equals(obstacle)) {
            return;
        }
        obstacle = words;
        if (away) {
            LOG.infof("The migrations %s", words);
        } else {
            LOG.errorf(e, "The migrations %s", words);
        }
    }
}
