package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Packaged.Ended;
import dev.latchkey.fixture.Person;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.restassured.response.Response;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys are rotated and retired by command while two replicas serve ("the shared secret or a key is rotated"). */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("either-package")
class KeysIT {

    /** Shorter than production allows; on a loopback address that is a warning. */
    private static final Duration SHORTLY = Duration.ofSeconds(5);

    private static final int PER_SECOND = 500;

    private static EmbeddedDatabase database;
    private static Map<String, String> settings;
    private static Packaged one;
    private static Packaged other;

    @BeforeAll
    static void start() {
        database = EmbeddedDatabaseResource.emptyDatabase();
        settings = Packaged.settings(database);
        one = Packaged.launched(settings);
        other = Packaged.launched(settings);
        one.awaitReadiness();
        other.awaitReadiness();
        one.addressed();
    }

    @AfterAll
    static void stop() {
        one.close();
        other.close();
    }

    // "500 verifications a second during rotation see no 401."
    @Test
    @Order(1)
    void rotatesWithoutARefusedToken() throws Exception {
        Person ada = Person.signedUp();
        String before = kid(ada.accessToken());
        assertEquals(Set.of(before), published(one));
        AtomicReference<Person> latest = new AtomicReference<>(ada);
        Set<String> kids = new TreeSet<>(Set.of(before));
        Load load = new Load(ada, latest);
        Thread running = Thread.ofPlatform().start(load::run);

        // The settings of the process that rotates decide when the next key signs.
        Ended rotation = Packaged.command(
                Packaged.with(settings, Map.of("LATCHKEY_KEY_PUBLISH_AHEAD", SHORTLY.toSeconds() + "s")),
                "keys",
                "rotate");
        assertEquals(0, rotation.code(), rotation.toString());
        assertTrue(rotation.output().startsWith("Made key "), rotation.toString());
        String next = rotation.output().split(" ")[2];

        // Tokens keep being made at both, so that those of the new key come up as soon as there are any.
        long end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
        while (!kids.contains(next) || load.sinceNewKey() < 2 * PER_SECOND) {
            assertTrue(System.nanoTime() < end, "the next key does not come to sign");
            for (Packaged replica : List.of(one, other)) {
                Person renewed = signedIn(replica, ada);
                kids.add(kid(renewed.accessToken()));
                latest.set(renewed);
                if (kids.contains(next)) {
                    load.markNewKey();
                }
            }
        }
        load.end();
        running.join();

        assertEquals(Set.of(before, next), kids);
        assertEquals(Map.of(200, load.responses()), load.byStatus(), "of " + load.responses());
        assertEquals(Set.of(before, next), published(one));
        assertEquals(Set.of(before, next), published(other));
        assertEquals(List.of("verifying", "signing"), column(command("keys", "list"), 2));
        System.out.printf(
                "%d verifications in %.1f s (%.0f a second) while the key changed, none refused%n",
                load.responses(), load.seconds(), load.responses() / load.seconds());
    }

    // "Emergency retirement refuses a key's tokens at once, everywhere."
    @Test
    @Order(2)
    void retiresAKeyAtOnceEverywhere() throws Exception {
        Person ada = Person.signedUp();
        String stolen = kid(ada.accessToken());
        assertEquals(200, session(one, ada.accessToken()));
        assertEquals(200, session(other, ada.accessToken()));

        Ended rotation = command("keys", "rotate");
        assertEquals(0, rotation.code(), rotation.toString());
        Ended list = command("keys", "list");
        assertEquals(List.of("verifying", "signing", "pending"), column(list, 2), list.toString());
        assertEquals("", list.error());
        String next = column(list, 0).getLast();
        assertTrue(rotation.output().startsWith("Made key " + next), rotation.toString());
        Ended second = command("keys", "rotate");
        assertEquals(0, second.code(), second.toString());
        assertTrue(second.output().startsWith("Made none: key " + next), second.toString());

        Ended retirement = command("keys", "retire", stolen);
        long done = System.nanoTime();
        assertEquals(0, retirement.code(), retirement.toString());
        assertTrue(retirement.output().startsWith("Retired key " + stolen), retirement.toString());
        for (Packaged replica : List.of(one, other)) {
            Eventually.holds("it is refused", () -> session(replica, ada.accessToken()) == 401);
        }
        System.out.printf(
                "A retired key was refused by both %d ms after the command had ended%n",
                Duration.ofNanos(System.nanoTime() - done).toMillis());

        Response refreshed = Person.refresh(ada.refreshToken());
        refreshed.then().statusCode(200);
        String fresh = refreshed.path("access_token");
        assertEquals(next, kid(fresh), "the key that waited is brought forward");
        Eventually.holds(
                "both accept the successor's", () -> session(one, fresh) == 200 && session(other, fresh) == 200);
        for (Packaged replica : List.of(one, other)) {
            assertFalse(published(replica).contains(stolen));
            assertTrue(published(replica).contains(kid(fresh)));
        }
        Ended again = command("keys", "retire", stolen);
        assertEquals(0, again.code());
        assertTrue(again.output().contains("retired already"), again.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "keys retire no-such-key, 1, There is no key no-such-key",
        "keys retire, 2, needs KID",
        "keys lst, 2, There is no command 'keys lst'",
        "serve, 2, There is no command 'serve'",
        "keys list --all, 2, has no option '--all'",
    })
    void failsInASentenceOnStandardError(String arguments, int code, String words) {
        Ended ended = command(arguments.split(" "));
        assertEquals(code, ended.code(), ended.toString());
        assertEquals("", ended.output());
        assertTrue(ended.error().contains(words), ended.toString());
        assertEquals(1, ended.error().lines().count(), ended.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "--help, Usage: latchkey",
        "keys --help, Usage: latchkey keys",
        "keys retire --help, Usage: latchkey keys"
    })
    void helpsWithoutAnySettings(String arguments, String begins) {
        Ended ended = Packaged.command(Map.of(), arguments.split(" "));
        assertEquals(0, ended.code(), ended.toString());
        assertTrue(ended.output().startsWith(begins), ended.toString());
        assertEquals("", ended.error());
    }

