package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.DatabaseServer;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.ExternalProcess;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Packaged.Ended;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * The drill of a disaster, as "Backup and restore" in docs/operations.md has it: the database is dumped while users sign in
 * and refresh, and restored on another server, where the service goes on with the same master secret.
 */
@EnabledIf(
        value = "dev.latchkey.fixture.DatabaseServer#isInstalled",
        disabledReason =
                "There is no PostgreSQL with pg_dump in target/postgresql-tools, which src/test/backup/fetch brings"
                        + " where apt-get is")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("either-package")
class BackupIT {

    /** So many rows that a dump takes long enough for others to write meanwhile. */
    private static final int EVENTS = 100_000;

    /** The number of exchanged refresh tokens without which a dump was not taken under load. */
    private static final int MIN_EXCHANGES = 10;

    private static final int CLIENTS = 4;

    private static final Map<String, String> SETTINGS = Map.of(
            "LATCHKEY_THROTTLE_ENABLED",
            "false",
            // So that the reuse of a spent token is noticed at once.
            "LATCHKEY_SESSION_GRACE",
            "0s");

    private static DatabaseServer lost;
    private static DatabaseServer elsewhere;
    private static EmbeddedDatabase original;
    private static EmbeddedDatabase restored;
    private static Packaged before;
    private static Packaged after;

    private static Load load;
    private static int exchangesBefore;
    private static int exchangesAfter;

    // Users of before the dump.
    private static Person signedIn;
    private static Person signedOut;
    private static Person refreshed;
    private static String spent;
    private static Person changedPassword;
    private static Person otherDevice;
    private static Person disabled;
    private static Person endsLater;
    private static Person refreshesLater;
    private static Person keepsLater;
    // Of after it.
    private static Person successor;
    private static Person late;

    @BeforeAll
    static void dumpUnderLoadAndRestore() throws Exception {
        lost = DatabaseServer.start();
        original = lost.create("latchkey");
        before = Packaged.ready(original, SETTINGS).addressed();
        signUpUsers();
        Sql.update(
                original,
                "insert into audit_events (id, type, ip, user_agent, outcome)"
                        + " select gen_random_uuid(), 'sign_in', '192.0.2.1', repeat('x', 200), 'success'"
                        + " from generate_series(1, " + EVENTS + ")");

        load = new Load();
        load.start();
        Path file = dumpDuringExchanges();
        load.stop();
        changeWhatTheDumpDoesNotKnow();
        before.close();
        lost.close();

        elsewhere = DatabaseServer.start();
        restored = elsewhere.create("latchkey");
        ExternalProcess.Ended restore = elsewhere.client(
                restored,
                "pg_restore",
                "--exit-on-error",
                "--single-transaction",
                "--no-owner",
                "--no-privileges",
                "--dbname=latchkey",
                file.toString());
        assertEquals(new ExternalProcess.Ended(0, ""), restore);
    }

