package dev.latchkey.platform.db;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL driver that refuses to connect while the database is known to be unavailable.
 *
 * <p>The pool has one thread that makes one connection after another. When packets to the database are dropped, each attempt
 * takes the login timeout, and every request of a flood waits for its own attempt until the pool's timeout ends. No circuit
 * breaker of a library sits between the pool and its driver.
 */
public final class FailFastDriver implements Driver {

    /** Whether to refuse; static because the pool instantiates the driver from its class. */
    private static volatile boolean unavailable;

    /** The number of times that the database was found to be available. */
    private static final AtomicLong TIMES_AVAILABLE = new AtomicLong();

    private final Driver postgres = new org.postgresql.Driver();

    /** Sets whether attempts to connect are refused at once. */
    static void setUnavailable(boolean isUnavailable) {
        if (!isUnavailable) {
            TIMES_AVAILABLE.incrementAndGet();
        }
        unavailable = isUnavailable;
    }

    @Override
    public @Nullable Connection connect(String url, Properties info) throws SQLException {
        // When a request's timeout ends, the pool interrupts the attempt that was made for it. It never clears the flag
        // before the next attempt, which would fail at once, and so would all that wait in its queue.
        var unused = Thread.interrupted();
        if (unavailable) {
            // The pool tries once more, a second later, and then passes an unchecked exception on as it is.
            throw new IllegalStateException(new SQLException("The database is known to be unavailable", "08001"));
        }
        long timesAvailableBefore = TIMES_AVAILABLE.get();
        try {
            return postgres.connect(url, info);
        } catch (SQLException e) {
            // Refuse others at once until the monitor checks next, which is soon. But an attempt that began before the
            // database was found to be available says nothing about its present state.
            unavailable =
                    unavailable || (DatabaseErrors.isUnreachable(e) && TIMES_AVAILABLE.get() == timesAvailableBefore);
            throw isInterrupted(e) ? new SQLException("No connection was established in time", "08001", e) : e;
        }
    }

    /** Returns whether the pool interrupted the attempt at its timeout, which the driver reports as unexpected (99999). */
    private static boolean isInterrupted(SQLException failure) {
        return "99999".equals(failure.getSQLState());
    }

    @Override
    public boolean acceptsURL(String url) throws SQLException {
        return postgres.acceptsURL(url);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
        return postgres.getPropertyInfo(url, info);
    }

    @Override
    public int getMajorVersion() {
        return postgres.getMajorVersion();
    }

    @Override
    public int getMinorVersion() {
        return postgres.getMinorVersion();
    }

    @Override
    public boolean jdbcCompliant() {
        return postgres.jdbcCompliant();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return postgres.getParentLogger();
    }
}
