package dev.latchkey.platform.db;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.resource.LoadableResource;
import org.flywaydb.core.internal.resolver.ChecksumCalculator;
import org.jboss.logging.Logger;

/** Compares the migrations of this build with those that the database has, and applies what is missing. */
@Singleton
public class SchemaHistory {

    private static final Logger LOG = Logger.getLogger(SchemaHistory.class);
    private static final String DIRECTORY = "db/migration/";

    private static final String PREFIX = "V";
    private static final String SEPARATOR = "__";
    private static final String SUFFIX = ".sql";

    /** Selects whether the pool's role may read the history, where its own schema has one. */
    private static final String MAY_READ = """
            select has_table_privilege(oid, 'select') from pg_class
            where relname = 'flyway_schema_history' and relnamespace = to_regnamespace(quote_ident(current_schema()))""";

    private static final String HISTORY = "select version, checksum, success from flyway_schema_history";

    private final Flyway flyway;
    private final DataSource pool;

    SchemaHistory(Flyway flyway, DataSource pool) {
        this.flyway = flyway;
        this.pool = pool;
    }

    /**
     * The state of the schema. Each list has its migrations in the order of their versions, as {@code V003 key rotation}.
     *
     * @param applied known here and applied there
     * @param pending known here and not applied yet
     * @param failed applied there without success
     * @param newer applied there and not known to this build
     * @param changed applied there from another text than this build has
     * @param outOfOrder not applied there, although later ones are
     */
    public record State(
            List<String> applied,
            List<String> pending,
            List<String> failed,
            List<String> newer,
            List<String> changed,
            List<String> outOfOrder) {

        /** Returns whether the service can use the schema. */
        public boolean isComplete() {
            return pending.isEmpty() && failed.isEmpty() && changed.isEmpty() && outOfOrder.isEmpty();
        }
    }

    /**
     * Returns whether the database has the migrations of this build, unchanged, and no others: the usual case of a start.
     * False also if that cannot be told.
     *
     * <p>Two statements on a connection of the pool, which is needed anyway. Flyway comes to the same answer with two connections
     * and some thirty statements, and whatever differs is left to it.
     */
    public boolean isCurrent() {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            return mayRead(statement) && checksums().equals(applied(statement));
        } catch (SQLException | RuntimeException unknown) {
            LOG.debug("The history of the schema could not be read", unknown);
            return false;
        }
    }

    private static boolean mayRead(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery(MAY_READ)) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    /** Returns the checksums of the rows by their versions; a row that is no successful migration has a version of its own. */
    private static Map<String, Integer> applied(Statement statement) throws SQLException {
        Map<String, Integer> checksums = new HashMap<>();
        try (ResultSet rows = statement.executeQuery(HISTORY)) {
            while (rows.next()) {
                String version = rows.getString(1);
                boolean isApplied = rows.getBoolean(3) && version != null && !checksums.containsKey(version);
                checksums.put(isApplied ? version : "row " + rows.getRow(), rows.getInt(2));
            }
        }
        return checksums;
    }

    /** Returns the checksums of this build's migrations by their versions, as Flyway computes them. */
    private Map<String, Integer> checksums() {
        Map<String, Integer> checksums = new HashMap<>();
        for (LoadableResource script :
                flyway.getConfiguration().getResourceProvider().getResources(PREFIX, new String[] {SUFFIX})) {
            String name = script.getFilename();
            checksums.put(
                    name.substring(PREFIX.length(), name.indexOf(SEPARATOR)), ChecksumCalculator.calculate(script));
        }
        return checksums;
    }

    /**
     * Reads the state of the schema with the credentials for migrations, and changes nothing.
     *
     * @throws org.flywaydb.core.api.FlywayException if it cannot be read
     */
    public State read() {
        State state = new State(
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>());
        for (MigrationInfo migration : flyway.info().all()) {
            MigrationState its = migration.getState();
            String name = name(migration);
            if (its.isFailed()) {
                state.failed().add(name);
            } else if (its.isApplied() && !its.isResolved()) {
                state.newer().add(name);
            } else if (its.isApplied()) {
                state.applied().add(name);
                if (!migration.isChecksumMatching()) {
                    state.changed().add(name);
                }
            } else if (its == MigrationState.IGNORED) {
                state.outOfOrder().add(name);
            } else {
                state.pending().add(name);
            }
        }
        return state;
    }

    /**
     * Applies the migrations that are missing, and returns how many there were.
     *
     * @throws org.flywaydb.core.api.FlywayException if one cannot be applied
     */
    public int migrate() {
        return flyway.migrate().migrationsExecuted;
    }

    /** A migration that is not applied yet, with what it does. */
    record Pending(String name, MigrationScript script) {}

    /** Returns the migrations that {@link #migrate} would apply. */
    List<Pending> pending() {
        List<Pending> all = new ArrayList<>();
        for (MigrationInfo migration : flyway.info().pending()) {
            all.add(new Pending(name(migration), MigrationScript.parse(text(migration.getScript()))));
        }
        return all;
    }

    private static String name(MigrationInfo migration) {
        return "V" + migration.getVersion() + " " + migration.getDescription();
    }

    private static String text(String script) {
        // Flyway names it with its directory or without, depending on how it was found.
        String resource = DIRECTORY + script.substring(script.lastIndexOf('/') + 1);
        try (InputStream stream = SchemaHistory.class.getClassLoader().getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException("the build lacks " + resource);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