    @AfterAll
    static void stop() {
        for (AutoCloseable it : new AutoCloseable[] {load, before, after, lost, elsewhere}) {
            try {
                if (it != null) {
                    it.close();
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    private static void signUpUsers() throws Exception {
        signedIn = Person.signedUp();

        signedOut = Person.signedUp();
        signedOut.bearing().noContentType().post("/api/auth/logout").then().statusCode(204);

        Person first = Person.signedUp();
        spent = first.refreshToken();
        refreshed = first.with(Person.refresh(spent));

        Person desk = Person.signedUp();
        otherDevice = desk.signedInAgain();
        Response changed = desk.bearing()
                .contentType("application/json")
                .body(Map.of("current_password", desk.password(), "new_password", "a new and much better one"))
                .put(desk.own("/password"));
        changed.then().statusCode(200);
        changedPassword = desk.with(changed);

        disabled = Person.signedUp();
        Sql.update(original, "update users set disabled_at = now() where id = ?", disabled.id());

        endsLater = Person.signedUp();
        refreshesLater = Person.signedUp();
        keepsLater = Person.signedUp();
    }

    private static Path dumpDuringExchanges() throws Exception {
        Path file = Files.createDirectories(Path.of("target", "backup"))
                .resolve("latchkey.dump")
                .toAbsolutePath();
        for (int attempt = 1; attempt <= 10; attempt++) {
            exchangesBefore = load.exchanges.get();
            load.markBefore();
            long begun = System.nanoTime();
            ExternalProcess.Ended dump =
                    lost.client(original, "pg_dump", "--format=custom", "--file=" + file, "latchkey");
            long took = System.nanoTime() - begun;
            load.markAfter();
            exchangesAfter = load.exchanges.get();
            assertEquals(new ExternalProcess.Ended(0, ""), dump);
            int during = exchangesAfter - exchangesBefore;
            System.out.printf(
                    "A dump of %d KiB in %d ms, in which %d refresh tokens were exchanged; all responses so far: %s%n",
                    Files.size(file) / 1024, TimeUnit.NANOSECONDS.toMillis(took), during, load.statuses());
            if (during >= MIN_EXCHANGES) {
                return file;
            }
        }
        throw new AssertionError("too few refresh tokens were exchanged during each of ten dumps");
    }

    private static void changeWhatTheDumpDoesNotKnow() {
        endsLater.bearing().noContentType().post("/api/auth/logout").then().statusCode(204);
        assertEquals(401, session(before, endsLater.accessToken()));
        Response exchanged = Person.refresh(refreshesLater.refreshToken());
        exchanged.then().statusCode(200);
        successor = refreshesLater.with(exchanged);
        late = Person.signedUp();
    }

    @Test
    @Order(1)
    void dumpHindersNoRequest() {
        assertEquals(
                Map.of("login 200", load.count("login 200"), "refresh 200", load.count("refresh 200")),
                load.statuses());
        assertTrue(load.count("login 200") > 0, load.statuses().toString());
    }

    /** The keys stay as they are, so that the next start with the right secret succeeds. */
    @Test
    @Order(2)
    void wrongSecretIsToldInWords() {
        Map<String, String> wrong = Packaged.with(
                Packaged.with(Packaged.settings(restored), SETTINGS),
                Map.of("LATCHKEY_SECRET", "another secret that is long enough to be one"));
        String words = "was encrypted under another LATCHKEY_SECRET; put that one into LATCHKEY_SECRET_PREVIOUS";
        List<String> keys = Sql.column(restored, "select id from signing_keys");
        try (Packaged service = Packaged.launched(wrong)) {
            service.awaitLife();
            Eventually.holds(
                    "readiness says what is wrong",
                    () -> given().port(service.managementPort())
                            .get("/q/health/ready")
                            .asString()
                            .contains(words));
            assertEquals(503, service.managementStatus("/q/health/ready"));
            assertTrue(service.output().contains(words), service.output());
            // A replica that is not ready gets no requests. KeysIT has what one answers that does.
            assertEquals(401, session(service, signedIn.accessToken()));
        }
        Ended doctor = Packaged.command(wrong, "doctor");
        assertEquals(1, doctor.code(), doctor.toString());
        assertTrue(doctor.output().contains(words), doctor.toString());
        assertEquals(keys, Sql.column(restored, "select id from signing_keys"));
    }

    @Test
    @Order(3)
    void sessionsGoOnAndKeysOpenWithTheSameSecret() throws Exception {
        after = Packaged.ready(restored, SETTINGS).addressed();
        assertEquals(200, session(after, signedIn.accessToken()), "the token of before is verified");
        signedIn.bearing().get(signedIn.own("")).then().statusCode(200);
        List<String> ids = signedIn.bearing().get(signedIn.own("/sessions")).path("sessions.id");
        assertEquals(List.of(signedIn.sessionId()), ids);

        Response exchanged = Person.refresh(signedIn.refreshToken());
        exchanged.then().statusCode(200);
        Person renewed = signedIn.with(exchanged);
        assertEquals(kid(signedIn.accessToken()), kid(renewed.accessToken()), "the same key signs");
        assertEquals(signedIn.sessionId(), renewed.sessionId());
        assertEquals(200, session(after, renewed.accessToken()));
        assertEquals(List.of(kid(signedIn.accessToken())), published(after));
        // Another key would be published ahead of its use for minutes.
        assertEquals(List.of(kid(signedIn.accessToken())), Sql.column(restored, "select id from signing_keys"));
    }

    @Test
    @Order(4)
    void everySessionUnderLoadIsAsItWasAtOneMoment() {
        for (Client client : load.clients) {
            int generation = Integer.parseInt(
                    Sql.column(restored, "select generation from sessions where id = ?", client.sessionId)
                            .getFirst());
            assertTrue(
                    client.before <= generation && generation <= client.after,
                    "generation %d, and %d to %d were given during the dump"
                            .formatted(generation, client.before, client.after));
            refresh(after, client.tokens.get(generation)).then().statusCode(200);
        }
        assertEquals(
                List.of("0"),
                Sql.column(
                        restored,
                        "select count(*) from sessions s where not exists (select from users where id = s.user_id)"));
    }

    @Test
    @Order(5)
    void whatWasRevokedStaysRevoked() {
        assertEquals(401, session(after, signedOut.accessToken()), "signed out");
        refresh(after, signedOut.refreshToken()).then().statusCode(401);
        assertEquals(401, session(after, otherDevice.accessToken()), "ended by a change of password");
        refresh(after, otherDevice.refreshToken()).then().statusCode(401);
        assertEquals(200, session(after, changedPassword.accessToken()));
        login(after, changedPassword).then().statusCode(401);
        assertEquals(401, session(after, disabled.accessToken()), "disabled");
        refresh(after, disabled.refreshToken()).then().statusCode(401);
    }

    @Test
    @Order(6)
    void reuseOfASpentRefreshTokenIsNoticed() {
        assertEquals(200, session(after, refreshed.accessToken()));
        refresh(after, spent).then().statusCode(401);
        assertEquals(401, session(after, refreshed.accessToken()), "the session has ended");
        refresh(after, refreshed.refreshToken()).then().statusCode(401);
    }

    @Test
    @Order(7)
    void newUsersAndRevocationsWorkOnTheOtherServer() {
        Person ada = Person.signedUp();
        Person again = ada.signedInAgain();
        assertEquals(200, session(after, again.accessToken()));
        again.bearing().noContentType().delete(again.own("/sessions")).then().statusCode(204);
        assertEquals(401, session(after, ada.accessToken()));
        assertEquals(401, session(after, again.accessToken()));
        try (Packaged replica = Packaged.ready(restored, SETTINGS)) {
            assertEquals(401, session(replica, again.accessToken()));
            assertEquals(401, session(replica, signedOut.accessToken()));
            Person eve = Person.signedUp();
            assertEquals(200, session(replica, eve.accessToken()));
            eve.bearing().noContentType().post("/api/auth/logout").then().statusCode(204);
            Eventually.holds("the other replica reads it", () -> session(replica, eve.accessToken()) == 401);
        }
    }

    /** What the manual says of a database that is older than what clients hold. */
    @Test
    @Order(8)
    void whatHappenedAfterTheDumpIsForgotten() {
        assertEquals(200, session(after, endsLater.accessToken()), "a revocation after the dump is lost");
        refresh(after, endsLater.refreshToken()).then().statusCode(200);

        refresh(after, successor.refreshToken()).then().statusCode(401);
        assertEquals(200, session(after, successor.accessToken()), "the session goes on");
        refresh(after, refreshesLater.refreshToken()).then().statusCode(200);

        login(after, late).then().statusCode(401);
        refresh(after, late.refreshToken()).then().statusCode(401);
        assertEquals(200, session(after, late.accessToken()), "it is verified without the database until it expires");
    }

    /** The steps of the manual for a backup that is not fresh. */
    @Test
    @Order(9)
    void allSessionsAndTokensEndByTheStepsOfTheManual() throws Exception {
        Sql.update(restored, "delete from sessions");
        Eventually.holds("it is refused", () -> session(after, keepsLater.accessToken()) == 401);
        refresh(after, keepsLater.refreshToken()).then().statusCode(401);
        assertEquals(200, session(after, late.accessToken()), "no row says that this session has ended");

        String key = kid(late.accessToken());
        Ended retired = Packaged.command(Packaged.settings(restored), "keys", "retire", key);
        assertEquals(0, retired.code(), retired.toString());
        Eventually.holds("it is refused", () -> session(after, late.accessToken()) == 401);

        Response response = login(after, keepsLater);
        response.then().statusCode(200);
        String token = response.path("access_token");
        assertNotEquals(key, kid(token));
        Eventually.holds("the successor's are accepted", () -> session(after, token) == 200);
    }

    private static int session(Packaged service, String token) {
        return given().port(service.port())
                .header("Authorization", "Bearer " + token)
                .get("/api/auth/session")
                .statusCode();
    }

    private static Response login(Packaged service, Person person) {
        return post(service, "login", Map.of("email", person.email(), "password", person.password()));
    }

    private static Response refresh(Packaged service, String token) {
        return post(service, "refresh", Map.of("refresh_token", token));
    }

    private static Response post(Packaged service, String name, Map<String, String> body) {
        return given().port(service.port())
                .contentType("application/json")
                .body(body)
                .post("/api/auth/" + name);
    }

    private static List<String> published(Packaged service) {
        return given().port(service.port()).get("/api/auth/jwks").path("keys.kid");
    }

    private static String kid(String token) throws Exception {
        String header = new String(Base64.getUrlDecoder().decode(token.split("\\.")[0]), StandardCharsets.UTF_8);
        return (String) JsonUtil.parseJson(header).get("kid");
    }

    /** A session of which one refresh token after another is exchanged, and all of them are kept. */
    private static final class Client {

        private final String sessionId;
        private final List<String> tokens = new ArrayList<>();
        private int before;
        private int after;

        private Client(Person person) {
            this.sessionId = person.sessionId();
            tokens.add(person.refreshToken());
        }
    }

    /** Clients that refresh, and one that signs in, as fast as they are answered. */
    private static final class Load implements AutoCloseable {

        private final List<Client> clients = new ArrayList<>();
        private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
        private final AtomicInteger exchanges = new AtomicInteger();
        private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS + 1);
        private volatile boolean ended;

        private void start() {
            for (int i = 0; i < CLIENTS; i++) {
                Client client = new Client(Person.signedUp());
                clients.add(client);
                threads.execute(() -> repeat(() -> exchange(client)));
            }
            Person ada = Person.signedUp();
            threads.execute(() -> repeat(() -> count("login", login(before, ada))));
        }

        private void repeat(Runnable request) {
            while (!ended) {
                try {
                    request.run();
                } catch (RuntimeException | Error e) {
                    counts.computeIfAbsent(e.toString(), any -> new AtomicInteger())
                            .incrementAndGet();
                    return;
                }
            }
        }

        private void exchange(Client client) {
            String token;
            synchronized (client) {
                token = client.tokens.getLast();
            }
            Response response = refresh(before, token);
            count("refresh", response);
            response.then().statusCode(200);
            String next = response.path("refresh_token");
            synchronized (client) {
                client.tokens.add(next);
            }
            exchanges.incrementAndGet();
        }

        private void count(String name, Response response) {
            counts.computeIfAbsent(name + " " + response.statusCode(), any -> new AtomicInteger())
                    .incrementAndGet();
        }

        /** Notes the generation that each client holds; the database has this one at least. */
        private void markBefore() {
            for (Client client : clients) {
                synchronized (client) {
                    client.before = client.tokens.size() - 1;
                }
            }
        }

        /** Notes the generation that each client holds, and the one that may be on its way. */
        private void markAfter() {
            for (Client client : clients) {
                synchronized (client) {
                    client.after = client.tokens.size();
                }
            }
        }

        private Map<String, Integer> statuses() {
            Map<String, Integer> all = new TreeMap<>();
            counts.forEach((status, count) -> all.put(status, count.get()));
            return all;
        }

        private int count(String status) {
            return statuses().getOrDefault(status, 0);
        }

        private void stop() throws InterruptedException {
            ended = true;
            threads.shutdown();
            assertTrue(threads.awaitTermination(1, TimeUnit.MINUTES), "a request of the load hangs");
        }

        @Override
        public void close() {
            ended = true;
            threads.shutdownNow();
        }
    }
}
