package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.SigningKeys.SigningKey;
import dev.latchkey.key.TestKeys;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import dev.latchkey.token.RawTokens;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Other issuers' tokens at the packaged service: by public keys that it fetches, and by a shared secret. */
@Tag("either-package")
class TrustedIssuersIT {

    private static final String ISSUER = "https://shop.example.com";
    private static final String MOVED = "the secret of the service that people moved from";
    private static final String CACHE = "the secret of a front end's cookie cache, 32 bytes";

    private static final List<SigningKeys> PUBLISHED = new CopyOnWriteArrayList<>();
    private static final AtomicInteger ASKED = new AtomicInteger();
    private static EmbeddedDatabase database;
    private static HttpServer source;
    private static Packaged service;

    @BeforeAll
    static void start() throws IOException {
        for (Algorithm algorithm : List.of(Algorithm.EDDSA, Algorithm.ES256, Algorithm.RS256)) {
            PUBLISHED.add(TestKeys.pairs(algorithm));
        }
        source = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        source.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        source.createContext("/api/auth/jwks", exchange -> {
            ASKED.incrementAndGet();
            byte[] body = JsonUtil.toJson(Map.of(
                            "keys",
                            PUBLISHED.stream()
                                    .flatMap(keys -> keys.published().stream())
                                    .toList()))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        source.start();
        database = EmbeddedDatabaseResource.emptyDatabase();
        service = Packaged.ready(
                database,
                Map.of(
                        "LATCHKEY_TOKEN_TRUSTED_SHOP_JWKS_URL",
                        "http://127.0.0.1:" + source.getAddress().getPort() + "/api/auth/jwks",
                        "LATCHKEY_TOKEN_TRUSTED_SHOP_ISSUER",
                        ISSUER,
                        "LATCHKEY_TOKEN_TRUSTED_SHOP_AUDIENCE",
                        ISSUER,
                        "LATCHKEY_TOKEN_TRUSTED_MOVED_SECRET",
                        MOVED,
                        "LATCHKEY_TOKEN_TRUSTED_MOVED_ISSUER",
                        "https://old.example.com",
                        "LATCHKEY_TOKEN_TRUSTED_MOVED_SHARES_USERS",
                        "true",
                        "LATCHKEY_TOKEN_TRUSTED_CACHE_SECRET",
                        CACHE,
                        "LATCHKEY_TOKEN_TRUSTED_CACHE_USER_CLAIM",
                        "user.id",
                        "LATCHKEY_TOKEN_TRUSTED_CACHE_END_CLAIM",
                        "session.expiresAt"));
        service.addressed();
    }

    @AfterAll
    static void stop() {
        service.close();
        source.stop(0);
    }

    // Its user ids are its own: whichever they look like, they own nothing here.
    @ParameterizedTest
    @EnumSource(names = {"EDDSA", "ES256", "RS256"})
    void acceptsTokenByPublishedKeysButAllowsNoOwnRoute(Algorithm algorithm) {
        Person ada = Person.signedUp();
        String token = byKey(keyFor(algorithm), ada.id());

        Eventually.holds("the keys are known", () -> status(token, ada.own("")) != 401);
        bearing(token).get(ada.own("")).then().statusCode(403).body("code", is("NOT_OWNER"));
        bearing(token).get("/api/auth/session").then().statusCode(403).body("code", is("FORBIDDEN"));
        bearing(token.substring(0, token.length() - 4) + "AAAA")
                .get(ada.own(""))
                .then()
                .statusCode(401);
    }

    // A new key works from its first token on, and tokens with invented keys cost the issuer nothing.
    @Test
    void fetchesUnknownKeyRarely() throws Exception {
        Person ada = Person.signedUp();
        Eventually.holds(
                "the keys are known", () -> status(byKey(keyFor(Algorithm.EDDSA), ada.id()), ada.own("")) == 403);
        int before = ASKED.get();
        for (int i = 0; i < 20; i++) {
            SigningKey invented = TestKeys.pairs(Algorithm.EDDSA).current();
            assertEquals(401, status(byKey(invented, ada.id()), ada.own("")));
        }
        assertTrue(ASKED.get() <= before + 1, "asked " + (ASKED.get() - before) + " times");

        // At most half a minute after the last look the service may look again; the token then counts at once.
        SigningKeys next = TestKeys.pairs(Algorithm.EDDSA);
        PUBLISHED.add(next);
        String token = byKey(next.current(), ada.id());
        long end = System.nanoTime() + Duration.ofSeconds(45).toNanos();
        while (status(token, ada.own("")) == 401 && System.nanoTime() < end) {
            Thread.sleep(500);
        }
        assertEquals(403, status(token, ada.own("")));
    }

    @Test
    void allowsOwnRoutesToUsersWithSharedIds() {
        Person ada = Person.signedUp();
        Person eve = Person.signedUp();
        String token = moved(ada.id());

        bearing(token).get(ada.own("")).then().statusCode(200).body("email", equalTo(ada.email()));
        bearing(token).get(eve.own("")).then().statusCode(403).body("code", is("NOT_OWNER"));
        bearing(token)
                .get("/api/auth/session")
                .then()
                .statusCode(200)
                .body("user_id", equalTo(ada.id()))
                .body("session_id", nullValue())
                .body("roles", empty());
        bearing(token)
                .get(ada.own("/sessions"))
                .then()
                .statusCode(200)
                .body("sessions.current", equalTo(List.of(false)));
        bearing(moved(UUID.randomUUID().toString()))
                .get("/api/auth/session")
                .then()
                .statusCode(200);
    }

    // Nothing here may be signed out, renewed or done without the password by a token of another issuer.
    @Test
    void givesUserWithSharedIdNoSession() {
        Person ada = Person.signedUp();
        String token = moved(ada.id());

        bearing(token).noContentType().post("/api/auth/logout").then().statusCode(204);
        ada.bearing().get("/api/auth/session").then().statusCode(200);
        bearing(token).delete(ada.own("")).then().statusCode(403).body("code", is("NOT_FRESH"));
        assertEquals(null, bearing(moved(ada.id(), 60)).get(ada.own("")).header("set-auth-jwt"));
    }

    // Ending all sessions ends what others issued before, too.
    @Test
    void refusesASharedUsersTokenAfterAllSessionsWereEnded() {
        Person ada = Person.signedUp();
        String token = moved(ada.id(), 900, Instant.now().minusSeconds(30));
        bearing(token).get(ada.own("")).then().statusCode(200);

        ada.bearing().delete(ada.own("/sessions")).then().statusCode(204);

        bearing(token).get(ada.own("")).then().statusCode(401).body("code", is("INVALID_TOKEN"));
    }

    @Test
    void acceptsCookieCacheButAllowsNoOwnRoute() {
        Person ada = Person.signedUp();
        long now = Instant.now().getEpochSecond();
        String payload = """
                {"session":{"expiresAt":"%s","userId":"%s"},"user":{"id":"%s"},"iat":%d,"exp":%d}""".formatted(Instant.ofEpochSecond(now + 600), ada.id(), ada.id(), now, now + 300);
        String token = RawTokens.hmac(CACHE.getBytes(StandardCharsets.UTF_8), "{\"alg\":\"HS256\"}", payload);
        bearing(token).get(ada.own("")).then().statusCode(403);
        String mail = "{\"email\":\"%s\",\"userId\":\"%s\",\"iat\":%d,\"exp\":%d}"
                .formatted(ada.email(), ada.id(), now, now + 300);
        bearing(RawTokens.hmac(CACHE.getBytes(StandardCharsets.UTF_8), "{\"alg\":\"HS256\"}", mail))
                .get(ada.own(""))
                .then()
                .statusCode(401);
    }

    // Security: one who knows another issuer's secret cannot write a token of ours.
    @Test
    void refusesOwnTokensSignedWithForeignSecrets() {
        Person ada = Person.signedUp();
        String[] ours = ada.accessToken().split("\\.");
        String header = RawTokens.text(ours[0]).replaceAll("\"alg\":\"[^\"]*\"", "\"alg\":\"HS256\"");
        assertNotEquals(header, RawTokens.text(ours[0]));
        for (String secret : List.of(MOVED, CACHE)) {
            for (String written : List.of(header, "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}")) {
                String forged =
                        RawTokens.hmac(secret.getBytes(StandardCharsets.UTF_8), written, RawTokens.text(ours[1]));
                bearing(forged).get(ada.own("")).then().statusCode(401);
            }
        }
    }

    // Settings that cannot work are told at the start, in words that name them.
    @ParameterizedTest
    @CsvSource({
        "JWKS_URL, http://shop.example.com/jwks, jwks-url: must be an https address",
        "JWKS_URL, https://shop.example.com/jwks, issuer: must be given beside .jwks-url",
        "SECRET, too short, has fewer than 32 bytes",
        "ISSUER, https://shop.example.com, give one of them",
        "JWKS_ULR, https://shop.example.com/jwks, did you mean LATCHKEY_TOKEN_TRUSTED_BAD_JWKS_URL"
    })
    void refusesToStartWithTrustThatCannotWork(String setting, String value, String words) throws Exception {
        try (Packaged refused = Packaged.launched(
                Packaged.with(Packaged.settings(database), Map.of("LATCHKEY_TOKEN_TRUSTED_BAD_" + setting, value)))) {
            OptionalInt code = refused.exitCode(Duration.ofMinutes(1));
            assertTrue(code.isPresent() && code.getAsInt() != 0, "it ended with " + code);
            assertTrue(refused.output().contains(words), refused.output());
        }
    }

    private static SigningKey keyFor(Algorithm algorithm) {
        return PUBLISHED.stream()
                .map(SigningKeys::current)
                .filter(key -> key.algorithm() == algorithm)
                .findFirst()
                .orElseThrow();
    }

    private static String byKey(SigningKey key, String userId) {
        String header = "{\"alg\":\"%s\",\"kid\":\"%s\"}"
                .formatted(
                        key.algorithm().jose(), Objects.requireNonNull(key.id()).value());
        return RawTokens.sign(key, header, payload(ISSUER, ",\"aud\":\"" + ISSUER + "\"", userId, 900, Instant.now()));
    }

    private static String moved(String userId) {
        return moved(userId, 900);
    }

    private static String moved(String userId, int lifetime) {
        return moved(userId, lifetime, Instant.now());
    }

    private static String moved(String userId, int lifetime, Instant issued) {
        return RawTokens.hmac(
                MOVED.getBytes(StandardCharsets.UTF_8),
                "{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
                payload("https://old.example.com", ",\"groups\":[\"admin\"]", userId, lifetime, issued));
    }

    private static String payload(String issuer, String more, String userId, int lifetime, Instant issued) {
        long now = issued.getEpochSecond();
        return "{\"iss\":\"%s\",\"sub\":\"%s\",\"iat\":%d,\"exp\":%d%s}"
                .formatted(issuer, userId, now, now + lifetime, more);
    }

    private static RequestSpecification bearing(String token) {
        return given().header("Authorization", "Bearer " + token);
    }

    private static int status(String token, String path) {
        return bearing(token).get(path).statusCode();
    }
}
