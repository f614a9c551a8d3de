package dev.latchkey.ops;

import dev.latchkey.ops.DatabaseStanding.Down;
import dev.latchkey.ops.DatabaseStanding.Up;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSource.FlushMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Asks the database in the background whether it is there, so that readiness is answered from memory at once.
 *
 * <p>On threads of its own: a flood that occupies the workers says nothing about the database.
 */
@Singleton
class DatabaseWatch {

    private static final Logger LOG = Logger.getLogger(DatabaseWatch.class);

    // Readiness is to turn within 3 s: the bound of one question, the pause before it, and as much again to spare.
    private static final long PAUSE_MILLIS = 500;
    private static final int BOUND_SECONDS = 2;

    private final AgroalDataSource database;
    private volatile DatabaseStanding standing = new Down("was not asked yet");
    private volatile boolean asked;
    private volatile long askedAt;
    private final ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("database-watch").factory());
    private final ExecutorService asking = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("database-question").factory());

    DatabaseWatch(AgroalDataSource database) {
        this.database = database;
    }

    void begin(@Observes @Priority(StartOrder.DATABASE_WATCH) StartupEvent event) {
        var unused = clockwork.scheduleWithFixedDelay(this::look, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void end() {
        clockwork.shutdownNow();
        asking.shutdownNow();
    }

    DatabaseStanding standing() {
        return standing;
    }

    /** Never more than one question is open: a database that hangs is not helped by a queue of them. */
    private void look() {
        if (!asked) {
            asked = true;
            askedAt = System.nanoTime();
            asking.execute(this::ask);
        } else if (System.nanoTime() - askedAt > TimeUnit.SECONDS.toNanos(BOUND_SECONDS)) {
            turn(new Down("does not answer within " + BOUND_SECONDS + " seconds"));
        }
    }

    /** Bounded by the socket's timeout at the latest; the driver's query timeout would wait for a database that hangs. */
    private void ask() {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select 1");
            turn(new Up());
        } catch (SQLException | RuntimeException e) {
            turn(new Down(Databases.reason(e)));
            // What the pool holds is most likely as dead; without this each of them would have to fail once.
            database.flush(FlushMode.IDLE);
        } finally {
            asked = false;
        }
    }

    private synchronized void turn(DatabaseStanding next) {
        DatabaseStanding previous = standing;
        standing = next;
        if (next instanceof Down(String reason) && !next.equals(previous)) {
            LOG.warnf("The database is away: %s", reason);
        } else if (next instanceof Up && previous instanceof Down) {
            LOG.info("The database answers");
        }
    }
}
