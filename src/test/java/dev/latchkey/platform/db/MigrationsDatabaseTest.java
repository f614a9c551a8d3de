package dev.latchkey.platform.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.FreePort;
import dev.latchkey.platform.db.Migrations.SchemaReady;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema comes about by itself, however many replicas start at once and whether there is a database yet. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class MigrationsDatabaseTest {

    @Inject
    Flyway flyway;

    @Inject
    Event<SchemaReady> schemaReady;

    @Inject
    Migrations ours;

    @Test
    void areDoneInTheServiceItself() {
        assertTrue(ours.isDone());
    }

    /** Several replicas may start at once on an empty database. */
    @Test
    void severalReplicasMakeOneSchema() throws Exception {
        EmbeddedDatabase empty = EmbeddedDatabaseResource.emptyDatabase();
        List<Migrations> replicas = IntStream.range(0, 4)
                .mapToObj(i -> migrations(empty.url(), empty.username(), empty.password()))
                .toList();
        List<Thread> starts = replicas.stream()
                .map(replica -> Thread.ofPlatform().start(() -> replica.start(new StartupEvent())))
                .toList();
        for (Thread start : starts) {
            start.join();
        }

        Eventually.holds("all are done", () -> replicas.stream().allMatch(Migrations::isDone));

        replicas.forEach(Migrations::stop);
        assertEquals(
                column(EmbeddedDatabaseResource.database(), "select version from flyway_schema_history order by 1"),
                column(empty, "select version from flyway_schema_history order by 1"));
        String tables = "select table_name from information_schema.tables where table_schema = 'public' order by 1";
        assertEquals(column(EmbeddedDatabaseResource.database(), tables), column(empty, tables));
        assertEquals(List.of(), column(empty, "select version from flyway_schema_history where not success"));
    }

    @Test
    void waitForADatabaseThatIsAway() {
        Migrations waiting = migrations(EmbeddedDatabase.url(FreePort.find(), "latchkey"), "latchkey", "x");

        waiting.start(new StartupEvent());

        assertFalse(waiting.isDone());
        assertTrue(waiting.pendingReason().startsWith("wait for the database: "), waiting.pendingReason());
        waiting.stop();
    }

    /** A wrong password is nothing that passes by waiting, but also no reason to end: somebody may mend it. */
    @Test
    void sayWhyTheyFail() {
        EmbeddedDatabase empty = EmbeddedDatabaseResource.emptyDatabase();
        Migrations refused = migrations(empty.url(), empty.username(), "another password");

        refused.start(new StartupEvent());

        assertFalse(refused.isDone());
        assertTrue(refused.pendingReason().startsWith("failed: "), refused.pendingReason());
        assertFalse(refused.pendingReason().contains("another password"), refused.pendingReason());
        refused.stop();
    }

    /** A replica that leaves the migration to a command is not ready before, and becomes ready by itself. */
    @Test
    void waitForTheCommandThatMigrates() throws SQLException {
        EmbeddedDatabase empty = EmbeddedDatabaseResource.emptyDatabase();
        Migrations waiting = migrations(empty.url(), empty.username(), empty.password(), false);

        waiting.start(new StartupEvent());

        assertFalse(waiting.isDone());
        assertTrue(waiting.pendingReason().startsWith("wait for latchkey migrate: V001"), waiting.pendingReason());
        assertEquals(
                List.of(), column(empty, "select relname from pg_class where relnamespace = 'public'::regnamespace"));
        Migrations command = migrations(empty.url(), empty.username(), empty.password());
        command.start(new StartupEvent());
        Eventually.holds("it becomes ready", waiting::isDone);
        waiting.stop();
        command.stop();
    }

    /** What a start asks before it calls Flyway. */
    @Nested
    class SchemaThatIsCurrent {

        @Test
        void isRecognisedByWhatFlywayHasStored() {
            EmbeddedDatabase empty = EmbeddedDatabaseResource.emptyDatabase();
            SchemaHistory history = history(empty.url(), empty.username(), empty.password());
            assertFalse(history.isCurrent(), "of an empty database");
            history.migrate();
            assertTrue(history.isCurrent());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "update flyway_schema_history set checksum = checksum + 1 where version = '002'",
                    "update flyway_schema_history set checksum = null where version = '002'",
                    "update flyway_schema_history set success = false where version = '002'",
                    "update flyway_schema_history set version = '2' where version = '002'",
                    "delete from flyway_schema_history where version = '002'",
                    "insert into flyway_schema_history select 1000, '999', 'x', type, script, checksum, installed_by,"
                            + " installed_on, 1, true from flyway_schema_history where version = '002'",
                    "insert into flyway_schema_history select 1000, version, 'x', type, script, checksum, installed_by,"
                            + " installed_on, 1, false from flyway_schema_history where version = '002'",
                    "insert into flyway_schema_history select 1000, null, 'x', type, script, checksum, installed_by,"
                            + " installed_on, 1, true from flyway_schema_history where version = '002'",
                    "alter table flyway_schema_history set schema elsewhere",
                    "alter role reader set search_path = elsewhere, public",
                    "revoke select on flyway_schema_history from reader",
                })
        void isNotTakenForOneThatDiffers(String difference) throws SQLException {
            EmbeddedDatabase empty = EmbeddedDatabaseResource.emptyDatabase();
            history(empty.url(), empty.username(), empty.password()).migrate();
            SchemaHistory history = history(empty.url(), "reader", empty.password());
            try (Connection connection = new EmbeddedDatabase(empty.url(), "postgres", empty.password()).connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("drop role if exists reader; create role reader login; create schema elsewhere;"
                        + " grant usage on schema elsewhere to reader; grant select on flyway_schema_history to reader;"
                        + " alter role reader password '" + empty.password() + "'");
                try {
                    assertTrue(history.isCurrent());

                    statement.execute(difference);

                    assertFalse(history.isCurrent(), difference);
                } finally {
                    statement.execute("drop owned by reader; drop role reader");
                }
            }
        }

        @Test
        void isNotAssumedOfADatabaseThatIsAway() {
            assertFalse(history(EmbeddedDatabase.url(FreePort.find(), "latchkey"), "latchkey", "x")
                    .isCurrent());
        }
    }

    private Migrations migrations(String url, String username, String password) {
        return migrations(url, username, password, true);
    }

    private Migrations migrations(String url, String username, String password, boolean migrate) {
        return new Migrations(history(url, username, password), () -> migrate, schemaReady);
    }

    private SchemaHistory history(String url, String username, String password) {
        Flyway elsewhere = Flyway.configure(Thread.currentThread().getContextClassLoader())
                .configuration(flyway.getConfiguration())
                .dataSource(url, username, password)
                .load();
        return new SchemaHistory(elsewhere, elsewhere.getConfiguration().getDataSource());
    }

    private static List<String> column(EmbeddedDatabase database, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }
}
