package dev.latchkey.platform.db;

import dev.latchkey.platform.boot.CommandMode;
import dev.latchkey.platform.boot.StartOrder;
import dev.latchkey.platform.db.DatabaseStatus.Down;
import dev.latchkey.platform.db.DatabaseStatus.Up;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Checks the database in the background, so that readiness is answered from memory at once and requests do not wait for a
 * database that is unavailable.
 *
 * <p>On threads and a connection of its own: a flood that occupies the workers or the pool says nothing about the database.
 */
@Singleton
public class DatabaseMonitor {

    private static final Logger LOG = Logger.getLogger(DatabaseMonitor.class);

    // Readiness is to turn within 3 s: the limit of one check, the pause before it, and as much again to spare.
    private static final long PAUSE_MILLIS = 500;
    private static final int MAX_CHECK_SECONDS = 2;

    private final AgroalDataSource pool;
    private final AgroalDataSource own;
    private volatile DatabaseStatus status = new Down("was not checked yet");
    private volatile boolean isChecking;
    private volatile long checkStartedAt;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("database-monitor").factory());
    private final ExecutorService checker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("database-check").factory());

    DatabaseMonitor(AgroalDataSource pool) {
        this.pool = pool;
        AgroalConnectionPoolConfiguration shared = pool.getConfiguration().connectionPoolConfiguration();
        var postgres = new AgroalConnectionFactoryConfigurationSupplier(shared.connectionFactoryConfiguration())
                .connectionProviderClass(org.postgresql.Driver.class);
        this.own = new DataSource(new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(one -> one.maxSize(1)
                        .acquisitionTimeout(shared.acquisitionTimeout())
                        .connectionFactoryConfiguration(postgres))
                .get());
    }

    void begin(@Observes @Priority(StartOrder.DATABASE_WATCH) StartupEvent event) {
        if (CommandMode.isOn()) {
            return;
        }
        var unused = timer.scheduleWithFixedDelay(this::checkSoon, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void end() {
        timer.shutdownNow();
        checker.shutdownNow();
        own.close();
    }

    public DatabaseStatus status() {
        return status;
    }

    /** Never more than one check runs: a database that hangs is not helped by a queue of them. */
    private void checkSoon() {
        if (!isChecking) {
            isChecking = true;
            checkStartedAt = System.nanoTime();
            checker.execute(this::check);
        } else if (System.nanoTime() - checkStartedAt > TimeUnit.SECONDS.toNanos(MAX_CHECK_SECONDS)) {
            change(new Down("does not answer within " + MAX_CHECK_SECONDS + " seconds"));
        }
    }

    private void check() {
        try {
            // Once more on a new connection, for the loss of this one says nothing about the others.
            DatabaseStatus result = query() instanceof Up ? new Up() : query();
            FailFastDriver.setUnavailable(result instanceof Down);
            if (result instanceof Up && status instanceof Down) {
                // What the pool still holds is from before and most likely dead; each would have to fail once.
                pool.flush(FlushMode.IDLE);
            }
            // Last, so that a caller that is told that it is back finds it back.
            change(result);
        } finally {
            isChecking = false;
        }
    }

    /** Bounded by the socket's timeout at the latest; the driver's query timeout would wait for a database that hangs. */
    private DatabaseStatus query() {
        try (Connection connection = own.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select 1");
            return new Up();
        } catch (SQLException | RuntimeException e) {
            own.flush(FlushMode.ALL);
            return new Down(DatabaseErrors.reason(e));
        }
    }

    private synchronized void change(DatabaseStatus next) {
        DatabaseStatus previous = status;
        status = next;
        if (next instanceof Down(String reason) && !next.equals(previous)) {
            LOG.warnf("The database is unavailable: %s", reason);
            // What the pool holds is most likely as dead as ours; without this each of them would have to fail once.
            pool.flush(FlushMode.IDLE);
        } else if (next instanceof Up && previous instanceof Down) {
            LOG.info("The database is available again");
        }
    }
}
