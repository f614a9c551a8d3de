package dev.latchkey.platform.db;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;

/** Compares the migrations of this build with those that the database has, and applies what is missing. */
@Singleton
public class SchemaHistory {

    private static final String DIRECTORY = "db/migration/";

    private final Flyway flyway;

    SchemaHistory(Flyway flyway) {
        this.flyway = flyway;
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
