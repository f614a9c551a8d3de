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
 * PostgreSQL's driver, which does not even try to connect while the database is known to be away.
 *
 * <p>The pool lets as many threads connect as it has room for, and the others run in circles until one of these gives up,
 * beyond any patience that it is given. With a database that swallows packets a flood of requests would wait in rounds of
 * the login timeout, and burn a processor meanwhile.
 */
public final class FailFastDriver implements Driver {

    /** Static, for it is the pool that makes the driver, from its class. */
    private static volatile boolean away;

    /** Counts how often the database was found to be there. */
    private static final AtomicLong FOUND = new AtomicLong();

    private final Driver postgres = new org.postgresql.Driver();

    /** Whether to refuse at once from now on. */
    static void away(boolean isAway) {
        if (!isAway) {
            FOUND.incrementAndGet();
        }
        away = isAway;
    }

    @Override
    public @Nullable Connection connect(String url, Properties info) throws SQLException {
        if (away) {
            // Unchecked, for after a checked one the pool tries again until its patience ends.
            throw new IllegalStateException(new SQLException("The database is known to be away", "08001"));
        }
        long before = FOUND.get();
        try {
            return postgres.connect(url, info);
        } catch (SQLException e) {
            // Until the watch asks next, which is soon: the others need not find out one by one. But an attempt that
            // was
            // begun before the database came back says nothing of now.
            boolean unreachable = e.getSQLState() != null && e.getSQLState().startsWith("08");
            away = away || (unreachable && FOUND.get() == before);
            throw e;
        }
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
