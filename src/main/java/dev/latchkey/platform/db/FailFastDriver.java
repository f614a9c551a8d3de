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
 * PostgreSQL's driver, which refuses to connect while the database is known to be unavailable.
 *
 * <p>The pool lets as many threads connect as it has room for, and the others spin until one of these gives up, beyond any
 * timeout that it is given. With a database that swallows packets a flood of requests would wait in rounds of the login
 * timeout, and burn a processor meanwhile. No circuit breaker of a library sits between the pool and its driver.
 */
public final class FailFastDriver implements Driver {

    /** Static because the pool instantiates the driver from its class. */
    private static volatile boolean unavailable;

    /** Counts how often the database was found to be available. */
    private static final AtomicLong FOUND = new AtomicLong();

    private final Driver postgres = new org.postgresql.Driver();

    /** Sets whether to refuse at once from now on. */
    static void setUnavailable(boolean isUnavailable) {
        if (!isUnavailable) {
            FOUND.incrementAndGet();
        }
        unavailable = isUnavailable;
    }

    @Override
    public @Nullable Connection connect(String url, Properties info) throws SQLException {
        if (unavailable) {
            // Unchecked, for after a checked one the pool tries again until its timeout.
            throw new IllegalStateException(new SQLException("The database is known to be unavailable", "08001"));
        }
        long before = FOUND.get();
        try {
            return postgres.connect(url, info);
        } catch (SQLException e) {
            // Until the monitor checks next, which is soon: others need not find out one by one. But an attempt that
            // began before the database came back says nothing about now.
            unavailable = unavailable || (DatabaseErrors.isUnreachable(e) && FOUND.get() == before);
            throw isInterrupted(e) ? new SQLException("No connection was established in time", "08001", e) : e;
        }
    }

    /** Whether the pool interrupted the attempt when its timeout ended, which the driver calls an unexpected error (99999). */
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
