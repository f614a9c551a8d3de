package dev.latchkey.platform.devdb;

import java.nio.file.Path;
import java.util.stream.Stream;

/** Default settings for development: an embedded database and a master secret, both kept in one folder. */
public final class DevelopmentSettings {

    private DevelopmentSettings() {}

    /** Sets the database and the secret as system properties, unless they are set; a reload finds them set. */
    public static void setMissing(Path folder) {
        if (!isSet("QUARKUS_DATASOURCE_JDBC_URL", "quarkus.datasource.jdbc.url")) {
            EmbeddedDatabase database = EmbeddedDatabase.startIn(folder.resolve("postgresql"));
            System.setProperty("quarkus.datasource.jdbc.url", database.url());
            System.setProperty("quarkus.datasource.username", database.username());
            System.setProperty("quarkus.datasource.password", database.password());
            printLine("PostgreSQL is running, its data are in " + folder.toAbsolutePath()
                    + " (delete that folder to start with an empty database).");
        }
        if (!isSet("LATCHKEY_SECRET", "LATCHKEY_SECRET_FILE", "latchkey.key.secret", "latchkey.key.secret-file")) {
            System.setProperty("LATCHKEY_SECRET", DevSecret.readOrCreate(folder.resolve("secret")));
        }
    }

    private static boolean isSet(String... names) {
        return Stream.of(names)
                .flatMap(name -> Stream.ofNullable(System.getProperty(name, System.getenv(name))))
                .anyMatch(value -> !value.isBlank());
    }

    // Not a logger, since the framework has not set up logging yet.
    @SuppressWarnings("SystemOut")
    private static void printLine(String line) {
        System.out.println(line);
    }
}
