package dev.latchkey.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Sql;
import dev.latchkey.revocation.RevocationFeed.Cursor;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A replica misses no revocation, whenever it commits and whatever becomes of the server. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class RevocationFeedDatabaseTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final RevokedTokens revoked = new RevokedTokens(Duration.ofSeconds(1), true);
    private final RevocationFeed feed =
            new RevocationFeed(RevocationFeedDatabaseTest::connect, revoked, Clock.fixed(NOW, ZoneOffset.UTC));
    private final String session = UUID.randomUUID().toString();
    private final String user = UUID.randomUUID().toString();

    @AfterEach
    void close() {
        feed.close();
    }

    @Test
    void learnsWhatIsNew() throws SQLException {
        feed.read();
        assertFalse(revoked.contains(session));
        insert(session);
        Sql.column("select revoke_user(?, 'spared')", user);
        feed.read();
        assertTrue(revoked.contains(session));
        assertTrue(revoked.isRevoked(user, "any", null, Instant.EPOCH));
        assertFalse(revoked.isRevoked(user, "spared", null, Instant.EPOCH));
    }

    // Ready implies that it refuses: the first reading brings everything.
    @Test
    void learnsWhatWasThereBefore() throws SQLException {
        insert(session);
        assertTrue(revoked.isStale(NOW));
        feed.read();
        assertTrue(revoked.contains(session));
        assertFalse(revoked.isStale(NOW));
    }

    @Test
    void learnsManyAtOnce() throws SQLException {
        Sql.update(
                "insert into revocations (session_id) select ? || '-' || n from generate_series(1, 20000) as n",
                session);
        feed.read();
        for (int i = 1; i <= 20_000; i++) {
            assertTrue(revoked.contains(session + "-" + i));
        }
        Sql.update("delete from revocations where session_id like ? || '-%'", session);
    }

    // A row is seen when it commits, however many readings and other commits lie between.
    @Test
    void learnsWhatCommitsLate() throws SQLException {
        feed.read();
        try (Connection late = connect();
                Statement statement = late.createStatement()) {
            statement.execute("insert into revocations (session_id) values ('" + session + "')");
            statement.execute("select revoke_user('" + user + "')");
            for (int i = 0; i < 3; i++) {
                feed.read();
                insert(UUID.randomUUID().toString());
                feed.read();
            }
            assertFalse(revoked.contains(session));
            late.commit();
        }
        feed.read();
        assertTrue(revoked.contains(session));
        assertTrue(revoked.isRevoked(user, null, null, Instant.EPOCH));
    }

    // Part of a transaction that was begun and undone within it, and still the transaction's.
    @Test
    void learnsWhatCommitsLateFromWithinASavepoint() throws SQLException {
        try (Connection late = connect();
                Statement statement = late.createStatement()) {
            statement.execute("insert into revocations (session_id) values ('" + UUID.randomUUID() + "')");
            late.setSavepoint();
            insert(UUID.randomUUID().toString());
            feed.read();
            statement.execute("insert into revocations (session_id) values ('" + session + "')");
            feed.read();
            late.commit();
        }
        feed.read();
        assertTrue(revoked.contains(session));
    }

    @Test
    void readsNothingTwice() throws SQLException {
        insert(session);
        feed.read();
        forget();
        feed.read();
        assertFalse(revoked.contains(session), "what has been seen is behind the cursor");
    }

    // A later revocation of the same user replaces the row, and is new.
    @Test
    void learnsAUserAnew() throws SQLException {
        Sql.column("select revoke_user(?)", user);
        feed.read();
        forget();
        Sql.column("select revoke_user(?)", user);
        feed.read();
        assertTrue(revoked.isRevoked(user, null, null, Instant.EPOCH));
    }

    @Test
    void leavesWhatIsOver() throws SQLException {
        Sql.update("insert into revocations values (?, default, now() - interval '1 second')", session);
        feed.read();
        assertFalse(revoked.contains(session));
        Sql.update("delete from revocations where session_id = ?", session);
    }

    @Test
    void takesAnEndlessRowForALongOne() throws SQLException {
        Sql.update("insert into revocations values (?, default, 'infinity')", session);
        feed.read();
        assertTrue(revoked.contains(session));
        Sql.update("delete from revocations where session_id = ?", session);
    }

    // --- Another server ---

    // Failover: the standby counts transactions from where it was, so the cursor would skip what comes next there.
    @Test
    void readsEverythingFromAnotherServer() throws SQLException {
        insert(session);
        feed.read();
        Cursor here = cursor();
        forget();
        feed.setCursor(new Cursor("another", here.snapshot()));
        feed.read();
        assertTrue(revoked.contains(session));
        assertEquals(here.server(), cursor().server());
    }

    // A crash after which the same numbers are given again, or a restore.
    @Test
    void readsEverythingWhenTheCountingWentBack() throws SQLException {
        insert(session);
        feed.read();
        Cursor here = cursor();
        for (String ahead : new String[] {"9000000000:9000000001:", "3:9000000001:"}) {
            forget();
            feed.setCursor(new Cursor(here.server(), ahead));
            feed.read();
            assertTrue(revoked.contains(session), ahead);
        }
    }

    @Test
    void tellsServersApart() throws SQLException {
        feed.read();
        Cursor here = cursor();
        feed.setCursor(null);
        feed.read();
        assertEquals(here.server(), cursor().server());
        // The start of the server, its statistics' start, and the two tables.
        assertEquals(4, here.server().split(" ", -1).length, here::server);
    }

    // --- Failure ---

    @Test
    void beginsAnewOnAnotherConnection() throws SQLException {
        Connection[] given = new Connection[1];
        RevocationFeed broken = new RevocationFeed(
                () -> given[0] = connect(), revoked, Clock.fixed(NOW.plusSeconds(1), ZoneOffset.UTC));
        broken.read();
        given[0].close();
        insert(session);

        assertThrows(SQLException.class, broken::read);
        assertEquals(NOW.plusSeconds(1), broken.tryingSince());
        assertFalse(revoked.contains(session));

        broken.read();
        assertNull(broken.tryingSince());
        assertTrue(revoked.contains(session));
        broken.close();
    }

    @Test
    void isNotCompleteAfterAFailure() {
        RevocationFeed cut = new RevocationFeed(
                () -> {
                    throw new SQLException("away");
                },
                revoked,
                Clock.fixed(NOW, ZoneOffset.UTC));
        assertThrows(SQLException.class, cut::read);
        assertTrue(revoked.isStale(NOW));
        assertEquals(NOW, cut.tryingSince());
    }

    @Test
    void readsNothingOnceClosed() throws SQLException {
        feed.close();
        feed.read();
        assertTrue(revoked.isStale(NOW));
    }

    private Cursor cursor() {
        return Objects.requireNonNull(feed.cursor());
    }

    /** As though it had never been read. */
    private void forget() {
        Instant muchLater = Instant.parse("2079-01-01T00:00:00Z");
        for (int i = 0; i < 2 * RevokedTokens.SWEEPS; i++) {
            revoked.sweep(muchLater);
        }
        assertFalse(revoked.contains(session));
    }

    private static void insert(String session) {
        Sql.update("insert into revocations (session_id) values (?)", session);
    }

    private static Connection connect() throws SQLException {
        Connection connection = EmbeddedDatabaseResource.database().connect();
        connection.setAutoCommit(false);
        assertNotNull(connection);
        return connection;
    }
}
