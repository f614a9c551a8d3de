package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsStringIgnoringCase;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.ExternalProcess;
import dev.latchkey.fixture.FastApi;
import dev.latchkey.fixture.KeySource;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Together;
import dev.latchkey.key.Algorithm;
import dev.latchkey.key.KeyId;
import dev.latchkey.key.SigningKeys.SigningKey;
import dev.latchkey.key.StolenKey;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import dev.latchkey.token.RawTokens;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The backends of {@code examples/fastapi}, run as their README says, beside the packaged service. */
@EnabledIf(
        value = "dev.latchkey.fixture.FastApi#exists",
        disabledReason = "there is no FastAPI in target/fastapi, where src/test/fastapi/fetch brings it from Debian's"
                + " packages; .ci/run does so where apt-get is")
@Tag("either-package")
class FastApiIT {

    private static final String ISSUER = "http://localhost";

    @Nested
    class WithASharedSecret extends StandaloneBackend {

        private static final String SHARED = "shared with every backend, 32 bytes at least: \u00e9";

        WithASharedSecret() {
            super(Map.of("LATCHKEY_JWT_SECRET", SHARED), Map.of("LATCHKEY_JWT_SECRET", SHARED));
        }

        @Override
        SigningKey genuine() {
            return hmac(null, SHARED.getBytes(StandardCharsets.UTF_8));
        }

        @Test
        void refusesAlmostIdenticalSecret() {
            String payload = JsonUtil.toJson(claims());
            for (String secret : List.of(SHARED + "\n", " " + SHARED, SHARED.replace("\u00e9", "?"))) {
                refuses(secret, signed(hmac(null, utf8(secret)), payload));
            }
        }
    }

    @Nested
    class WithEd25519 extends KeyedStandaloneBackend {
        WithEd25519() {
            super("EdDSA");
        }
    }

    @Nested
    class WithEs256 extends KeyedStandaloneBackend {
        WithEs256() {
            super("ES256");
        }
    }

    @Nested
    class WithRs256 extends KeyedStandaloneBackend {
        WithRs256() {
            super("RS256");
        }

        @Test
        void refusesPs256WithTheSameKey() {
            refusesTheOther(Algorithm.PS256);
        }
    }

    @Nested
    class WithPs256 extends KeyedStandaloneBackend {
        WithPs256() {
            super("PS256");
        }

        @Test
        void refusesRs256WithTheSameKey() {
            refusesTheOther(Algorithm.RS256);
        }
    }

    /** Where it reads the keys, when, and what it does while it cannot. */
    @Nested
    class Keys {

        private static final Path EXTENDED = Path.of("src", "test", "fastapi");
        private static final Map<String, String> HURRIED = Map.of("TASKS_PAUSE", "1", "TASKS_REFRESH", "2");

        private static Packaged service;
        private static Person ada;
        private static StolenKey stolen;

        @BeforeAll
        static void start() {
            EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
            service = Packaged.ready(database, Map.of()).addressed();
            ada = Person.signedUp();
            stolen = StolenKey.of(database);
        }

        @AfterAll
        static void stop() {
            service.close();
        }

        /** Security: otherwise a client that sends tokens makes this backend flood the service. */
        @Test
        void areNotFetchedForEveryTokenWithUnknownKey() {
            try (KeySource source = KeySource.of(published());
                    FastApi backend = standalone(source, Map.of())) {
                assertEquals(0, source.requests());
                long begun = System.nanoTime();
                assertEquals(200, status(backend, ada.accessToken()));
                assertEquals(1, source.requests());
                List<Integer> statuses = Together.times(200, i -> status(backend, byAnUnknownKey()));
                for (int i = 0; i < 50; i++) {
                    assertEquals(401, status(backend, byAnUnknownKey()));
                }

                assertEquals(List.of(401), statuses.stream().distinct().toList());
                assertEquals(200, status(backend, ada.accessToken()));
                // One each ten seconds; the first for the good token.
                long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
                assertTrue(
                        source.requests() <= 1 + (seconds + 1) / 10, source.requests() + " within " + seconds + " s");
            }
        }

