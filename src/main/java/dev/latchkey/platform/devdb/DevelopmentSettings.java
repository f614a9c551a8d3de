package dev.latchkey.platform.devdb;

import java.nio.file.Path;
import java.util.stream.Stream;

/** What a developer need not configure: an embedded database and a master secret, both kept in one folder. */
public final class DevelopmentSettings {

    private DevelopmentSettings() {}

    /** Sets, as system properties, whichever of the two the environment does not give; a reload finds them given. */
    public static void supply(Path folder) {
        if (!isGiven("QUARKUS_DATASOURCE_JDBC_URL", "quarkus.datasource.jdbc.url")) {
            EmbeddedDatabase database = EmbeddedDatabase.in(folder.resolve("postgresql"));
            System.setProperty("quarkus.datasource.jdbc.url", database.url());
            System.setProperty("quarkus.datasource.username", database.username());
            System.setProperty("quarkus.datasource.password", database.password());
            say("PostgreSQL is up, its data are in " + folder.toAbsolutePath()
                    + " (delete that folder to start afresh).");
        }
        if (!isGiven("LATCHKEY_SECRET", "LATCHKEY_SECRET_FILE", "latchkey.key.secret", "latchkey.key.secret-file")) {
            System.setProperty("LATCHKEY_SECRET", DevSecret.in(folder.resolve("secret")));
        }
    }

    private static boolean isGiven(String... names) {
        return Stream.of(names)
                .flatMap(name -> Stream.ofNullable(System.getProperty(name, System.getenv(name))))
                .anyMatch(value -> !value.isBlank());
    }

    // Before the logging of the framework is set up.
    @SuppressWarnings("SystemOut")
    private static void say(String line) {
        System.out.println(line);
    }
}
