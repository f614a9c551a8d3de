package dev.latchkey.platform.devdb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.ServiceLoader;

/** A PostgreSQL database for development and tests, with its data in a folder; it stops with the JVM that started it. */
public record EmbeddedDatabase(String url, String username, String password) {

    private static final String SUPERUSER = "postgres";
    private static final String NAME = "latchkey";

    /** Returns the database in this folder, which is started unless this JVM has done so already. */
    public static synchronized EmbeddedDatabase startIn(Path folder) {
        try {
            Path home =
                    Files.createDirectories(folder, PostgresServer.OWNER_ONLY).toRealPath();
            Path passwordFile = home.resolve("password");
            String password = DevSecret.readOrCreate(passwordFile);
            // Not a static field: dev mode loads this class anew with every reload, while the server stays.
            String registration = EmbeddedDatabase.class.getName() + "@" + home;
            Integer port = Integer.getInteger(registration);
            if (port == null) {
                PostgresServer server = PostgresServer.start(home, passwordFile);
                prepare(server, password);
                port = server.port();
                System.setProperty(registration, port.toString());
            }
            return new EmbeddedDatabase(url(port, NAME), NAME, password);
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded database in " + folder + " cannot be started", e);
        }
    }

    /** Opens a connection with the rights that the service has: all on this database, none on the server's settings. */
    public Connection connect() throws SQLException {
        return connect(url, username, password);
    }

    @Override
    public String toString() {
        return url;
    }

    private static void prepare(PostgresServer server, String password) {
        int port = server.port();
        try {
            // The service is no superuser, here as in production; the tests make databases of their own.
            try (Connection connection = connect(url(port, SUPERUSER), SUPERUSER, password);
                    Statement statement = connection.createStatement()) {
                if (isEmpty(statement, "select from pg_roles where rolname = '" + NAME + "'")) {
                    statement.execute("create role " + NAME + " login createdb password '" + password + "'");
                }
                if (isEmpty(statement, "select from pg_database where datname = '" + NAME + "'")) {
                    statement.execute("create database " + NAME + " owner " + NAME);
                }
            }
            try (Connection connection = connect(url(port, NAME), NAME, password);
                    Statement statement = connection.createStatement()) {
                requireDurability(statement);
            }
        } catch (SQLException | RuntimeException e) {
            server.stop();
            throw new IllegalStateException("The embedded database has started, but cannot be used", e);
        }
    }

    private static void requireDurability(Statement statement) throws SQLException {
        for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
            try (ResultSet rows = statement.executeQuery("show " + setting)) {
                if (!rows.next() || !"on".equals(rows.getString(1))) {
                    throw new IllegalStateException("The embedded database may lose data: " + setting + " is not on");
                }
            }
        }
    }

    private static boolean isEmpty(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return !rows.next();
        }
    }

    /** Returns the JDBC URL of a database on this machine. */
    public static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    // Not through the DriverManager, which knows the drivers of whichever class loader used it first.
    static Connection connect(String url, String username, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", username);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "2");
        properties.setProperty("socketTimeout", "30");
        for (Driver driver : ServiceLoader.load(Driver.class, EmbeddedDatabase.class.getClassLoader())) {
            Connection connection = driver.connect(url, properties);
            if (connection != null) {
                return connection;
            }
        }
        throw new IllegalStateException("There is no JDBC driver for " + url);
    }
}
