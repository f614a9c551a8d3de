package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.FreePort;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Pooler;
import dev.latchkey.fixture.Relay;
import dev.latchkey.fixture.Together;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three processes on one database: what is revoked at one is refused by the others. That it is, is asserted; how long it
 * takes is printed, since a machine that is busy with other builds is slow, not broken.
 */
@Tag("alone")
@Tag("either-package")
class RevocationIT {

    private static final int TRIES = 100;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Map<String, String> UNTHROTTLED = Map.of("LATCHKEY_THROTTLE_ENABLED", "false");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static EmbeddedDatabase database;
    private static Packaged one;
    private static Packaged other;
    /** It hears nothing, so it has only its polls. */
    private static Packaged deaf;

    @BeforeAll
    static void start() {
        database = EmbeddedDatabaseResource.emptyDatabase();
        one = Packaged.ready(database, UNTHROTTLED);
        other = Packaged.launched(Packaged.with(Packaged.settings(database), UNTHROTTLED));
        deaf = Packaged.launched(Packaged.with(
                Packaged.settings(database), Map.of("LATCHKEY_TOKEN_REVOCATION_LISTEN_URL", nobodysUrl())));
        other.awaitReadiness();
        deaf.awaitReadiness();
        one.addressed();
    }

    @AfterAll
    static void stop() {
        one.close();
        other.close();
        deaf.close();
    }

    /** US4 */
    @Test
    void refusesTokenOnEveryReplicaAfterSignOutAtOne() {
        Eventually.holds("it listens", () -> metric(other, "latchkey_revocations_listening") == 1);
        assertEquals(0, metric(deaf, "latchkey_revocations_listening"));

        Times times = new Times();
        for (int i = 0; i < TRIES; i++) {
            times.signOut();
        }

        times.print("A sign-out");
        assertTrue(metric(other, "latchkey_revocations_notifications_total") >= TRIES);
    }

    /** A cut listener's connection loses nothing: right before each try, and over and over while it lasts. */
    @Test
    void refusesTokenOnEveryReplicaWhileTheListenersConnectionIsKilled() {
        AtomicBoolean done = new AtomicBoolean();
        Thread killer = Thread.ofPlatform().daemon().start(() -> {
            while (!done.get()) {
                killListeners();
            }
        });

        Times times = new Times();
        for (int i = 0; i < TRIES; i++) {
            killListeners();
            times.signOut();
        }
        done.set(true);

        times.print("A sign-out with the listener's connection killed");
        assertTrue(metric(other, "latchkey_revocations_losses_total") > 0);
        Eventually.holds("it listens again", () -> metric(other, "latchkey_revocations_listening") == 1);
        assertFalse(killer.isInterrupted());
    }

    /** A replica is ready only when it has caught up. */
    @Test
    void isRefusedByAProcessThatStartsLater() {
        List<Person> gone = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Person ada = Person.signedUp();
            signOut(ada);
            gone.add(ada);
        }
        Person banned = Person.signedUp();
        execute("update users set disabled_at = now() where id = '" + banned.id() + "'");
        Person present = Person.signedUp();