        @Test
        void areFetchedOnceForConcurrentRequests() {
            try (KeySource source = KeySource.of(published());
                    FastApi backend = standalone(source, Map.of())) {
                List<Integer> statuses = Together.times(30, i -> status(backend, ada.accessToken()));

                assertEquals(List.of(200), statuses.stream().distinct().toList());
                assertEquals(1, source.requests());
            }
        }

        @Test
        void areFetchedForTokenOfNewKey() {
            try (KeySource source = KeySource.of("{\"keys\": []}");
                    FastApi backend = standalone(source, Map.of("TASKS_PAUSE", "1"))) {
                assertEquals(401, status(backend, ada.accessToken()));
                source.publish(published());
                comesToBe("the new key is known", () -> status(backend, ada.accessToken()) == 200);
            }
        }

        /** The key that was new overnight is the only one that clients come with in the morning, all at once. */
        @Test
        void areFetchedForAllTokensOfANewKeyAfterAnIdleTime() {
            try (KeySource source = KeySource.of("{\"keys\": []}");
                    FastApi backend = standalone(source, HURRIED)) {
                assertEquals(401, status(backend, ada.accessToken()));
                source.publish(published());
                // Longer than TASKS_REFRESH, in which nothing is sent.
                for (int i = 0; i < 30; i++) {
                    pause();
                }
                List<Integer> statuses = Together.times(20, i -> status(backend, ada.accessToken()));

                assertEquals(List.of(200), statuses.stream().distinct().toList());
                assertEquals(2, source.requests());
            }
        }

        @Test
        void areRefusedOnceTheyAreNoLongerPublished() {
            try (KeySource source = KeySource.of(published());
                    FastApi backend = standalone(source, HURRIED)) {
                assertEquals(200, status(backend, ada.accessToken()));
                source.publish("{\"keys\": []}");
                comesToBe("the key is withdrawn", () -> status(backend, ada.accessToken()) == 401);
            }
        }

        @Test
        void stayValidWhileTheServiceIsUnavailable() {
            try (KeySource source = KeySource.of(published());
                    FastApi backend = standalone(source, HURRIED)) {
                assertEquals(200, status(backend, ada.accessToken()));
                for (String rubbish :
                        List.of("", "nonsense", "[]", "{}", "{\"keys\": 5}", "{\"keys\": [{\"alg\": \"EdDSA\"}]}")) {
                    int before = source.requests();
                    source.publish(rubbish);
                    comesToBe("it has been asked", () -> {
                        assertEquals(200, status(backend, ada.accessToken()), rubbish);
                        return source.requests() > before;
                    });
                    assertEquals(200, status(backend, ada.accessToken()), rubbish);
                }
                source.close();
                comesToBe("it notices", () -> {
                    assertEquals(200, status(backend, ada.accessToken()));
                    return backend.output().contains("Connection refused");
                });
                assertFalse(backend.output().contains("Traceback"), backend.output());
            }
        }

        /** Security: a key that is withdrawn meanwhile would otherwise be valid for as long as an attacker makes that last. */
        @Test
        void areDroppedWhenTheServiceIsUnavailableForLong() {
            try (KeySource source = KeySource.of(published());
                    FastApi backend = standalone(source, Packaged.with(HURRIED, Map.of("TASKS_MAX_AGE", "5")))) {
                assertEquals(200, status(backend, ada.accessToken()));
                source.publish("nonsense");
                comesToBe("they are too old", () -> status(backend, ada.accessToken()) == 503);
                source.publish(published());
                comesToBe("they are known again", () -> status(backend, ada.accessToken()) == 200);
            }
        }

