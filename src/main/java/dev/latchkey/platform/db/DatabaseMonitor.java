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
 * Asks the database in the background whether it is there, so that readiness is answered from memory at once, and keeps
 * requests from waiting for one that is not.
 *
 * <p>On threads and a connection of its own: a flood that occupies the workers or the pool says nothing about the database.
 */
@Singleton
public class DatabaseMonitor {

    private static final Logger LOG = Logger.getLogger(DatabaseMonitor.class);

    // Readiness is to turn within 3 s: the bound of one question, the pause before it, and as much again to spare.
    private static final long PAUSE_MILLIS = 500;
    private static final int BOUND_SECONDS = 2;

    private final AgroalDataSource pool;
    private final AgroalDataSource own;
    private volatile DatabaseStatus standing = new Down("was not asked yet");
    private volatile boolean asked;
    private volatile long askedAt;
    private final ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("database-watch").factory());
    private final ExecutorService asking = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("database-question").factory());

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
        var unused = clockwork.scheduleWithFixedDelay(this::look, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void end() {
        clockwork.shutdownNow();
        asking.shutdownNow();
        own.close();
    }

    public DatabaseStatus standing() {
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

    private void ask() {
        try {
            // Once more on a new connection, for the loss of this one says nothing of the others.
            DatabaseStatus answer = answers() instanceof Up ? new Up() : answers();
            FailFastDriver.away(answer instanceof Down);
            if (answer instanceof Up && standing instanceof Down) {
                // What the pool still holds is from before and most likely dead; each would have to fail once.
                pool.flush(FlushMode.IDLE);
            }
            // Last, so that whoever is told that it is back finds it back.
            turn(answer);
        } finally {
            asked = false;
        }
    }

    /** Bounded by the socket's timeout at the latest; the driver's query timeout would wait for a database that hangs. */
    private DatabaseStatus answers() {
        try (Connection connection = own.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select 1");
            return new Up();
        } catch (SQLException | RuntimeException e) {
            own.flush(FlushMode.ALL);
            return new Down(DatabaseFailures.reason(e));
        }
    }

    private synchronized void turn(DatabaseStatus next) {
        DatabaseStatus previous = standing;
        standing = next;
        if (next instanceof Down(String reason) && !next.equals(previous)) {
            LOG.warnf("The database is away: %s", reason);
            // What the pool holds is most likely as dead as ours; without this each of them would have to fail once.
            pool.flush(FlushMode.IDLE);
        } else if (next instanceof Up && previous instanceof Down) {
            LOG.info("The database answers");
        }
    }
}
