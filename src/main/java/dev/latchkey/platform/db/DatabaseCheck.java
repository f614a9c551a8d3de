package dev.latchkey.platform.db;

import dev.latchkey.platform.boot.DeploymentCheck;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Checks whether the database can be used as the service uses it: connection, rights, schema, clock. Only reads. */
@Singleton
final class DatabaseCheck implements DeploymentCheck {

    /** PostgreSQL 13, for the type xid8. */
    private static final int MIN_VERSION = 130_000;

    // Tokens carry the time of the replica that signs them, and a verifier accepts a difference of 5 s by default.
    private static final Duration NOTABLE_DIFFERENCE = Duration.ofSeconds(1);
    private static final Duration MAX_DIFFERENCE = Duration.ofSeconds(5);

    private static final String SERVER = """
            select current_setting('server_version_num')::integer, current_setting('server_version'), current_user,
                pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean,
                current_setting('synchronous_commit'), current_setting('fsync')""";

    private final Connections connections;
    private final Supplier<SchemaHistory.State> history;
    private final DatabaseSettingsCheck settings;
    private final DatabaseConfig config;
    private final Clock clock;

    @Inject
    DatabaseCheck(
            DirectConnections connections,
            SchemaHistory history,
            DatabaseSettingsCheck settings,
            DatabaseConfig config,
            Clock clock) {
        this(() -> connections.open("latchkey-doctor"), history::read, settings, config, clock);
    }

    DatabaseCheck(
            Connections connections,
            Supplier<SchemaHistory.State> history,
            DatabaseSettingsCheck settings,
            DatabaseConfig config,
            Clock clock) {
        this.connections = connections;
        this.history = history;
        this.settings = settings;
        this.config = config;
        this.clock = clock;
    }

    /** Opens a connection with the service's credentials. */
    @FunctionalInterface
    interface Connections {

        Connection open() throws SQLException;
    }

    @Override
    public String group() {
        return "database";
    }

    @Override
    public List<CheckResult> run() {
        if (!settings.problems().isEmpty()) {
            return List.of(CheckResult.skipped("connection", "no database is configured"));
        }
        List<CheckResult> results = new ArrayList<>();
        long start = System.nanoTime();
        try (Connection connection = connections.open()) {
            long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
            connection.setReadOnly(true);
            results.addAll(server(connection, millis));
            results.add(clock(connection));
            results.addAll(DatabasePrivileges.check(connection, config.migrate()));
        } catch (SQLException | RuntimeException failure) {
            results.add(CheckResult.error(
                    results.isEmpty() ? "connection" : "query", DatabaseErrors.reason(failure), remedy(failure)));
            return results;
        }
        results.addAll(schema());
        return results;
    }