        /** Security: anybody can send tokens of unknown keys, and FastAPI has forty threads. */
        @Test
        void unknownOnesDoNotUseUpTheThreads() {
            // One reads for so long that the others can be answered meanwhile on a busy machine, too.
            try (KeySource source = KeySource.of(published());
                    FastApi backend = standalone(source, Map.of("TASKS_PAUSE", "1", "TASKS_TIMEOUT", "15"))) {
                assertEquals(200, status(backend, ada.accessToken()));
                source.freeze();
                comesToBe("one waits, and the others get their responses", () -> {
                    int before = source.requests();
                    var waiting = CompletableFuture.supplyAsync(() -> status(backend, byAnUnknownKey()));
                    if (!isReadAgain(source, before, waiting)) {
                        return false;
                    }
                    List<Integer> others = Together.times(60, i -> status(backend, byAnUnknownKey()));
                    boolean waits = !waiting.isDone();
                    assertEquals(List.of(401), others.stream().distinct().toList());
                    assertEquals(401, waiting.join());
                    return waits;
                });
            }
        }

        /** Fail closed, and say that it is not the token's fault. */
        @ParameterizedTest
        @ValueSource(strings = {"", "{}", "nonsense"})
        void respond503InsteadOf401WhenTheyAreMissing(String rubbish) {
            try (KeySource source = KeySource.of(rubbish);
                    FastApi backend = standalone(source, Map.of("TASKS_PAUSE", "1"))) {
                Response response = own(backend, ada.accessToken());
                response.then().statusCode(503).header("Retry-After", matchesPattern("[1-9]\\d*"));
                assertEquals(
                        401,
                        backend.request().get("/api/" + ada.id() + "/tasks").statusCode());
                assertEquals(401, status(backend, "nonsense"));
                assertEquals(200, backend.request().get("/api/status").statusCode());
                source.publish(published());
                comesToBe("the keys are known", () -> status(backend, ada.accessToken()) == 200);
            }
        }

        /** Neither the event loop nor a client with a known key waits for a service that does not response. */
        @Test
        void doNotDelayTokensOfKnownKeys() {
            try (KeySource source = KeySource.of(published());
                    FastApi backend = standalone(source, Map.of("TASKS_PAUSE", "1", "TASKS_TIMEOUT", "15"))) {
                assertEquals(200, status(backend, ada.accessToken()));
                source.freeze();
                comesToBe("a token of an unknown key waits alone", () -> {
                    int before = source.requests();
                    var unknown = CompletableFuture.supplyAsync(() -> status(backend, byAnUnknownKey()));
                    boolean reads = isReadAgain(source, before, unknown);
                    for (int i = 0; i < 5; i++) {
                        assertEquals(200, backend.request().get("/api/status").statusCode());
                        assertEquals(200, status(backend, ada.accessToken()));
                    }
                    boolean waits = reads && !unknown.isDone();
                    assertEquals(401, unknown.join());
                    return waits;
                });
            }
        }

        /** When the keys are due again, one request asks for them; the others go on with what is known. */
        @Test
        void areRefreshedByOneRequestOnly() {
            try (KeySource source = KeySource.of(published());
                    FastApi backend = standalone(source, Packaged.with(HURRIED, Map.of("TASKS_TIMEOUT", "15")))) {
                assertEquals(200, status(backend, ada.accessToken()));
                source.freeze();
                comesToBe("one waits alone", () -> {
                    int before = source.requests();
                    var waiting = CompletableFuture.supplyAsync(() -> status(backend, ada.accessToken()));
                    // Nothing is asked beside it before it reads, or that might be what reads.
                    if (!isReadAgain(source, before, waiting)) {
                        return false;
                    }
                    for (int i = 0; i < 5; i++) {
                        assertEquals(200, status(backend, ada.accessToken()));
                    }
                    boolean waits = !waiting.isDone();
                    assertEquals(200, waiting.join());
                    return waits;
                });
            }
        }