    /** What the service alone needs is not asked for; what is missing is said as the service says it. */
    @Test
    void needsTheDatabaseAndTheSecretAndNoPublicUrl() {
        Ended listed = Packaged.command(Packaged.without(settings, "LATCHKEY_PUBLIC_URL"), "keys", "list");
        assertEquals(0, listed.code(), listed.toString());
        assertEquals("", listed.error());

        Ended refused = Packaged.command(Packaged.without(settings, "LATCHKEY_SECRET"), "keys", "list");
        assertEquals(1, refused.code(), refused.toString());
        assertEquals("", refused.output());
        assertTrue(refused.error().contains("LATCHKEY_SECRET"), refused.toString());
    }

    @Test
    void reportsUnavailableDatabase() {
        Ended ended = Packaged.command(
                Packaged.with(
                        settings, Map.of("QUARKUS_DATASOURCE_JDBC_URL", "jdbc:postgresql://127.0.0.1:1/latchkey")),
                "keys",
                "list");
        assertEquals(1, ended.code(), ended.toString());
        assertEquals("", ended.output());
        assertTrue(ended.error().contains("Failed: "), ended.toString());
        assertFalse(ended.error().contains("\tat "), ended.toString());
    }

    @Test
    void reportsMissingTables() {
        Ended ended = Packaged.command(Packaged.settings(EmbeddedDatabaseResource.emptyDatabase()), "keys", "list");
        assertEquals(1, ended.code(), ended.toString());
        assertTrue(ended.error().contains("the service creates them"), ended.toString());
    }

    /** A rotation by hand under a wrong secret would leave the service with a key that it cannot open. */
    @Test
    void changesNothingUnderAnotherSecret() {
        Map<String, String> wrong =
                Packaged.with(settings, Map.of("LATCHKEY_SECRET", "another secret that is long enough to be one"));
        List<String> before = column(command("keys", "list"), 0);

        Ended rotation = Packaged.command(wrong, "keys", "rotate");
        assertEquals(1, rotation.code(), rotation.toString());
        assertTrue(rotation.error().contains("Nothing was changed"), rotation.toString());

        assertEquals(before, column(command("keys", "list"), 0));
        assertEquals(200, one.managementStatus("/q/health/ready"));
    }

    @Test
    void explainsRotationOfTheSharedSecret() {
        Map<String, String> shared =
                Packaged.with(settings, Map.of("LATCHKEY_JWT_SECRET", "a shared secret that is long enough to be one"));
        Ended rotation = Packaged.command(shared, "keys", "rotate");
        assertEquals(1, rotation.code(), rotation.toString());
        assertTrue(rotation.error().contains("LATCHKEY_JWT_SECRET_PREVIOUS"), rotation.toString());
        Ended list = Packaged.command(shared, "keys", "list");
        assertEquals(0, list.code(), list.toString());
        assertEquals("", list.output());
    }

