package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.BetterAuth;
import dev.latchkey.fixture.BetterAuthUser;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import dev.latchkey.token.RawTokens;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real Better Auth servers and what they sign, at the packaged service. */
@EnabledIf(
        value = "dev.latchkey.fixture.BetterAuth#isInstalled",
        disabledReason = "Better Auth is not installed in target/better-auth, which .ci/run does where npm is")
class BetterAuthIT {

    private static final String SECRET = "the secret of a Better Auth server, 32 bytes at least";
    private static final String ANOTHER = "the secret of another Better Auth server, as long";

    private static final String BACKEND = "the secret of a backend that introspects tokens";

    private static BetterAuth servers;
    private static EmbeddedDatabase database;
    private static Packaged service;

    @BeforeAll
    static void start() {
        servers = BetterAuth.started(Map.of(
                "eddsa", server("EdDSA", ANOTHER, Map.of()),
                "es256",
                        server("ES256", ANOTHER, Map.of("sessionCookieCache", true, "user", groups("string", "admin"))),
                "rs256",
                        server(
                                "RS256",
                                ANOTHER,
                                Map.of("sessionCookieCache", true, "user", groups("string[]", List.of("admin")))),
                "rotating", server("EdDSA", ANOTHER, Map.of("rotationInterval", 10)),
                "cache", server("EdDSA", SECRET, Map.of("session", cached(300, 3600))),
                "brief", server("EdDSA", SECRET, Map.of("session", cached(1, 3600))),
                "ending", server("EdDSA", SECRET, Map.of("session", cached(300, 1))),
                "stranger", server("EdDSA", "a secret that nobody here has been told of", Map.of()),
                "impostor", server("EdDSA", ANOTHER, Map.of("impersonates", "eddsa"))));
        Map<String, String> settings = new HashMap<>();
        // Refusing what has ended needs no waiting for a clock that is behind: it is the same one.
        settings.put("LATCHKEY_TOKEN_LEEWAY", "1s");
        settings.put("LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET", BACKEND);
        for (String name : new String[] {"eddsa", "es256", "rs256"}) {
            byPublishedKeys(settings, name, name, servers.address(name));
            trust(settings, name, "SHARES_USERS", "true");
        }
        byPublishedKeys(settings, "rotating", "rotating", servers.address("rotating"));
        byPublishedKeys(settings, "signedcache", "es256", "better-auth:session-cache");
        trust(settings, "signedcache", "TYPES", "better-auth.session-cache+jwt");
        trust(settings, "signedcache", "EMAIL_CLAIM", "user.email");
        trust(settings, "signedcache", "END_CLAIM", "session.expiresAt");
        trust(settings, "signedcache", "SHARES_USERS", "true");
        trust(settings, "cache", "SECRET", SECRET);
        trust(settings, "cache", "USER_CLAIM", "user.id");
        trust(settings, "cache", "EMAIL_CLAIM", "user.email");
        trust(settings, "cache", "END_CLAIM", "session.expiresAt");
        trust(settings, "cache", "SHARES_USERS", "true");
        database = EmbeddedDatabaseResource.emptyDatabase();
        service = Packaged.ready(database, settings);
        service.addressed();
    }

    @AfterAll
    static void stop() {
        if (service != null) {
            service.close();
        }
        if (servers != null) {
            servers.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"eddsa, EdDSA", "es256, ES256", "rs256, RS256"})
    void allowsOwnRoutesWithTokenOfTheJwtPlugin(String server, String algorithm) {
        BetterAuthUser ada = BetterAuthUser.signedUp(servers.address(server));
        insertUser(ada);
        String token = ada.token();
        assertEquals(algorithm, header(token).getString("alg"));

        Eventually.holds("the keys are known", () -> status(token, ada) != 401);
        opensTheirOwnRoutesOnly(token, ada);
        refusesWhatIsAltered(token, ada);
    }

    // Security: a field of its users may be called like our roles, and users may be let to fill it in.
    @Test
    void ignoresRolesOfAnotherServer() {
        BetterAuthUser ada = BetterAuthUser.signedUp(servers.address("rs256"));
        insertUser(ada);
        String token = ada.token();
        assertEquals(List.of("admin"), payload(token).getList("groups"));

        Eventually.holds("the keys are known", () -> status(token, ada) == 200);
        bearing(token).get("/api/auth/session").then().statusCode(200).body("roles", empty());
        given().auth()
                .preemptive()
                .basic("shop", BACKEND)
                .formParam("token", token)
                .post("/oauth/introspect")
                .then()
                .statusCode(200)
                .body("active", is(true))
                .body("user_id", equalTo(ada.id()))
                .body("groups", empty());
    }

