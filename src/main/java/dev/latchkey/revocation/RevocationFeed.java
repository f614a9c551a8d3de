package dev.latchkey.revocation;

import dev.latchkey.platform.db.DirectConnections;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the revocations of all replicas from the database, on a connection of its own.
 *
 * <p>A cursor is the snapshot of the last reading. The next reading gets the rows of all transactions that had not ended in
 * that snapshot, so that a row which commits late is not missed and none is read twice. Transaction numbers are valid on
 * one server only: if the server is another one, or its numbers have gone back, all unexpired rows are read.
 */
@ApplicationScoped
class RevocationFeed {

    /** The time without a reading after which all rows are read: those that said who was enabled again may be gone. */
    private static final Duration MAX_GAP = Duration.ofHours(1);

    /** The number of rows that are in memory at once. */
    private static final int FETCH_SIZE = 5_000;

    /**
     * Selects the cursor. It identifies the server by its start, by the reset of its statistics, since a crash resets them
     * and may lose the latest transaction numbers, and by the tables, since a restored table is another one.
     */
    private static final String CURSOR = """
            select 'cursor', pg_current_snapshot()::text, null::bigint, null::bigint,
                concat_ws(' ', extract(epoch from pg_postmaster_start_time()),
                    extract(epoch from pg_stat_get_bgwriter_stat_reset_time()),
                    'revocations'::regclass::oid, 'user_revocations'::regclass::oid),
                null::bigint, pg_is_in_recovery()
            """;

    private static final String ROWS = """
            select 'session', session_id, null::bigint,
                extract(epoch from least(expires_at, '2080-01-01'))::bigint, null, null::bigint, false
            from revocations where expires_at > now() %1$s
            union all
            select 'user', user_id, extract(epoch from issued_before)::bigint,
                extract(epoch from least(expires_at, '2080-01-01'))::bigint, spared_session, token_version, false
            from user_revocations where expires_at > now() %1$s
            union all
            select case when enabled_at is null then 'disabled' else 'enabled' end, user_id, null::bigint,
                null::bigint, null, null::bigint, false
            from disabled_users where true %1$s
            union all
            """;

    private static final String NEW = """
             and tx >= pg_snapshot_xmin(cast(? as pg_snapshot))
                and not pg_visible_in_snapshot(tx, cast(? as pg_snapshot))""";

    private static final String ALL_ROWS = ROWS.formatted("") + CURSOR;
    private static final String NEW_ROWS = ROWS.formatted(NEW) + CURSOR;

    private final Connections connections;
    private final RevokedTokens revoked;
    private final Clock clock;
    private volatile @Nullable Connection connection;
    private @Nullable Cursor cursor;
    private Instant lastRead = Instant.EPOCH;
    private volatile @Nullable Instant tryingSince;
    private volatile boolean closed;

    /** Opens a connection. */
    interface Connections {
        Connection open() throws SQLException;
    }

    /** The position up to which the transactions of a server have been read. */
    record Cursor(String server, String snapshot) {

        private static final int XMIN = 0;
        private static final int XMAX = 1;

        /** Returns whether the other cursor is a later one of the same server, and its numbers have not gone back. */
        boolean isFollowedBy(Cursor other) {
            return server.equals(other.server) && part(XMIN) <= other.part(XMIN) && part(XMAX) <= other.part(XMAX);
        }

        private long part(int index) {
            return Long.parseUnsignedLong(snapshot.split(":", -1)[index]);
        }
    }

    @Inject
    RevocationFeed(DirectConnections connections, RevokedTokens revoked, Clock clock) {
        this(() -> openReadOnly(connections), revoked, clock);
    }

    private static Connection openReadOnly(DirectConnections connections) throws SQLException {
        Connection connection = connections.open("latchkey-revocations");
        try {
            connection.setReadOnly(true);
            // A large result is streamed only within a transaction.
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    RevocationFeed(Connections connections, RevokedTokens revoked, Clock clock) {
        this.connections = connections;
        this.revoked = revoked;
        this.clock = clock;
    }

    /** Reads the new revocations; after a failure the next reading opens a new connection. */
    synchronized void read() throws SQLException {
        if (closed) {
            return;
        }
        Instant start = clock.instant();
        if (tryingSince == null) {
            tryingSince = start;
        }
        try {
            Connection open = connection;
            if (open == null) {
                open = connections.open();
                connection = open;
            }
            Cursor next = readNew(open, start);
            open.commit();
            cursor = next;
            lastRead = start;
        } catch (SQLException | RuntimeException e) {
            disconnect();
            throw e;
        }
        // Revocations that were committed during the reading are in the next one.
        revoked.markComplete(start);
        tryingSince = null;
    }

    /** Returns the start of the first of the readings that have not succeeded yet; null if the last one succeeded. */
    @Nullable
    Instant tryingSince() {
        return tryingSince;
    }

    /** Sets the cursor of the last reading, for tests of server failures that cannot be produced. */
    synchronized void setCursor(@Nullable Cursor last) {
        cursor = last;
    }

    synchronized @Nullable Cursor cursor() {
        return cursor;
    }

    @PreDestroy
    void close() {
        closed = true;
        abortConnection();
    }

    private Cursor readNew(Connection database, Instant now) throws SQLException {
        Cursor last = cursor;
        if (last != null && Duration.between(lastRead, now).abs().compareTo(MAX_GAP) < 0) {
            Cursor next = readRows(database, last);
            if (last.isFollowedBy(next)) {
                return next;
            }
        }
        return readRows(database, null);
    }

    /** Reads the rows since a cursor, or all if there is none, and returns the next cursor. */
    private Cursor readRows(Connection database, @Nullable Cursor since) throws SQLException {
        try (PreparedStatement statement = database.prepareStatement(since == null ? ALL_ROWS : NEW_ROWS)) {
            for (int i = 1; since != null && i <= 6; i++) {
                statement.setString(i, since.snapshot());
            }
            statement.setFetchSize(FETCH_SIZE);
            try (ResultSet rows = statement.executeQuery()) {
                Cursor next = null;
                List<String> disabled = new ArrayList<>();
                while (rows.next()) {
                    switch (rows.getString(1)) {
                        case "cursor" -> next = toCursor(rows);
                        case "disabled" -> disabled.add(rows.getString(2));
                        default -> {}
                    }
                    addRevocation(rows);
                }
                if (since == null) {
                    revoked.replaceDisabled(disabled);
                }
                return Objects.requireNonNull(next);
            }
        }
    }

    private void addRevocation(ResultSet row) throws SQLException {
        String id = row.getString(2);
        Instant until = Instant.ofEpochSecond(row.getLong(4));
        switch (row.getString(1)) {
            case "session" -> revoked.add(id, until);
            case "user" ->
                revoked.addUser(id, row.getString(5), row.getLong(6), Instant.ofEpochSecond(row.getLong(3)), until);
            case "disabled" -> revoked.addDisabled(id);
            case "enabled" -> revoked.removeDisabled(id);
            default -> {}
        }
    }

    private static Cursor toCursor(ResultSet row) throws SQLException {
        if (row.getBoolean(7)) {
            throw new SQLException("The server is a standby, which may not have the latest revocations");
        }
        return new Cursor(row.getString(5), row.getString(2));
    }

    private void disconnect() {
        abortConnection();
        connection = null;
    }

    /**
     * Aborts the connection, also for a thread that waits for a result. An orderly end would hang while the network drops
     * packets.
     */
    private void abortConnection() {
        Connection open = connection;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException alreadyClosed) {
                // Nothing is left to be closed.
            }
        }
    }
}