        try (Packaged later = Packaged.ready(database, Map.of())) {
            gone.add(banned);
            for (Person ada : gone) {
                assertEquals(401, session(later, ada).statusCode());
            }
            assertEquals(200, session(later, present).statusCode());
        }
    }

    /** Corner case: account disabled, by a statement that knows nothing of replicas. */
    @Test
    void refusesTokensOfDisabledUserOnEveryReplica() {
        Person ada = Person.signedUp();
        Person elsewhere = ada.signedInAgain();

        execute("update users set disabled_at = now() where id = '" + ada.id() + "'");

        for (Packaged replica : List.of(one, other, deaf)) {
            for (Person device : List.of(ada, elsewhere)) {
                Eventually.holds("it is refused", () -> session(replica, device).statusCode() == 401);
                assertTrue(session(replica, device).body().contains("INVALID_TOKEN"));
            }
        }
    }

    /** A token that was minted for a row as it was before a change is refused, at whichever replica and however late it was signed. */
    @Test
    void refusesTokensThatReplicasMintWhileTheUserIsChangedAndBanned() {
        Person ada = Person.signedUp();
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger minted = new AtomicInteger();
        List<Callable<List<String>>> racing = new ArrayList<>();
        racing.add(() -> {
            try {
                changeAndBan(ada, minted);
            } finally {
                done.set(true);
            }
            return List.of();
        });
        for (Packaged replica : List.of(one, other)) {
            racing.add(() -> mint(replica, ada, minted, done));
        }
        List<String> tokens =
                Together.all(racing).stream().flatMap(List::stream).toList();

        long present = version(ada);
        List<String> earlier =
                tokens.stream().filter(token -> version(token) < present).toList();
        List<String> latest =
                tokens.stream().filter(token -> version(token) == present).toList();
        assertEquals(tokens.size(), earlier.size() + latest.size(), "none has a version that no row ever had");
        assertTrue(earlier.stream().map(RevocationIT::version).distinct().count() > 2, "few tokens met a change");
        assertTrue(latest.size() >= 2, "each replica has minted one after the last change");
        for (Packaged replica : List.of(one, other, deaf)) {
            for (String token : earlier) {
                Eventually.holds(
                        "a token of an earlier version is refused",
                        () -> session(replica, token).statusCode() == 401);
            }
            for (String token : latest) {
                assertEquals(200, session(replica, token).statusCode());
            }
        }
    }

    /** Changes the roles again and again, and bans the user for a moment now and then, until enough tokens were minted meanwhile. */
    private static void changeAndBan(Person person, AtomicInteger minted) {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        for (int i = 0; (i < 30 || minted.get() < 100) && System.nanoTime() < end; i++) {
            String change = "update users set %s where id = '" + person.id() + "'";
            execute(change.formatted("roles = '{role-" + i + "}'"));
            if (i % 10 == 5) {
                execute(change.formatted("disabled_at = now()"));
                execute(change.formatted("disabled_at = null"));
            }
        }
    }

    /** Mints tokens for as long as the user is being changed, and one more; after a ban the user has to sign in again. */
    private static List<String> mint(Packaged replica, Person person, AtomicInteger minted, AtomicBoolean done) {
        List<String> tokens = new ArrayList<>();
        String sessionToken = signedIn(replica, person);
        boolean isLast;
        do {
            isLast = done.get();
            Response response = given().port(replica.port())
                    .header("Authorization", "Bearer " + sessionToken)
                    .get("/api/auth/token");
            if (response.statusCode() == 200) {
                tokens.add(response.path("token"));
                minted.incrementAndGet();
            } else {
                assertEquals(401, response.statusCode(), response::asString);
                sessionToken = signedIn(replica, person);
                isLast = false;
            }
        } while (!isLast);
        return tokens;
    }

    /** Returns the session token of a sign-in, which a ban refuses for a moment. */
    private static String signedIn(Packaged replica, Person person) {
        List<String> token = new ArrayList<>();
        Eventually.holds("signed in", () -> {
            Response response = given().port(replica.port())
                    .contentType("application/json")
                    .body(Map.of("email", person.email(), "password", person.password()))
                    .post("/api/auth/sign-in/email");
            if (response.statusCode() == 200) {
                token.add(response.path("token"));
            }
            return !token.isEmpty();
        });
        return token.getFirst();
    }

    private static long version(String token) {
        return JsonPath.from(new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8))
                .getLong("token_version");
    }

    private static long version(Person person) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select token_version from users where id = '" + person.id() + "'")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** "End all" and a sign-in directly after it, within the same second most of the time. */
    @Test
    void acceptsLaterSignInOnEveryReplicaAfterAllSessionsWereEnded() {
        Person ada = Person.signedUp();
        for (int i = 0; i < 5; i++) {
            ada.bearing().delete(ada.own("/sessions")).then().statusCode(204);
            Person back = ada.signedInAgain();
            Person gone = ada;
            for (Packaged replica : List.of(one, other, deaf)) {
                Eventually.holds("it is refused", () -> session(replica, gone).statusCode() == 401);
                assertEquals(200, session(replica, back).statusCode());
            }
            ada = back;
        }
    }

    /** With the database out of reach the default goes on and says so; the strict one refuses. */
    @Test
    void reportsStaleRevocationsWithoutDatabaseAndRefusesWhenStrict() {
        Relay relay =
                Relay.to(URI.create(database.url().substring("jdbc:".length())).getPort());
        EmbeddedDatabase relayed = new EmbeddedDatabase(
                database.url().replaceFirst(":[0-9]+/", ":" + relay.port() + "/"),
                database.username(),
                database.password());
        Person ada = Person.signedUp();
        try (Packaged usual = Packaged.ready(relayed, Map.of());
                Packaged strict = Packaged.ready(relayed, Map.of("LATCHKEY_REVOCATION_STRICT", "true"))) {
            Eventually.holds("it is accepted", () -> session(strict, ada).statusCode() == 200);

            relay.cut();

            Eventually.holds(
                    "the strict one refuses", () -> session(strict, ada).statusCode() == 503);
            assertTrue(session(strict, ada).headers().firstValue("Retry-After").isPresent());
            Eventually.holds(
                    "it says so",
                    () -> readiness(strict)
                            .matches(
                                    "(?s).*were last read [0-9]+ s ago; tokens are refused, because LATCHKEY_REVOCATION_STRICT is true.*"));
            Eventually.holds(
                    "it says so",
                    () -> readiness(usual).matches("(?s).*were last read [0-9]+ s ago; tokens are still accepted.*"));
            assertTrue(metric(usual, "latchkey_revocations_age_seconds") > 1);
            assertEquals(200, session(usual, ada).statusCode());

            relay.restore();
            Eventually.holds("it is accepted again", () -> session(strict, ada).statusCode() == 200);
            signOut(ada);
            for (Packaged replica : List.of(usual, strict)) {
                Eventually.holds("it is refused", () -> session(replica, ada).statusCode() == 401);
                replica.awaitReadiness();
            }
        }
    }

    /** A pooler in transaction mode passes no notifications on, and wants nothing kept in a connection. */
    @Test
    void isRefusedBehindAPooler() {
        assumeTrue(Pooler.exists(), "there is no pgbouncer on this machine");
        try (Pooler pooler = Pooler.before(database);
                Packaged polling = Packaged.ready(pooler.database(), Map.of());
                Packaged hearing =
                        Packaged.ready(pooler.database(), Map.of("LATCHKEY_DIRECT_JDBC_URL", database.url()))) {
            Eventually.holds("it listens", () -> metric(hearing, "latchkey_revocations_listening") == 1);
            assertEquals(0, metric(polling, "latchkey_revocations_listening"));
            for (int i = 0; i < 10; i++) {
                Person ada = Person.signedUp();
                for (Packaged replica : List.of(polling, hearing)) {
                    assertEquals(200, session(replica, ada).statusCode());
                }
                signOut(ada);
                for (Packaged replica : List.of(polling, hearing)) {
                    Eventually.holds(
                            "it is refused", () -> session(replica, ada).statusCode() == 401);
                }
            }
            assertTrue(metric(hearing, "latchkey_revocations_notifications_total") >= 10);
            assertTrue(polling.output().contains("LATCHKEY_DIRECT_JDBC_URL"), polling::output);
        }
    }

    /** How long it took the others to refuse, from the last byte of the response that acknowledged it. */
    private static final class Times {

        private final List<Long> hearing = new ArrayList<>();
        private final List<Long> polling = new ArrayList<>();
        private Person ada = Person.signedUp();

        void signOut() {
            ada = ada.signedInAgain();
            for (Packaged replica : List.of(one, other, deaf)) {
                assertEquals(200, session(replica, ada).statusCode());
            }
            RevocationIT.signOut(ada);
            long acknowledged = System.nanoTime();
            assertEquals(401, session(one, ada).statusCode(), "the answering one refuses at once");
            List<Long> times = Together.all(
                    List.of(() -> untilRefused(other, acknowledged), () -> untilRefused(deaf, acknowledged)));
            hearing.add(times.get(0));
            polling.add(times.get(1));
        }

        void print(String what) {
            print(what, hearing);
            print(what + ", only polling", polling);
        }

        private long untilRefused(Packaged replica, long since) {
            long taken;
            do {
                int status = session(replica, ada).statusCode();
                taken = System.nanoTime() - since;
                if (status == 401) {
                    return Duration.ofNanos(taken).toMillis();
                }
            } while (taken < TIMEOUT.toNanos());
            throw new AssertionError("not refused after " + TIMEOUT.toSeconds() + " s");
        }

        private static void print(String what, List<Long> millis) {
            List<Long> sorted = millis.stream().sorted().toList();
            System.out.printf(
                    "%s was known elsewhere after %d ms (p50), %d ms (p95), %d ms (max) of %d tries%n",
                    what,
                    sorted.get(sorted.size() / 2),
                    sorted.get(sorted.size() * 95 / 100),
                    sorted.getLast(),
                    sorted.size());
        }
    }

    private static void signOut(Person ada) {
        Response response = Person.post("/api/auth/logout", "{\"refresh_token\": \"" + ada.refreshToken() + "\"}");
        assertEquals(204, response.statusCode());
    }

    private static HttpResponse<String> session(Packaged replica, Person ada) {
        return session(replica, ada.accessToken());
    }

    private static HttpResponse<String> session(Packaged replica, String accessToken) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + replica.port() + "/api/auth/session"))
                .header("Authorization", "Bearer " + accessToken)
                .build();
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static String readiness(Packaged replica) {
        return given().port(replica.managementPort()).get("/q/health/ready").asString();
    }

    private static double metric(Packaged replica, String name) {
        return given().port(replica.managementPort())
                .get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no metric " + name));
    }

    private static void killListeners() {
        execute("select pg_terminate_backend(pid) from pg_stat_activity"
                + " where application_name = 'latchkey-listener' and datname = current_database()");
        try {
            TimeUnit.MILLISECONDS.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void execute(String sql) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String nobodysUrl() {
        return "jdbc:postgresql://127.0.0.1:" + FreePort.find() + "/nobody";
    }
}