        @Test
        void areFetchedWithATimeout() throws Exception {
            try (KeySource source = KeySource.of(published());
                    FastApi backend = standalone(source, Map.of())) {
                source.freeze();
                // It gives up after three seconds; the rest is for a machine that is busy.
                int status = CompletableFuture.supplyAsync(() -> status(backend, ada.accessToken()))
                        .get(20, TimeUnit.SECONDS);
                assertEquals(503, status);
            }
        }

        /** Security: what is published is known to everybody, so that no secret may stand there. */
        @Test
        void areNotUsableAsSecrets() {
            byte[] secret = "published, and so known to everybody: 32 bytes".getBytes(StandardCharsets.UTF_8);
            String keys = """
                    {"keys": [{"kty": "oct", "use": "sig", "alg": "HS256", "kid": "known", "k": "%s"}]}""".formatted(RawTokens.part(secret));
            String token = RawTokens.hmac(
                    secret,
                    "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"known\"}",
                    RawTokens.text(ada.accessToken().split("\\.")[1]));
            try (KeySource source = KeySource.of(keys);
                    FastApi backend = standalone(source, Map.of())) {
                assertEquals(401, status(backend, token));
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"HS256", "RS256", "ES256", "none", "EdDSA "})
        void areValidForTheirPublishedAlgorithmOnly(String algorithm) {
            String other = published().replace("\"EdDSA\"", "\"" + algorithm + "\"");
            try (KeySource source = KeySource.of(other);
                    FastApi backend = standalone(source, Map.of())) {
                int status = status(backend, ada.accessToken());
                assertTrue(status == 401 || status == 503, algorithm + " " + status);
            }
        }

        private String byAnUnknownKey() {
            SigningKey key = stolen.key();
            String payload = RawTokens.text(ada.accessToken().split("\\.")[1]);
            return RawTokens.sign(
                    key,
                    RawTokens.header(
                            new SigningKey(new KeyId(UUID.randomUUID().toString()), key.algorithm(), key.key())),
                    payload);
        }

        private static String published() {
            return given().port(service.port()).get("/api/auth/jwks").asString();
        }

        private FastApi standalone(KeySource source, Map<String, String> more) {
            Map<String, String> environment = new HashMap<>(more);
            environment.put("LATCHKEY_URL", source.url());
            environment.put("LATCHKEY_ISSUER", ISSUER);
            return FastApi.started(EXTENDED, "extended", environment);
        }

        private static int status(FastApi backend, String token) {
            return own(backend, token).statusCode();
        }

        private static Response own(FastApi backend, String token) {
            return backend.request().header("Authorization", "Bearer " + token).get("/api/" + ada.id() + "/tasks");
        }

        /** What takes some seconds, since nothing is read twice within one. */
        private static void comesToBe(String what, BooleanSupplier condition) {
            long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
            while (!condition.getAsBoolean()) {
                assertTrue(System.nanoTime() < end, "still not so: " + what);
                pause();
            }
        }

        /** Waits until the keys are requested again, or a response came without that; returns which. */
        private static boolean isReadAgain(KeySource source, int before, CompletableFuture<Integer> response) {
            while (source.requests() == before && !response.isDone()) {
                pause();
            }
            return source.requests() > before;
        }

        private static void pause() {
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting", e);
            }
        }

