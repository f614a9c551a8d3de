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
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Brings what was revoked anywhere to this replica, on a connection of its own.
 *
 * <p>A cursor is the snapshot of the last reading. The next one takes the rows of all transactions that had not ended in
 * it, so that a row which commits late is not missed and none is read twice. Numbers of transactions mean something to
 * one server only: when it is another one, or its counting went back, all living rows are read.
 */
@ApplicationScoped
class RevocationFeed {

    /** How many rows are in memory at once, whatever their number. */
    private static final int FETCH = 5_000;

    /** A crash that the server survived, losing its latest numbers, resets its statistics; a restored table is another one. */
    private static final String CURSOR = """
            select 'cursor', pg_current_snapshot()::text, null::bigint, null::bigint,
                concat_ws(' ', extract(epoch from pg_postmaster_start_time()),
                    extract(epoch from pg_stat_get_bgwriter_stat_reset_time()),
                    'revocations'::regclass::oid, 'user_revocations'::regclass::oid),
                pg_is_in_recovery()
            """;

    private static final String ROWS = """
            select 'session', session_id, null::bigint,
                extract(epoch from least(expires_at, '2080-01-01'))::bigint, null, false
            from revocations where expires_at > now()%1$s
            union all
            select 'user', user_id, extract(epoch from issued_before)::bigint,
                extract(epoch from least(expires_at, '2080-01-01'))::bigint, spared_session, false
            from user_revocations where expires_at > now()%1$s
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
    private volatile @Nullable Instant tryingSince;
    private volatile boolean closed;

    interface Connections {
        Connection open() throws SQLException;
    }

    /** How far one server's transactions have been read. */
    record Cursor(String server, String snapshot) {

        private static final int XMAX = 1;

        /** Whether all that this one has seen is also behind the other. */
        boolean leadsTo(Cursor later) {
            return server.equals(later.server) && part(0) <= later.part(0) && part(XMAX) <= later.part(XMAX);
        }

        private long part(int index) {
            return Long.parseUnsignedLong(snapshot.split(":", -1)[index]);
        }
    }

    @Inject
    RevocationFeed(DirectConnections connections, RevokedTokens revoked, Clock clock) {
        this(() -> readOnly(connections), revoked, clock);
    }

    private static Connection readOnly(DirectConnections connections) throws SQLException {
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

    /** Reads what is new; after a failure the next one begins on a new connection. */
    synchronized void read() throws SQLException {
        if (closed) {
            return;
        }
        Instant begun = clock.instant();
        if (tryingSince == null) {
            tryingSince = begun;
        }
        try {
            Connection open = connection;
            if (open == null) {
                open = connections.open();
                connection = open;
            }
            Cursor next = advanced(open);
            open.commit();
            cursor = next;
        } catch (SQLException | RuntimeException e) {
            disconnect();
            throw e;
        }
        // What was revoked while the answer came is in the next one.
        revoked.complete(begun);
        tryingSince = null;
    }

    /** Since when it has been trying in vain; null when it has succeeded or rests. */
    @Nullable
    Instant tryingSince() {
        return tryingSince;
    }

    /** As though this had been read; for the failures of servers that cannot be brought about. */
    synchronized void resume(@Nullable Cursor at) {
        cursor = at;
    }

    synchronized @Nullable Cursor cursor() {
        return cursor;
    }

    @PreDestroy
    void close() {
        closed = true;
        tear();
    }

    private Cursor advanced(Connection database) throws SQLException {
        Cursor last = cursor;
        if (last != null) {
            Cursor next = taken(database, last);
            if (last.leadsTo(next)) {
                return next;
            }
        }
        return taken(database, null);
    }

    private Cursor taken(Connection database, @Nullable Cursor since) throws SQLException {
        try (PreparedStatement statement = database.prepareStatement(since == null ? ALL_ROWS : NEW_ROWS)) {
            for (int i = 1; since != null && i <= 4; i++) {
                statement.setString(i, since.snapshot());
            }
            statement.setFetchSize(FETCH);
            try (ResultSet rows = statement.executeQuery()) {
                Cursor next = null;
                while (rows.next()) {
                    next = rows.getString(1).equals("cursor") ? cursorOf(rows) : next;
                    take(rows);
                }
                return Objects.requireNonNull(next);
            }
        }
    }

    private void take(ResultSet row) throws SQLException {
        String name = row.getString(2);
        Instant until = Instant.ofEpochSecond(row.getLong(4));
        switch (row.getString(1)) {
            case "session" -> revoked.add(name, until);
            case "user" -> revoked.addUser(name, row.getString(5), Instant.ofEpochSecond(row.getLong(3)), until);
            default -> {}
        }
    }

    private static Cursor cursorOf(ResultSet row) throws SQLException {
        if (row.getBoolean(6)) {
            throw new SQLException("This server is a standby, and does not know the latest revocations");
        }
        return new Cursor(row.getString(5), row.getString(2));
    }

    private void disconnect() {
        tear();
        connection = null;
    }

    /** Not by a polite end, which a network that swallows packets would hold up; also for a thread that waits for an answer. */
    private void tear() {
        Connection open = connection;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException alreadyClosed) {
                // That will do.
            }
        }
    }
}
