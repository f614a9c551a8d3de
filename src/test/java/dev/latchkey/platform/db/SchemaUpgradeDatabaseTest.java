package dev.latchkey.platform.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.platform.boot.DeploymentCheck.Status;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Databases of earlier schemas, as {@code src/test/resources/schema} has them, come through the migrations with every row. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class SchemaUpgradeDatabaseTest {

    private static final Path SCHEMAS = Path.of("src", "test", "resources", "schema");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The id of the transaction that wrote a row; no two databases have the same. */
    private static final String TRANSACTION = "tx";

    private static final String ADA = "01990000-0000-7000-8000-0000000000ad";
    private static final String ADAS_SESSION = "01990000-0000-7000-8001-000000000001";
    private static final List<String> OTHER_SESSIONS =
            List.of("01990000-0000-7000-8001-000000000002", "01990000-0000-7000-8001-000000000003");

    @Inject
    Flyway flyway;

    static List<String> versions() throws IOException {
        try (Stream<Path> files = Files.list(SCHEMAS)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".sql"))
                    .map(name -> name.substring(0, name.length() - ".sql".length()))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void databasesOfSeveralSchemasAreTried() throws IOException {
        assertTrue(
                versions().containsAll(List.of("V005", "V010", "V012", "V015")),
                versions().toString());
    }

    /** A table without rows would prove nothing. */
    @ParameterizedTest
    @MethodSource("versions")
    void databaseHasRowsInEveryTable(String version) throws Exception {
        try (Connection connection = filled(version).connect()) {
            for (String table : columns(connection).keySet()) {
                assertTrue(!rows(connection, table, Set.of("*")).isEmpty(), version + " has no rows in " + table);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void migrationsLoseAndChangeNothing(String version) throws Exception {
        EmbeddedDatabase database = filled(version);
        Map<String, Set<String>> columns;
        Map<String, List<JsonNode>> before;
        try (Connection connection = database.connect()) {
            columns = columns(connection);
            before = rows(connection, columns);
        }

        migrate(database, MigrationVersion.LATEST);

        try (Connection connection = database.connect()) {
            Map<String, List<JsonNode>> after = rows(connection, columns);
            before.forEach((table, rows) -> assertEquals(rows, after.get(table), table + " of " + version));
        }
    }

    /** What a migration adds is in the file of expected rows: each new column, of each row. */
    @ParameterizedTest
    @MethodSource("versions")
    void newColumnsHaveTheValuesThatAreDue(String version) throws Exception {
        EmbeddedDatabase database = filled(version);
        Map<String, Set<String>> old;
        try (Connection connection = database.connect()) {
            old = columns(connection);
        }

        migrate(database, MigrationVersion.LATEST);

        JsonNode expected = JSON.readTree(SCHEMAS.resolve(version + ".json").toFile());
        try (Connection connection = database.connect()) {
            Map<String, Set<String>> added = columns(connection);
            old.forEach((table, names) -> added.computeIfPresent(table, (it, now) -> minus(now, names)));
            added.replaceAll((table, names) -> minus(names, Set.of(TRANSACTION)));
            added.values().removeIf(Set::isEmpty);
            Set<String> named = new TreeSet<>();
            expected.fieldNames().forEachRemaining(named::add);
            assertEquals(added.keySet(), named, "tables that are new, or have new columns, since " + version);

            for (String table : added.keySet()) {
                JsonNode rows = expected.path(table);
                Set<String> columns = new TreeSet<>(primaryKey(connection, table));
                columns.addAll(added.get(table));
                assertEquals(sorted(rows), rows(connection, table, columns), table + " of " + version);
            }
        }
    }

    /**
     * While replicas of both releases run, and after a rollback, the earlier one writes rows of its columns into the newest
     * schema.
     */
    @ParameterizedTest
    @MethodSource("versions")
    void statementsOfTheEarlierReleaseWorkInTheNewestSchema(String version) throws Exception {
        EmbeddedDatabase old = filled(version);
        EmbeddedDatabase newest = EmbeddedDatabaseResource.emptyDatabase();
        migrate(newest, MigrationVersion.LATEST);

        fill(newest, version);

        try (Connection there = old.connect();
                Connection here = newest.connect()) {
            Map<String, Set<String>> columns = columns(there);
            columns.replaceAll((table, names) -> minus(names, Set.of(TRANSACTION)));
            Map<String, List<JsonNode>> written = rows(here, columns);
            rows(there, columns)
                    .forEach((table, rows) -> assertEquals(rows, written.get(table), table + " of " + version));
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void upgradeCheckHasNoErrorAndNamesEachMigration(String version) throws Exception {
        EmbeddedDatabase database = filled(version);
        SchemaHistory history = history(database);
        Map<String, Long> tables;
        try (Connection connection = database.connect()) {
            tables = columns(connection).keySet().stream().collect(Collectors.toMap(table -> table, table -> 1L));
        }

        var results = UpgradeCheck.run(history.read(), history.pending(), tables, true);

        assertTrue(results.stream().noneMatch(result -> result.status() == Status.ERROR), results.toString());
        List<String> pending = history.read().pending();
        List<String> named = results.stream().map(result -> result.name()).toList();
        assertTrue(named.containsAll(pending), named + " names not all of " + pending);
        history.migrate();
        assertTrue(history.read().isComplete());
    }

    private SchemaHistory history(EmbeddedDatabase database) {
        Flyway flyway = flyway(database, MigrationVersion.LATEST);
        return new SchemaHistory(flyway, flyway.getConfiguration().getDataSource());
    }

    /** After a rollback: the release before starts in a schema with migrations that it does not know. */
    @Test
    void schemaThatIsNewerThanTheBuildStopsNoStart() throws Exception {
        EmbeddedDatabase database = filled("V015");
        migrate(database, MigrationVersion.LATEST);
        try (Connection connection = database.connect()) {
            execute(
                    connection,
                    "insert into flyway_schema_history select 1000 + installed_rank, '999', 'from the future', type,"
                            + " 'V999__from_the_future.sql', checksum, installed_by, installed_on, 1, true"
                            + " from flyway_schema_history where version = '005'");
        }
        SchemaHistory history = history(database);

        assertEquals(0, history.migrate());

        assertEquals(List.of("V999 from the future"), history.read().newer());
        assertTrue(history.read().isComplete());
    }

    /** Sessions that were opened before sessions had numbers can be ended, all but the one that ends the others. */
    @Test
    void sessionsFromBeforeTheUpgradeAreEndedByNumber() throws Exception {
        EmbeddedDatabase database = filled("V005");
        migrate(database, MigrationVersion.LATEST);

        try (Connection connection = database.connect()) {
            execute(connection, "select end_sessions('%s', '%s')".formatted(ADA, ADAS_SESSION));

            assertEquals(
                    List.of(ADAS_SESSION), column(connection, "select id from sessions where user_id = '" + ADA + "'"));
            assertEquals(
                    List.of("t"),
                    column(connection, "select session_number > 0 from sessions where id = '" + ADAS_SESSION + "'"));
            assertEquals(List.of(), column(connection, "select user_id from ended_sessions"));
            assertEquals(
                    OTHER_SESSIONS,
                    column(
                            connection,
                            "select session_id from revocations where session_id in ('"
                                    + String.join("', '", OTHER_SESSIONS) + "') order by 1"),
                    "their access tokens are revoked");
        }
    }

    /** The foreign key of the sessions is gone; their end with their user is not. */
    @Test
    void sessionsFromBeforeTheUpgradeEndWithTheirUser() throws Exception {
        EmbeddedDatabase database = filled("V005");
        migrate(database, MigrationVersion.LATEST);

        try (Connection connection = database.connect()) {
            execute(connection, "delete from users where id = '" + ADA + "'");

            assertEquals(List.of(), column(connection, "select id from sessions where user_id = '" + ADA + "'"));
            assertEquals(
                    List.of("1"),
                    column(
                            connection,
                            "select token_version from user_revocations where user_id = '" + ADA
                                    + "' and spared_session = ''"));
        }
    }

    private EmbeddedDatabase filled(String version) throws Exception {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        migrate(database, MigrationVersion.fromVersion(version.substring(1)));
        fill(database, version);
        return database;
    }

    private static void fill(EmbeddedDatabase database, String version) throws Exception {
        try (Connection connection = database.connect()) {
            execute(connection, Files.readString(SCHEMAS.resolve(version + ".sql")));
        }
    }

    private void migrate(EmbeddedDatabase database, MigrationVersion target) {
        flyway(database, target).migrate();
    }

    private Flyway flyway(EmbeddedDatabase database, MigrationVersion target) {
        return Flyway.configure(Thread.currentThread().getContextClassLoader())
                .configuration(flyway.getConfiguration())
                .dataSource(database.url(), database.username(), database.password())
                .target(target)
                .load();
    }

    /** Returns the columns of each table of ours. */
    private static Map<String, Set<String>> columns(Connection connection) throws SQLException {
        Map<String, Set<String>> columns = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        select table_name, column_name from information_schema.columns
                        where table_schema = 'public' and table_name <> 'flyway_schema_history'""")) {
            while (rows.next()) {
                columns.computeIfAbsent(rows.getString(1), table -> new TreeSet<>())
                        .add(rows.getString(2));
            }
        }
        return columns;
    }

    private static List<String> primaryKey(Connection connection, String table) throws SQLException {
        return column(connection, """
                select a.attname from pg_index i
                join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
                where i.indisprimary and i.indrelid = '%s'::regclass""".formatted(table));
    }

    private static Map<String, List<JsonNode>> rows(Connection connection, Map<String, Set<String>> columns)
            throws SQLException, IOException {
        Map<String, List<JsonNode>> rows = new TreeMap<>();
        for (var table : columns.entrySet()) {
            rows.put(table.getKey(), rows(connection, table.getKey(), table.getValue()));
        }
        return rows;
    }

    /** Returns these columns of each row, in the order of their texts. */
    private static List<JsonNode> rows(Connection connection, String table, Set<String> columns)
            throws SQLException, IOException {
        List<JsonNode> rows = new ArrayList<>();
        String list = String.join(", ", columns);
        for (String row : column(connection, "select to_jsonb(r) from (select " + list + " from " + table + ") r")) {
            rows.add(JSON.readTree(row));
        }
        return sorted(rows);
    }

    private static List<JsonNode> sorted(Iterable<JsonNode> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(row -> (JsonNode) JSON.valueToTree(JSON.convertValue(row, TreeMap.class)))
                .sorted((one, other) -> one.toString().compareTo(other.toString()))
                .toList();
    }

    private static Set<String> minus(Set<String> all, Set<String> some) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> column(Connection connection, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }
}
