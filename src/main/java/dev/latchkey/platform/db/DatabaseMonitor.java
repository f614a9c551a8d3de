package dev.latchkey.platform.db;

import dev.latchkey.platform.boot.CommandMode;
import dev.latchkey.platform.boot.StartOrder;
import dev.latchkey.platform.db.DatabaseMonitor.Status.Down;
import dev.latchkey.platform.db.DatabaseMonitor.Status.Up;
import dev.latchkey.platform.db.Migrations.SchemaReady;
import dev.latchkey.platform.ops.BackgroundThread;
import dev.latchkey.platform.ops.BackgroundThreads;
import dev.latchkey.platform.ops.OutOfMemoryGuard;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSource.FlushMode;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration;
import io.agroal.api.configuration.supplier.AgroalConnectionFactoryConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.pool.DataSource;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Checks the database in the background, so that readiness is answered from memory at once and requests do not wait for a
 * database that is unavailable.
 *
 * <p>It has threads and a connection of its own, since a flood that occupies the workers or the pool says nothing about the
 * database.
 */
@Singleton
public class DatabaseMonitor {

    private static final Logger LOG = Logger.getLogger(DatabaseMonitor.class);

    // Readiness must change within 3 s: the timeout of one check, the pause before it, and as much again to spare.
    private static final long PAUSE_MILLIS = 500;
    private static final int MAX_CHECK_SECONDS = 2;
    /** Nothing in a round waits: the check runs on another thread. */
    private static final Duration MAX_ROUND = Duration.ofSeconds(60);

    private static final Down UNCHECKED = new Down("has not been checked yet");

    private final AgroalDataSource pool;
    private final AgroalDataSource ownConnection;
    private volatile Status status = UNCHECKED;
    private volatile boolean isChecking;
    private volatile long checkStartedAt;
    private final BackgroundThread timer;
    private final ExecutorService checker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("database-check").factory());

    DatabaseMonitor(AgroalDataSource pool, BackgroundThreads threads) {
        this.timer = threads.create("database-monitor", MAX_ROUND, this::checkAndPause);
        this.pool = pool;
        AgroalConnectionPoolConfiguration shared = pool.getConfiguration().connectionPoolConfiguration();
        var postgres = new AgroalConnectionFactoryConfigurationSupplier(shared.connectionFactoryConfiguration())
                .connectionProviderClass(org.postgresql.Driver.class);
        this.ownConnection = new DataSource(new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(one -> one.maxSize(1)
                        .acquisitionTimeout(shared.acquisitionTimeout())
                        .connectionFactoryConfiguration(postgres))
                .get());
    }

    void start(@Observes @Priority(StartOrder.DATABASE_WATCH) StartupEvent event) {
        if (CommandMode.isOn()) {
            return;
        }
        timer.start();
    }

    @PreDestroy
    void stop() {
        timer.stop(Duration.ZERO);
        checker.shutdownNow();
        ownConnection.close();
    }

    public Status status() {
        return status;
    }

    /** Fills the pool to its minimum after all that readiness waits for, which would otherwise compete with it. */
    void fillPool(@Observes @Priority(StartOrder.POOL) SchemaReady event) {
        pool.flush(FlushMode.FILL);
    }

    private void checkAndPause() throws InterruptedException {
        checkUnlessChecking();
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }

    /** Starts a check, unless one is still running: a queue of them would not help a database that hangs. */
    private void checkUnlessChecking() {
        if (!isChecking) {
            isChecking = true;
            checkStartedAt = System.nanoTime();
            checker.execute(this::check);
        } else if (System.nanoTime() - checkStartedAt > TimeUnit.SECONDS.toNanos(MAX_CHECK_SECONDS)) {
            changeStatus(new Down("does not respond within " + MAX_CHECK_SECONDS + " seconds"));
        }
    }

    private void check() {
        try {
            // Once more on a new connection, since the loss of one connection does not mean that the database is down.
            Status result = query() instanceof Up ? new Up() : query();
            FailFastDriver.setUnavailable(result instanceof Down);
            if (result instanceof Up && status instanceof Down && !status.equals(UNCHECKED)) {
                // Connections of the pool that are older than the failure are most likely dead; each would have to fail
                // once. Also fills the pool to its minimum.
                pool.flush(FlushMode.GRACEFUL);
            }
            // Last, so that the database is usable for a caller that reads that it is up.
            changeStatus(result);
        } catch (Throwable failure) {
            OutOfMemoryGuard.exitIfOutOfMemory(failure);
            LOG.error("The check of the database failed unexpectedly", failure);
            changeStatus(new Down("cannot be checked: " + DatabaseErrors.reason(failure)));
        } finally {
            isChecking = false;
        }
    }

    /** Runs one query within the socket's timeout; the driver's query timeout would wait for a database that hangs. */
    private Status query() {
        try (Connection connection = ownConnection.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select 1");
            return new Up();
        } catch (SQLException | RuntimeException e) {
            ownConnection.flush(FlushMode.ALL);
            return new Down(DatabaseErrors.reason(e));
        }
    }

    private synchronized void changeStatus(Status next) {
        Status previous = status;
        status = next;
        if (next instanceof Down(String reason) && !next.equals(previous)) {
            LOG.warnf("The database is unavailable: %s", reason);
            // The connections of the pool are most likely as dead as ours; without this each would have to fail once.
            pool.flush(FlushMode.GRACEFUL);
        } else if (next instanceof Up && previous instanceof Down) {
            LOG.info("The database is available again");
        }
    }

    /** The result of the last check of the database. */
    public sealed interface Status {

        /** The database responded. */
        record Up() implements Status {}

        /**
         * The database did not respond.
         *
         * @param reason why not, continuing a sentence that begins with "The database"
         */
        record Down(String reason) implements Status {}
    }
}