    @Test
    void allowsOwnRoutesWithCookieCacheSignedBySecret() {
        BetterAuthUser ada = BetterAuthUser.signedUp(servers.address("cache"));
        insertUser(ada);
        String token = ada.cookieCache();
        assertEquals(Map.of("alg", "HS256"), header(token).getMap(""));

        opensTheirOwnRoutesOnly(token, ada);
        refusesWhatIsAltered(token, ada);
    }

    @Test
    void allowsOwnRoutesWithCookieCacheSignedByPublishedKey() {
        BetterAuthUser ada = BetterAuthUser.signedUp(servers.address("es256"));
        insertUser(ada);
        String token = ada.cookieCache();
        assertEquals("ES256", header(token).getString("alg"));

        Eventually.holds("the keys are known", () -> status(token, ada) != 401);
        opensTheirOwnRoutesOnly(token, ada);
        refusesWhatIsAltered(token, ada);
    }

    // Browsers keep 4 KiB in a cookie, so that Better Auth cuts what is longer.
    @Test
    void acceptsCookieCacheInSeveralCookies() {
        BetterAuthUser ada = BetterAuthUser.signedUp(servers.address("cache"), "Ada ".repeat(800));
        insertUser(ada);
        assertTrue(ada.cookies().containsKey("better-auth.session_data.1"), "one piece");

        assertEquals(200, status(ada.cookieCache(), ada));
    }

    // Its user ids are its own unless the settings say otherwise. Its next key is looked for when a token names it, at
    // most half a minute after the last look.
    @Test
    void acceptsTokensOfTheServersNewKey() throws Exception {
        BetterAuthUser ada = BetterAuthUser.signedUp(servers.address("rotating"));
        insertUser(ada);
        String first = ada.token();
        awaitAcceptance(first, ada);
        String next = ada.token();
        while (header(next).getString("kid").equals(header(first).getString("kid"))) {
            Thread.sleep(200);
            next = ada.token();
        }
        awaitAcceptance(next, ada);

        for (String token : new String[] {first, next}) {
            bearing(token).get(own(ada)).then().statusCode(403).body("code", is("NOT_OWNER"));
            bearing(token).get("/api/auth/session").then().statusCode(403).body("code", is("FORBIDDEN"));
        }
    }

    // By the token's own end, and by the session's, which may come first.
    @ParameterizedTest
    @ValueSource(strings = {"brief", "ending"})
    void refusesExpiredCookieCache(String server) {
        BetterAuthUser ada = BetterAuthUser.signedUp(servers.address(server));
        insertUser(ada);
        String token = ada.cookieCache();

        Eventually.holds("it has ended", () -> status(token, ada) == 401);
        bearing(token).get(own(ada)).then().statusCode(401).body("code", is("TOKEN_EXPIRED"));
    }

