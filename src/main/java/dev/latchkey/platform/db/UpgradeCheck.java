package dev.latchkey.platform.db;

import dev.latchkey.platform.boot.DeploymentCheck.CheckResult;
import dev.latchkey.platform.db.MigrationScript.Effect;
import dev.latchkey.platform.db.MigrationScript.Kind;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Says what the migrations of this build would do to the database, and does nothing. */
@Singleton
public final class UpgradeCheck {

    /** A table of so many rows is read or written anew within a few seconds. */
    private static final long MANY_ROWS = 100_000;

    /** Estimates, so that a large table is not counted; fewer than none means that nobody has counted yet. */
    private static final String TABLES = """
            select c.relname, greatest(c.reltuples, 0)::bigint from pg_class c
            where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')""";

    private final DirectConnections connections;
    private final SchemaHistory history;
    private final DatabaseConfig config;

    UpgradeCheck(DirectConnections connections, SchemaHistory history, DatabaseConfig config) {
        this.connections = connections;
        this.history = history;
        this.config = config;
    }

    /** Returns an error if the upgrade should not be made as it is. */
    public List<CheckResult> run() {
        Map<String, Long> tables;
        try (Connection connection = connections.open("latchkey-upgrade-check")) {
            connection.setReadOnly(true);
            tables = tables(connection);
        } catch (SQLException | RuntimeException failure) {
            return List.of(
                    CheckResult.error("connection", DatabaseErrors.reason(failure), DatabaseCheck.remedy(failure)));
        }
        try {
            return run(history.read(), history.pending(), tables, config.migrate());
        } catch (RuntimeException failure) {
            return List.of(
                    CheckResult.error(
                            "migrations",
                            "their state cannot be read: " + DatabaseErrors.reason(failure),
                            "check QUARKUS_FLYWAY_USERNAME, QUARKUS_FLYWAY_PASSWORD and LATCHKEY_DIRECT_JDBC_URL, if they are set"));
        }
    }

    /**
     * The decision.
     *
     * @param tables the tables that there are, each with its estimated number of rows
     */
    static List<CheckResult> run(
            SchemaHistory.State state,
            List<SchemaHistory.Pending> pending,
            Map<String, Long> tables,
            boolean migrates) {
        List<CheckResult> results = new ArrayList<>();
        if (state.applied().isEmpty() && state.newer().isEmpty() && !tables.isEmpty()) {
            results.add(CheckResult.error(
                    "schema", "has tables, and none of Latchkey's migrations", "give Latchkey a database of its own"));
        }
        DatabaseCheck.schema(state, migrates).stream()
                // The pending ones have lines of their own.
                .filter(result -> !result.message().startsWith("not applied yet"))
                .forEach(results::add);
        for (SchemaHistory.Pending migration : pending) {
            results.addAll(effects(migration, tables));
        }
        return results;
    }

    private static List<CheckResult> effects(SchemaHistory.Pending migration, Map<String, Long> tables) {
        List<CheckResult> results = new ArrayList<>();
        for (Effect effect : migration.script().effects()) {
            // What an earlier one of them creates is empty, and nobody uses it.
            Optional<Long> rows = Optional.ofNullable(tables.get(effect.object()));
            if (effect.kind() == Kind.REMOVES && !tables.isEmpty()) {
                results.add(CheckResult.error(
                        migration.name(),
                        "takes away or changes " + effect.object() + ", which replicas of the release before use",
                        "stop all replicas before it is applied, or go by the releases in between"));
            } else if (rows.isPresent() && rows.get() >= MANY_ROWS && effect.kind() != Kind.LOCKS) {
                results.add(CheckResult.warning(
                        migration.name(),
                        String.format(
                                Locale.ROOT,
                                "%s about %,d rows of %s, and writes to it wait meanwhile",
                                effect.kind() == Kind.BLOCKS_WRITES
                                        ? "builds an index over"
                                        : "writes or reads each of",
                                rows.get(),
                                effect.object()),
                        "run latchkey migrate at a quiet time before the new replicas start"));
            }
        }
        if (results.isEmpty()) {
            List<String> locked = migration.script().effects().stream()
                    .map(Effect::object)
                    .filter(tables::containsKey)
                    .distinct()
                    .sorted()
                    .toList();
            results.add(CheckResult.ok(
                    migration.name(),
                    locked.isEmpty()
                            ? "would be applied; locks no table in use"
                            : "would be applied; locks " + String.join(", ", locked) + " for a moment"));
        }
        return results;
    }

    private static Map<String, Long> tables(Connection connection) throws SQLException {
        Map<String, Long> tables = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(TABLES)) {
            while (rows.next()) {
                tables.put(rows.getString(1), rows.getLong(2));
            }
        }
        return tables;
    }
}