    private static List<CheckResult> server(Connection connection, long millis) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SERVER)) {
            row.next();
            List<CheckResult> results = new ArrayList<>();
            results.add(
                    row.getInt(1) >= MIN_VERSION
                            ? CheckResult.ok(
                                    "connection",
                                    "PostgreSQL %s as %s, connected in %d ms"
                                            .formatted(row.getString(2), row.getString(3), millis))
                            : CheckResult.error(
                                    "connection",
                                    "PostgreSQL " + row.getString(2) + " is too old",
                                    "use PostgreSQL 13 or newer"));
            if (row.getBoolean(4)) {
                results.add(
                        CheckResult.error(
                                "writing",
                                "the server is read-only, as a standby is",
                                "let QUARKUS_DATASOURCE_JDBC_URL name the primary, or add ?targetServerType=primary to several hosts"));
            }
            if (row.getString(5).equals("off") || row.getString(6).equals("off")) {
                results.add(CheckResult.error(
                        "durability",
                        "synchronous_commit or fsync is off: a crash loses what was acknowledged, revocations too",
                        "switch both on"));
            }
            return results;
        }
    }

    private CheckResult clock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            Instant before = clock.instant();
            try (ResultSet row = statement.executeQuery("select clock_timestamp()")) {
                row.next();
                Instant database = row.getObject(1, OffsetDateTime.class).toInstant();
                return compareClocks(before, database, clock.instant());
            }
        }
    }

    /** Compares the database's time with ours before and after it was asked for. */
    static CheckResult compareClocks(Instant before, Instant database, Instant after) {
        // What the query itself took is no difference.
        Duration difference = database.isBefore(before)
                ? Duration.between(database, before)
                : database.isAfter(after) ? Duration.between(after, database) : Duration.ZERO;
        String message = String.format(
                Locale.ROOT,
                "the database's clock is %.3f s %s",
                difference.toMillis() / 1000.0,
                database.isBefore(before) ? "behind this machine's" : "ahead of this machine's");
        String remedy =
                "synchronise the clocks of both machines (NTP); tokens are refused where clocks differ by more than"
                        + " latchkey.token.leeway";
        if (difference.compareTo(MAX_DIFFERENCE) > 0) {
            return CheckResult.error("clock", message, remedy);
        }
        return difference.compareTo(NOTABLE_DIFFERENCE) > 0
                ? CheckResult.warning("clock", message, remedy)
                : CheckResult.ok("clock", difference.isZero() ? "no difference to the database's" : message);
    }

    private List<CheckResult> schema() {
        try {
            return schema(history.get(), config.migrate());
        } catch (RuntimeException failure) {
            return List.of(CheckResult.error(
                    "migrations",
                    "their state cannot be read: " + DatabaseErrors.reason(failure),
                    "check QUARKUS_FLYWAY_USERNAME, QUARKUS_FLYWAY_PASSWORD and LATCHKEY_DIRECT_JDBC_URL, if they are set,"
                            + " and grant select on flyway_schema_history"));
        }
    }

    /** Says in words how the schema is. */
    static List<CheckResult> schema(SchemaHistory.State state, boolean migrates) {
        List<CheckResult> results = new ArrayList<>();
        if (!state.failed().isEmpty()) {
            results.add(CheckResult.error(
                    "migrations",
                    "failed: " + String.join(", ", state.failed()),
                    "remove the cause, which the log of the migration names, and what it left behind; then delete its row from"
                            + " flyway_schema_history"));
        }
        if (!state.changed().isEmpty()) {
            results.add(CheckResult.error(
                    "migrations",
                    "applied from another text than this build has: " + String.join(", ", state.changed()),
                    "run the build that made this schema, or restore it; released migrations never change"));
        }
        if (!state.outOfOrder().isEmpty()) {
            results.add(CheckResult.error(
                    "migrations",
                    "not applied although later ones are: " + String.join(", ", state.outOfOrder()),
                    "run the build that made this schema"));
        }
        if (!state.newer().isEmpty()) {
            results.add(CheckResult.warning(
                    "migrations",
                    "the database is newer than this build, and has " + String.join(", ", state.newer()),
                    "go on with the newer release; this one serves such a database only if it is the release before"));
        }
        if (!state.pending().isEmpty()) {
            results.add(CheckResult.warning(
                    "migrations",
                    "not applied yet: " + String.join(", ", state.pending()),
                    migrates
                            ? "start the service, which applies them, or run latchkey migrate"
                            : "run latchkey migrate; until then replicas are not ready"));
        }
        if (results.isEmpty()) {
            results.add(CheckResult.ok("migrations", state.applied().size() + " applied, none pending"));
        }
        return results;
    }

    /** Returns what to do about a failure, by its SQLSTATE. */
    static String remedy(Throwable failure) {
        String state = "";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                state = sql.getSQLState();
                break;
            }
        }
        return switch (state) {
            case "28P01", "28000" ->
                "check QUARKUS_DATASOURCE_USERNAME and QUARKUS_DATASOURCE_PASSWORD, and the server's pg_hba.conf";
            case "3D000" -> "create the database, or correct its name in QUARKUS_DATASOURCE_JDBC_URL";
            case "42501" -> "grant the role what it lacks; deploy/sql/roles.sql has all that the service needs";
            case "53300" -> "raise max_connections of the server, or lower QUARKUS_DATASOURCE_JDBC_MAX_SIZE";
            default ->
                "check host and port in QUARKUS_DATASOURCE_JDBC_URL, that the server runs, and that the network lets this"
                        + " machine reach it";
        };
    }
}
