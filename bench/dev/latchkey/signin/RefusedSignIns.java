package dev.latchkey.signin;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures what refused sign-ins cost: those of one client address, at a new e-mail address each, against the package and a
 * PostgreSQL of its own. Prints the transactions and rows that they cause, by PostgreSQL's statistics, and the rate of honest
 * sign-ins without and with the flood.
 *
 * <p>Arguments: how many are refused (100,000), and how many a second while honest users sign in (500; client and server share
 * the processors of this machine).
 */
public final class RefusedSignIns {

    private static final String PASSWORD = "correct horse battery staple";
    private static final String ATTACKER = "198.51.100.1";
    private static final int ATTACKING_THREADS = 8;
    private static final int HONEST_USERS = 4;
    private static final int ROUNDS = 4;
    private static final Duration TURN = Duration.ofSeconds(10);

    /** An idle connection reports what it did after ten seconds at the latest. */
    private static final Duration SETTLE = Duration.ofSeconds(12);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final EmbeddedDatabase database;
    private final int port;

    private RefusedSignIns(EmbeddedDatabase database, int port) {
        this.database = database;
        this.port = port;
    }

    public static void main(String[] arguments) throws Exception {
        long refusals = arguments.length > 0 ? Long.parseLong(arguments[0]) : 100_000;
        int rate = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 500;
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        // The request limit would refuse most of them even earlier.
        Map<String, String> settings =
                Map.of("LATCHKEY_HTTP_REQUEST_LIMIT", "0", "LATCHKEY_TRUSTED_PROXIES", "127.0.0.1,::1");
        try (Packaged service = Packaged.ready(database, settings)) {
            new RefusedSignIns(database, service.port()).measure(refusals, rate);
        }
    }

    private void measure(long refusals, int rate) throws Exception {
        String[] honest = new String[HONEST_USERS];
        for (int i = 0; i < HONEST_USERS; i++) {
            honest[i] = "honest-" + i + "@example.com";
            post("198.51.100." + (100 + i), "/api/auth/signup", honest[i], PASSWORD);
        }
        while (post(ATTACKER, "/api/auth/login", random(), "wrong") != 429) {
            // Uses up the limit of the client address.
        }

        Counts before = counts();
        long idle = System.nanoTime();
        Thread.sleep(Duration.ofSeconds(20));
        Counts after = counts();
        double background = (after.transactions - before.transactions) / seconds(idle);

        long start = System.nanoTime();
        long otherThan429 = flood(refusals, 0, new AtomicBoolean()).otherThan429();
        double took = seconds(start);
        Counts flooded = counts();
        double transactions = flooded.transactions - after.transactions - background * seconds(start);
        System.out.printf(
                "%d refused sign-ins in %.1f s (%.0f/s), %d with another status than 429%n",
                refusals, took, refusals / took, otherThan429);
        System.out.printf(
                "transactions that they caused: %.0f (background: %.1f/s); rows inserted: %d, of them in audit_events: %d%n",
                Math.max(0, transactions), background, flooded.rows - after.rows, flooded.auditRows - after.auditRows);

        // In turns, so that what else the machine does falls on both.
        double alone = 0;
        double beside = 0;
        double refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            alone += honestRate(honest, TURN);
            AtomicBoolean end = new AtomicBoolean();
            FutureTask<Flood> attack = new FutureTask<>(() -> flood(Long.MAX_VALUE, rate, end));
            long began = System.nanoTime();
            Thread.ofPlatform().start(attack);
            beside += honestRate(honest, TURN);
            end.set(true);
            refused += attack.get().sent() / seconds(began);
        }
        System.out.printf(
                "honest sign-ins: %.1f/s alone, %.1f/s beside %.0f refused ones a second: ratio %.2f (%d turns of %d s each)%n",
                alone / ROUNDS, beside / ROUNDS, refused / ROUNDS, beside / alone, ROUNDS, TURN.toSeconds());
    }

    private record Flood(long sent, long otherThan429) {}

    /** Sends attempts, all of which are to be refused. */
    private Flood flood(long refusals, int perSecond, AtomicBoolean end) {
        AtomicLong next = new AtomicLong();
        AtomicLong sent = new AtomicLong();
        AtomicLong others = new AtomicLong();
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(ATTACKING_THREADS)) {
            for (int i = 0; i < ATTACKING_THREADS; i++) {
                threads.execute(() -> {
                    long number;
                    while (!end.get() && (number = next.getAndIncrement()) < refusals) {
                        if (perSecond > 0) {
                            long due = start + number * 1_000_000_000L / perSecond;
                            LockSupport.parkNanos(due - System.nanoTime());
                        }
                        if (post(ATTACKER, "/api/auth/login", random(), "wrong") != 429) {
                            others.incrementAndGet();
                        }
                        sent.incrementAndGet();
                    }
                });
            }
        }
        return new Flood(sent.get(), others.get());
    }

    private double honestRate(String[] users, Duration duration) {
        AtomicLong signedIn = new AtomicLong();
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(users.length)) {
            for (int i = 0; i < users.length; i++) {
                String ip = "198.51.100." + (100 + i);
                String user = users[i];
                threads.execute(() -> {
                    while (System.nanoTime() - start < duration.toNanos()) {
                        if (post(ip, "/api/auth/login", user, PASSWORD) == 200) {
                            signedIn.incrementAndGet();
                        }
                    }
                });
            }
        }
        return signedIn.get() / seconds(start);
    }

    private int post(String ip, String path, String email, String password) {
        String body = "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(email, password);
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .header("Content-Type", "application/json")
                .header("X-Forwarded-For", ip)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return http.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private record Counts(long transactions, long rows, long auditRows) {}

    private Counts counts() throws Exception {
        Thread.sleep(SETTLE);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            return new Counts(
                    number(
                            statement,
                            "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()"),
                    number(statement, "select sum(n_tup_ins) from pg_stat_user_tables"),
                    number(statement, "select n_tup_ins from pg_stat_user_tables where relname = 'audit_events'"));
        }
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static String random() {
        return "nobody-" + UUID.randomUUID() + "@example.com";
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