        /** FR-019: a guard that has to be remembered will be forgotten. */
        @Test
        void protectRoutesThatWereAddedLater() {
            Person eve = Person.signedUp();
            try (FastApi backend = FastApi.started(
                    EXTENDED,
                    "extended",
                    Map.of("LATCHKEY_URL", "http://127.0.0.1:" + service.port(), "LATCHKEY_ISSUER", ISSUER))) {
                for (String route : List.of("/api/%s/exports", "/reports/2026/of/%s")) {
                    String path = route.formatted(ada.id());
                    assertEquals(401, backend.request().get(path).statusCode());
                    assertEquals(
                            403,
                            backend.request()
                                    .header("Authorization", "Bearer " + eve.accessToken())
                                    .get(path)
                                    .statusCode());
                    assertEquals(
                            200,
                            backend.request()
                                    .header("Authorization", "Bearer " + ada.accessToken())
                                    .get(path)
                                    .statusCode());
                }
                assertEquals(401, backend.request().get("/reports/mine").statusCode());
                backend.request()
                        .queryParam("user_id", ada.id())
                        .header("Authorization", "Bearer " + eve.accessToken())
                        .get("/reports/mine")
                        .then()
                        .statusCode(200)
                        .body("report_of", equalTo(eve.id()));
            }
        }
    }

    @Test
    void doesNotStartWithoutItsSettings() {
        ExternalProcess.Ended nameless = FastApi.python("import standalone");
        assertEquals(1, nameless.code());
        assertTrue(nameless.output().contains("LATCHKEY_URL"), nameless.output());

        ExternalProcess.Ended brief = FastApi.python("import os\n"
                + "os.environ['LATCHKEY_URL'] = 'http://localhost'\n"
                + "os.environ['LATCHKEY_JWT_SECRET'] = 'x' * 31\n"
                + "import standalone");
        assertEquals(1, brief.code());
        assertTrue(brief.output().contains("LATCHKEY_JWT_SECRET"), brief.output());
        assertFalse(brief.output().contains("x".repeat(31)), brief.output());
    }

    /** Other pages' scripts may neither ask with a token nor read what comes back. */
    @Test
    void allowsConfiguredOriginsOnly() {
        String page = "http://localhost:3000";
        Map<String, String> settings = Map.of("LATCHKEY_URL", "http://127.0.0.1:1");
        try (FastApi backend = FastApi.started("standalone", Packaged.with(settings, Map.of("TASKS_ORIGINS", page)))) {
            preflight(backend, page)
                    .then()
                    .statusCode(200)
                    .header("Access-Control-Allow-Origin", page)
                    .header("Access-Control-Allow-Headers", containsStringIgnoringCase("authorization"))
                    .header("Access-Control-Allow-Credentials", nullValue());
            backend.request()
                    .header("Origin", page)
                    .get("/api/somebody/tasks")
                    .then()
                    .statusCode(401)
                    .header("Access-Control-Allow-Origin", page);
            for (String other :
                    List.of("http://localhost:3001", "https://localhost:3000", page + ".evil.example", "null")) {
                preflight(backend, other).then().statusCode(400).header("Access-Control-Allow-Origin", nullValue());
                backend.request()
                        .header("Origin", other)
                        .get("/api/status")
                        .then()
                        .header("Access-Control-Allow-Origin", nullValue());
            }
        }
        try (FastApi backend = FastApi.started("standalone", settings)) {
            preflight(backend, page).then().statusCode(405).header("Access-Control-Allow-Origin", nullValue());
        }
    }

    private static Response preflight(FastApi backend, String origin) {
        return backend.request()
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "GET")
                .header("Access-Control-Request-Headers", "authorization")
                .options("/api/somebody/tasks");
    }

    /** Behind the gate the gate decides, and nothing else: who reaches the port reaches everything. */
    @Test
    void verifiesNoTokensBehindTheGate() {
        ExternalProcess.Ended imported = FastApi.python("import sys, behind_the_gate\n"
                + "print(sorted({'jwt', 'latchkey_auth', 'latchkey_keys', 'standalone'} & set(sys.modules)))");
        assertEquals(new ExternalProcess.Ended(0, "[]\n"), imported);

        try (FastApi backend = FastApi.started("behind_the_gate", Map.of())) {
            backend.request().get("/api/status").then().statusCode(200);
            backend.request().get("/api/somebody/tasks").then().statusCode(200).body(equalTo("[]"));
            backend.request()
                    .header("X-Auth-User-Id", "somebody")
                    .get("/api/somebody/caller")
                    .then()
                    .statusCode(200)
                    .body("user_id", is("somebody"))
                    .body("x_auth_user_id", is("somebody"));
        }
    }
}
