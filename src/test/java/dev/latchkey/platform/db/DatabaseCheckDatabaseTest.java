package dev.latchkey.platform.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.FreePort;
import dev.latchkey.platform.boot.DeploymentCheck.CheckResult;
import dev.latchkey.platform.boot.DeploymentCheck.Status;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** An operator is told what is wrong with a database, and what to do; the database stays as it is. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class DatabaseCheckDatabaseTest {

    private static final String EVERYTHING =
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace";

    @Inject
    Flyway flyway;

    @Inject
    DatabaseCheck ofService;

    @Inject
    UpgradeCheck upgradeOfService;

    @Test
    void reportsNothingAboutADatabaseInOrder() {
        List<CheckResult> results = ofService.run();
        assertTrue(results.stream().allMatch(result -> result.status() == Status.OK), results.toString());
        assertTrue(
                results.getFirst().message().matches("PostgreSQL 1\\d.* as latchkey, connected in \\d+ ms"),
                results.toString());
        assertTrue(named(results, "migrations").message().contains("none pending"), results.toString());
        List<CheckResult> upgrade = upgradeOfService.run();
        assertTrue(upgrade.stream().allMatch(result -> result.status() == Status.OK), upgrade.toString());
    }

    @Test
    void reportsADatabaseThatIsDown() {
        List<CheckResult> results =
                check(new EmbeddedDatabase(EmbeddedDatabase.url(FreePort.find(), "latchkey"), "x", "y"));
        assertEquals(1, results.size(), results.toString());
        assertEquals(Status.ERROR, results.getFirst().status());
        assertTrue(results.getFirst().remedy().contains("QUARKUS_DATASOURCE_JDBC_URL"), results.toString());
    }

    @Test
    void reportsAWrongPasswordWithoutRepeatingIt() {
        EmbeddedDatabase database = EmbeddedDatabaseResource.database();
        List<CheckResult> results = check(new EmbeddedDatabase(database.url(), database.username(), "hunter2"));
        assertEquals(Status.ERROR, results.getFirst().status());
        assertTrue(results.getFirst().remedy().contains("QUARKUS_DATASOURCE_PASSWORD"), results.toString());
        assertFalse(results.toString().contains("hunter2"), results.toString());
    }

    @Test
    void reportsADatabaseThatDoesNotExist() {
        EmbeddedDatabase database = EmbeddedDatabaseResource.database();
        List<CheckResult> results =
                check(new EmbeddedDatabase(database.url() + "_missing", database.username(), database.password()));
        assertTrue(results.getFirst().remedy().contains("create the database"), results.toString());
    }

    /** The timeouts of the connection that the service's own check has. */
    @Test
    void givesUpOnADatabaseThatNeverResponds() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            DatabaseCheck check = new DatabaseCheck(
                    () -> java.sql.DriverManager.getConnection(EmbeddedDatabase.url(silent.getLocalPort(), "latchkey")
                            + "?user=x&connectTimeout=1&loginTimeout=1&socketTimeout=1"),
                    this::noSchema,
                    new DatabaseSettingsCheck(Optional.of("jdbc:postgresql://db/latchkey")),
                    () -> true,
                    Clock.systemUTC());
            assertEquals(Status.ERROR, check.run().getFirst().status());
        }
    }

    @Test
    void skipsWhatIsNotConfigured() {
        DatabaseCheck check = new DatabaseCheck(
                () -> {
                    throw new SQLException("not to be called");
                },
                this::noSchema,
                new DatabaseSettingsCheck(Optional.empty()),
                () -> true,
                Clock.systemUTC());
        assertEquals(
                List.of(Status.SKIPPED),
                check.run().stream().map(CheckResult::status).toList());
    }

    @Test
    void reportsClocksThatDiffer() {
        EmbeddedDatabase database = EmbeddedDatabaseResource.database();
        assertEquals(Status.OK, named(check(database, Duration.ZERO), "clock").status());
        CheckResult slow = named(check(database, Duration.ofSeconds(-3)), "clock");
        assertEquals(Status.WARNING, slow.status());
        assertTrue(slow.message().contains("ahead of this machine's"), slow.message());
        CheckResult fast = named(check(database, Duration.ofMinutes(2)), "clock");
        assertEquals(Status.ERROR, fast.status());
        assertTrue(fast.message().contains("behind this machine's"), fast.message());
        assertTrue(fast.remedy().contains("NTP"), fast.remedy());
    }

    @Test
    void listsTheMigrationsOfAnEmptyDatabaseAndAppliesNone() throws SQLException {
        EmbeddedDatabase empty = EmbeddedDatabaseResource.emptyDatabase();
        CheckResult pending = named(check(empty), "migrations");
        assertEquals(Status.WARNING, pending.status());
        assertTrue(pending.message().startsWith("not applied yet: V001 ground floor, V002"), pending.message());
        assertTrue(pending.remedy().contains("latchkey migrate"), pending.remedy());
        SchemaHistory history = history(empty);
        assertEquals(history.read().pending().size(), history.pending().size());
        assertEquals("0", value(empty, EVERYTHING));
    }

    @Test
    void reportsASchemaThatIsOlderThanThisBuild() throws SQLException {
        EmbeddedDatabase old = EmbeddedDatabaseResource.emptyDatabase();
        Flyway.configure(Thread.currentThread().getContextClassLoader())
                .configuration(flyway.getConfiguration())
                .dataSource(old.url(), old.username(), old.password())
                .target("5")
                .load()
                .migrate();
        List<CheckResult> results = check(old);
        assertTrue(named(results, "migrations").message().startsWith("not applied yet: V006"), results.toString());
        assertTrue(history(old).read().newer().isEmpty());
        assertEquals("5", value(old, "select max(version::integer)::text from flyway_schema_history"));
    }

    @Test
    void reportsASchemaThatIsNewerThanThisBuild() throws SQLException {
        EmbeddedDatabase newer = migrated();
        execute(newer, history("999", "true"));
        CheckResult result = named(check(newer), "migrations");
        assertEquals(Status.WARNING, result.status());
        assertTrue(result.message().contains("newer than this build, and has V999"), result.message());
        assertTrue(history(newer).read().isComplete(), "the release before serves it");
    }

    @Test
    void reportsAFailedMigration() throws SQLException {
        EmbeddedDatabase failed = migrated();
        execute(failed, history("999", "false"));
        CheckResult result = named(check(failed), "migrations");
        assertEquals(Status.ERROR, result.status());
        assertTrue(result.message().contains("failed: V999"), result.message());
        assertFalse(history(failed).read().isComplete());
    }

    @Test
    void reportsAMigrationThatWasChangedAfterwards() throws SQLException {
        EmbeddedDatabase changed = migrated();
        execute(changed, "update flyway_schema_history set checksum = checksum + 1 where version = '003'");
        CheckResult result = named(check(changed), "migrations");
        assertEquals(Status.ERROR, result.status());
        assertTrue(result.message().contains("another text than this build has: V003"), result.message());
    }

    @Test
    void reportsAServerThatIsReadOnlyOrForgets() throws SQLException {
        EmbeddedDatabase unsafe = migrated();
        String name = unsafe.url().substring(unsafe.url().lastIndexOf('/') + 1);
        execute(unsafe, "alter database " + name + " set synchronous_commit = off");
        execute(unsafe, "alter database " + name + " set default_transaction_read_only = on");
        List<CheckResult> results = check(unsafe);
        assertEquals(Status.ERROR, named(results, "writing").status());
        assertEquals(Status.ERROR, named(results, "durability").status());
    }

    private SchemaHistory.State noSchema() {
        throw new IllegalStateException("not to be called");
    }

    private List<CheckResult> check(EmbeddedDatabase database) {
        return check(database, Duration.ZERO);
    }

    private List<CheckResult> check(EmbeddedDatabase database, Duration fast) {
        return new DatabaseCheck(
                        database::connect,
                        history(database)::read,
                        new DatabaseSettingsCheck(Optional.of(database.url())),
                        () -> true,
                        Clock.offset(Clock.systemUTC(), fast))
                .run();
    }

    private EmbeddedDatabase migrated() {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        history(database).migrate();
        return database;
    }

    private SchemaHistory history(EmbeddedDatabase database) {
        Flyway elsewhere = Flyway.configure(Thread.currentThread().getContextClassLoader())
                .configuration(flyway.getConfiguration())
                .dataSource(database.url(), database.username(), database.password())
                .load();
        return new SchemaHistory(elsewhere, elsewhere.getConfiguration().getDataSource());
    }

    private static String history(String version, String success) {
        return "insert into flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by,"
                + " execution_time, success) values (" + version + ", '" + version + "', 'of another build', 'SQL', 'V"
                + version + "__x.sql', 1, 'test', 1, " + success + ")";
    }

    private static CheckResult named(List<CheckResult> results, String name) {
        return results.stream()
                .filter(result -> result.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not in " + results));
    }

    private static void execute(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String value(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