    /** "The wrong LATCHKEY_SECRET is told at readiness in words", and sign-in is 503 and no 500, opens and spends nothing. */
    @Test
    void startsWithAnotherMasterSecretAndReportsIt() {
        Map<String, String> wrong =
                Packaged.with(settings, Map.of("LATCHKEY_SECRET", "another secret that is long enough to be one"));
        try (Packaged third = Packaged.launched(wrong)) {
            third.awaitLife();
            Eventually.holds(
                    "readiness says what is wrong",
                    () -> given().port(third.managementPort())
                            .get("/q/health/ready")
                            .asString()
                            .contains("was encrypted under another LATCHKEY_SECRET"));
            assertEquals(503, third.managementStatus("/q/health/ready"));
            Person ada = Person.signedUp();
            assertEquals(401, session(third, ada.accessToken()), "nothing proves there that the key is ours");
            assertEquals(503, posted(third, "login", Map.of("email", ada.email(), "password", ada.password())));
            String other = "other-" + ada.email();
            assertEquals(503, posted(third, "signup", Map.of("email", other, "password", ada.password())));
            assertEquals(503, posted(third, "refresh", Map.of("refresh_token", ada.refreshToken())));
            assertEquals(401, posted(one, "login", Map.of("email", other, "password", ada.password())), "no account");
            given().port(one.port())
                    .auth()
                    .oauth2(ada.accessToken())
                    .get("/api/users/" + ada.id() + "/sessions")
                    .then()
                    .statusCode(200)
                    .body("sessions.size()", is(1));
            given().port(one.port())
                    .contentType("application/json")
                    .body(Map.of("refresh_token", ada.refreshToken()))
                    .post("/api/auth/refresh")
                    .then()
                    .statusCode(200)
                    .body("refresh_token", not(ada.refreshToken()));
        }
        assertEquals(200, one.managementStatus("/q/health/ready"));
    }

    /** On ports that are taken: a command that opened one would fail. */
    private static Ended command(String... arguments) {
        return Packaged.command(
                Packaged.with(
                        settings,
                        Map.of(
                                "QUARKUS_HTTP_PORT", Integer.toString(one.port()),
                                "QUARKUS_MANAGEMENT_PORT", Integer.toString(one.managementPort()))),
                arguments);
    }

    private static List<String> column(Ended list, int column) {
        assertEquals(0, list.code(), list.toString());
        return list.output()
                .lines()
                .skip(1)
                .map(line -> line.split(" {2,}")[column])
                .toList();
    }

    private static Person signedIn(Packaged replica, Person person) {
        Response response = given().port(replica.port())
                .contentType("application/json")
                .body(Map.of("email", person.email(), "password", person.password()))
                .post("/api/auth/login");
        response.then().statusCode(200);
        return person.with(response);
    }

    private static int posted(Packaged replica, String path, Map<String, String> body) {
        return given().port(replica.port())
                .contentType("application/json")
                .body(body)
                .post("/api/auth/" + path)
                .statusCode();
    }

    private static int session(Packaged replica, String token) {
        return given().port(replica.port())
                .header("Authorization", "Bearer " + token)
                .get("/api/auth/session")
                .statusCode();
    }

    private static Set<String> published(Packaged replica) {
        List<String> kids = given().port(replica.port()).get("/api/auth/jwks").path("keys.kid");
        return new TreeSet<>(kids);
    }

    private static String kid(String token) throws Exception {
        String header = new String(Base64.getUrlDecoder().decode(token.split("\\.")[0]), StandardCharsets.UTF_8);
        return (String) Objects.requireNonNull(JsonUtil.parseJson(header).get("kid"));
    }

    /** Asks both replicas, in turn and at an even pace, about a token from before and about the latest one. */
    private static final class Load {

        private final String old;
        private final AtomicReference<Person> latest;
        private final HttpClient client = HttpClient.newHttpClient();
        private final Map<Integer, AtomicInteger> statuses = new ConcurrentHashMap<>();
        private final Semaphore open = new Semaphore(200);
        private volatile boolean ended;
        private volatile long nanos;
        private final AtomicInteger sent = new AtomicInteger();
        private volatile int sentAtNewKey = Integer.MAX_VALUE;

        private Load(Person old, AtomicReference<Person> latest) {
            this.old = old.accessToken();
            this.latest = latest;
        }

        void run() {
            long begun = System.nanoTime();
            while (!ended) {
                long due = begun + sent.get() * TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
                LockSupport.parkNanos(due - System.nanoTime());
                open.acquireUninterruptibly();
                int number = sent.getAndIncrement();
                Packaged replica = number % 2 == 0 ? one : other;
                String token = number / 2 % 2 == 0 ? old : latest.get().accessToken();
                HttpRequest request = HttpRequest.newBuilder(
                                URI.create("http://localhost:" + replica.port() + "/api/auth/session"))
                        .header("Authorization", "Bearer " + token)
                        .build();
                var unused = client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                        .handle((response, failure) -> {
                            int status = response == null ? 0 : response.statusCode();
                            statuses.computeIfAbsent(status, any -> new AtomicInteger())
                                    .incrementAndGet();
                            open.release();
                            return status;
                        });
            }
            nanos = System.nanoTime() - begun;
            open.acquireUninterruptibly(200);
        }

        void end() {
            ended = true;
        }

        void markNewKey() {
            sentAtNewKey = Math.min(sentAtNewKey, sent.get());
        }

        int sinceNewKey() {
            return sent.get() - sentAtNewKey;
        }

        int responses() {
            return sent.get();
        }

        double seconds() {
            return nanos / 1e9;
        }

        Map<Integer, Integer> byStatus() {
            Map<Integer, Integer> counts = new TreeMap<>();
            statuses.forEach((status, count) -> counts.put(status, count.get()));
            return counts;
        }
    }
}