    // The same secret signs these, and they too name a user.
    @Test
    void refusesTokenForAnEmailAddress() {
        BetterAuthUser ada = BetterAuthUser.signedUp(servers.address("cache"));
        insertUser(ada);
        String token = servers.mailedTo(ada.email());
        assertEquals("HS256", header(token).getString("alg"));
        assertEquals(ada.id(), payload(token).getString("userId"));

        refuses(token, ada);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stranger", "impostor"})
    void refusesUntrustedServer(String server) {
        BetterAuthUser eve = BetterAuthUser.signedUp(servers.address(server));
        insertUser(eve);
        String token = eve.token();
        boolean claimsToBeAnother = payload(token).getString("iss").equals(servers.address("eddsa"));
        assertEquals(server.equals("impostor"), claimsToBeAnother);

        refuses(token, eve);
        refuses(eve.cookieCache(), eve);
    }

    // A server that is trusted by one kind of its tokens is not by the others.
    @Test
    void refusesOtherTokensOfTrustedServer() {
        BetterAuthUser ada = BetterAuthUser.signedUp(servers.address("cache"));
        insertUser(ada);
        refuses(ada.token(), ada);

        BetterAuthUser bob = BetterAuthUser.signedUp(servers.address("rs256"));
        insertUser(bob);
        Eventually.holds("the keys are known", () -> status(bob.token(), bob) == 200);
        assertEquals("better-auth.session-cache+jwt", header(bob.cookieCache()).getString("typ"));
        refuses(bob.cookieCache(), bob);

        BetterAuthUser cleo = BetterAuthUser.signedUp(servers.address("eddsa"));
        insertUser(cleo);
        Eventually.holds("the keys are known", () -> status(cleo.token(), cleo) == 200);
        refuses(cleo.cookieCache(), cleo);
    }

    // The signed session token of the cookie beside it is no JWT.
    @Test
    void refusesSessionToken() {
        BetterAuthUser ada = BetterAuthUser.signedUp(servers.address("cache"));
        insertUser(ada);
        String signed = ada.cookies().get("better-auth.session_token");

        refuses(signed, ada);
        refuses(signed.substring(0, signed.indexOf('.')), ada);
    }

    private static void opensTheirOwnRoutesOnly(String token, BetterAuthUser ada) {
        BetterAuthUser eve = BetterAuthUser.signedUp(ada.server());
        insertUser(eve);

        bearing(token).get(own(ada)).then().statusCode(200).body("email", equalTo(ada.email()));
        bearing(token).get(own(eve)).then().statusCode(403).body("code", is("NOT_OWNER"));
        bearing(token)
                .get("/api/auth/session")
                .then()
                .statusCode(200)
                .body("user_id", equalTo(ada.id()))
                .body("email", equalTo(ada.email()))
                .body("session_id", nullValue())
                .body("roles", empty());
    }

    /** One character of each part, at its beginning, in its middle and at its end. */
    private static void refusesWhatIsAltered(String token, BetterAuthUser ada) {
        int header = token.indexOf('.');
        int payload = token.indexOf('.', header + 1);
        Stream.of(new int[] {0, header}, new int[] {header + 1, payload}, new int[] {payload + 1, token.length()})
                .flatMap(part -> Stream.of(part[0], (part[0] + part[1]) / 2, part[1] - 1))
                .forEach(at -> {
                    char other = token.charAt(at) == 'A' ? 'B' : 'A';
                    refuses(token.substring(0, at) + other + token.substring(at + 1), ada);
                });
        assertEquals(200, status(token, ada));
    }

    private static void refuses(String token, BetterAuthUser user) {
        bearing(token).get(own(user)).then().statusCode(401).body("code", is("INVALID_TOKEN"));
    }

    private static void awaitAcceptance(String token, BetterAuthUser user) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(45).toNanos();
        while (status(token, user) == 401 && System.nanoTime() < end) {
            Thread.sleep(500);
        }
        assertNotEquals(401, status(token, user));
    }

    /** As after an import: the same person under the same id. */
    private static void insertUser(BetterAuthUser user) {
        try (Connection connection = database.connect();
                PreparedStatement insertion =
                        connection.prepareStatement("insert into users (id, email) values (?, ?)")) {
            insertion.setString(1, user.id());
            insertion.setString(2, user.email());
            insertion.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Object> server(String algorithm, String secret, Map<String, Object> more) {
        Map<String, Object> settings =
                new HashMap<>(Map.of("algorithm", algorithm, "secret", secret, "session", cached(300, 3600)));
        settings.putAll(more);
        return settings;
    }

    /** Users with such a field, and the same in it for each of them. */
    private static Map<String, Object> groups(String type, Object value) {
        return Map.of("additionalFields", Map.of("groups", Map.of("type", type, "defaultValue", value)));
    }

    /** A session of so many seconds, and for how many of them a cookie says it all. */
    private static Map<String, Object> cached(int cacheSeconds, int sessionSeconds) {
        return Map.of(
                "expiresIn",
                sessionSeconds,
                "cookieCache",
                Map.of("enabled", true, "strategy", "jwt", "maxAge", cacheSeconds));
    }

    private static void byPublishedKeys(Map<String, String> settings, String name, String server, String audience) {
        trust(settings, name, "JWKS_URL", servers.address(server) + "/api/auth/jwks");
        trust(settings, name, "ISSUER", servers.address(server));
        trust(settings, name, "AUDIENCE", audience);
    }

    private static void trust(Map<String, String> settings, String name, String setting, String value) {
        settings.put("LATCHKEY_TOKEN_TRUSTED_" + name.toUpperCase(Locale.ROOT) + "_" + setting, value);
    }

    private static JsonPath header(String token) {
        return JsonPath.from(RawTokens.text(token.split("\\.")[0]));
    }

    private static JsonPath payload(String token) {
        return JsonPath.from(RawTokens.text(token.split("\\.")[1]));
    }

    private static String own(BetterAuthUser user) {
        return "/api/users/" + user.id();
    }

    private static int status(String token, BetterAuthUser user) {
        return bearing(token).get(own(user)).statusCode();
    }

    private static RequestSpecification bearing(String token) {
        return given().header("Authorization", "Bearer " + token);
    }
}
