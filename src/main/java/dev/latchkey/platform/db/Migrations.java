package dev.latchkey.platform.db;

import dev.latchkey.key.SigningKeys;
import dev.latchkey.platform.boot.CommandMode;
import dev.latchkey.platform.boot.StartOrder;
import dev.latchkey.revocation.Revocations;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;

/**
 * Brings the schema up to date, as soon as there is a database; until then the service lives and is not ready.
 *
 * <p>Replicas that start together are put in a row by Flyway's lock; one that loses a race before that tries again.
 */
@Singleton
public class Migrations {

    private static final Logger LOG = Logger.getLogger(Migrations.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Flyway flyway;
    private final SigningKeys keys;
    private final Revocations revocations;
    private final ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("migrations").factory());
    private volatile boolean done;
    private volatile String obstacle = "have not run yet";

    Migrations(Flyway flyway, SigningKeys keys, Revocations revocations) {
        this.flyway = flyway;
        this.keys = keys;
        this.revocations = revocations;
    }

    void begin(@Observes @Priority(StartOrder.MIGRATIONS) StartupEvent event) {
        if (CommandMode.isOn()) {
            return;
        }
        // Whoever writes a test or a feature finds the schema in place.
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

    /** What keeps them from being done, in words. */
    public String obstacle() {
        return obstacle;
    }

    private void attempt() {
        try {
            int executed = flyway.migrate().migrationsExecuted;
            // At once, so that readiness need not wait for their next turn.
            keys.reread();
            revocations.begin();
            done = true;
            LOG.infof("The schema is up to date (%d migrations were applied)", executed);
            background.shutdown();
        } catch (RuntimeException e) {
            hinder(e);
            var unused = background.schedule(this::attempt, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** A reason is told once, not each second. */
    private void hinder(RuntimeException e) {
        String reason = DatabaseFailures.reason(e);
        boolean away = DatabaseFailures.isAway(e);
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
