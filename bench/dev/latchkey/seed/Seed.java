package dev.latchkey.seed;

import dev.latchkey.fixture.SeededDatabase;
import dev.latchkey.fixture.SeededRows;
import dev.latchkey.fixture.SeededRows.Table;
import dev.latchkey.password.SeededHash;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills a database with made-up users and their sessions. {@code bench/seed --help} says how to run it. */
public final class Seed {

    private static final long MOST_USERS = 10_000_000;
    private static final long MOST_SESSIONS = 50_000_000;
    private static final long MOST_EVENTS = 250_000_000;

    private Seed() {}

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = options();
        long users = number(options, "users", 10_000, MOST_USERS);
        long sessions = number(options, "sessions", 5 * users, MOST_SESSIONS);
        long events = number(options, "events", users + sessions, MOST_EVENTS);
        long seed = Long.parseLong(options.getOrDefault("seed", "1"));
        Instant at = options.containsKey("at")
                ? Instant.parse(options.get("at"))
                : Instant.now().truncatedTo(ChronoUnit.MINUTES);
        String password = options.getOrDefault("password", "correct-horse-battery-staple");
        String hash = options.containsKey("hash") ? options.get("hash") : SeededHash.of(password, seed);
        SeededRows rows = new SeededRows(seed, users, sessions, events, hash, at);
        String used = "--users=%d --sessions=%d --events=%d --seed=%d --at=%s --password=%s --hash='%s'"
                .formatted(users, sessions, events, seed, at, password, hash);
        System.out.println("seeding with " + used);
        if (options.containsKey("dry-run")) {
            dryRun(rows);
            return;
        }
        Instant start = Instant.now();
        try (Connection database = DriverManager.getConnection(
                setting(options, "url", "QUARKUS_DATASOURCE_JDBC_URL", "jdbc:postgresql://127.0.0.1:5432/latchkey"),
                setting(options, "user", "QUARKUS_DATASOURCE_USERNAME", "latchkey"),
                System.getenv().getOrDefault("QUARKUS_DATASOURCE_PASSWORD", ""))) {
            SeededDatabase.fill(database, rows, System.out::println);
        }
        System.out.printf(
                "done after %d s with %s%n",
                Duration.between(start, Instant.now()).toSeconds(), used);
    }

    // The script passes them by a variable, since the build has no place for arguments.
    private static Map<String, String> options() {
        Map<String, String> options = new TreeMap<>();
        Matcher option = Pattern.compile("--([\\w-]+)(?:=(\\S+))?")
                .matcher(System.getenv().getOrDefault("SEED_ARGUMENTS", ""));
        while (option.find()) {
            options.put(option.group(1), option.group(2) == null ? "" : option.group(2));
        }
        return options;
    }

    private static long number(Map<String, String> options, String name, long usual, long most) {
        long number = options.containsKey(name) ? Long.parseLong(options.get(name)) : usual;
        if (number < 1 || number > most) {
            throw new IllegalArgumentException("--" + name + " must be 1 to " + most);
        }
        return number;
    }

    private static String setting(Map<String, String> options, String name, String variable, String usual) {
        return options.getOrDefault(name, System.getenv().getOrDefault(variable, usual));
    }

    private static void dryRun(SeededRows rows) {
        StringBuilder text = new StringBuilder();
        for (Table table : Table.values()) {
            long begun = System.nanoTime();
            long bytes = 0;
            for (long number = 1; number <= rows.count(table); number++) {
                text.setLength(0);
                rows.append(table, number, text);
                bytes += text.length();
            }
            System.out.printf(
                    "%s: %d rows, %d bytes, %.1f s%n",
                    table.tableName(), rows.count(table), bytes, (System.nanoTime() - begun) / 1e9);
        }
    }
}
