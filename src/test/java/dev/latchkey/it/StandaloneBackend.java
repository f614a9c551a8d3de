package dev.latchkey.it;

import static org.hamcrest.Matchers.emptyOrNullString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.FastApi;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.RawResponse;
import dev.latchkey.key.Algorithm;
import dev.latchkey.key.KeyId;
import dev.latchkey.key.SigningKeys.SigningKey;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import dev.latchkey.token.RawTokens;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What has to hold for the stand-alone backend of {@code examples/fastapi}, which verifies by itself what the packaged
 * service signs, whichever the algorithm: FR-011, FR-014 to FR-022, FR-027, SC-004 and SC-005 as a user's own backend
 * has to keep them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StandaloneBackend {

    private static final String ISSUER = "http://localhost";
    private static final String CHALLENGE = "Bearer realm=\"latchkey\"";
    private static final String INVALID = CHALLENGE + ", error=\"invalid_token\"";

    private final Map<String, String> settings;
    private final Map<String, String> environment;

    private EmbeddedDatabase database;
    private Packaged service;
    private FastApi backend;

    private Person ada;
    private Person eve;
    private String task;

    /** For a service with these settings and a backend with this environment. */
    StandaloneBackend(Map<String, String> settings, Map<String, String> environment) {
        this.settings = settings;
        this.environment = environment;
    }

    /** What the service signs with. */
    abstract SigningKey genuine();

    /** Where the service keeps what it signs with. */
    final EmbeddedDatabase database() {
        return database;
    }

    @BeforeAll
    void start() {
        database = EmbeddedDatabaseResource.emptyDatabase();
        service = Packaged.ready(database, settings).addressed();
        String address = "http://127.0.0.1:" + service.port();
        backend = FastApi.started(
                "standalone", Packaged.with(environment, Map.of("LATCHKEY_URL", address, "LATCHKEY_ISSUER", ISSUER)));
        ada = Person.signedUp();
        eve = Person.signedUp();
    }

    @AfterAll
    void stop() {
        if (backend != null) {
            backend.close();
        }
        if (service != null) {
            service.close();
        }
    }

    @BeforeEach
    void begin() {
        for (Person person : List.of(ada, eve)) {
            for (Map<String, Object> left : tasksOf(person)) {
                bearing(person)
                        .delete(own(person, (String) left.get("id")))
                        .then()
                        .statusCode(204);
            }
        }
        task = added(ada, "Water the plants");
    }

    @Test
    void servesOwnTasks() {
        String second = added(ada, "  Feed the cat  ");
        Map<String, Object> plants = Map.of("id", task, "title", "Water the plants", "done", false);
        Map<String, Object> cat = Map.of("id", second, "title", "Feed the cat", "done", false);
        assertEquals(List.of(plants, cat), tasksOf(ada));
        bearing(ada).get(own(ada, second)).then().statusCode(200).body("", equalTo(cat));

        sent(bearing(ada), "{\"done\": true}")
                .patch(own(ada, second))
                .then()
                .statusCode(200)
                .body("", equalTo(Map.of("id", second, "title", "Feed the cat", "done", true)));
        sent(bearing(ada), "{\"title\": \"Feed both cats\"}")
                .patch(own(ada, second))
                .then()
                .statusCode(200)
                .body("", equalTo(Map.of("id", second, "title", "Feed both cats", "done", true)));
        bearing(ada).delete(own(ada, second)).then().statusCode(204).body(emptyOrNullString());
        bearing(ada).delete(own(ada, second)).then().statusCode(404);
        bearing(ada).get(own(ada, second)).then().statusCode(404);
        sent(bearing(ada), "{\"done\": true}").patch(own(ada, second)).then().statusCode(404);
        assertEquals(List.of(plants), tasksOf(ada));
    }

    @Test
    void refusesInvalidTasks() {
        for (String body : List.of(
                "{}",
                "{\"title\": null}",
                "{\"title\": 5}",
                "{\"title\": \"\"}",
                "{\"title\": \"  \"}",
                "{\"title\": \"" + "x".repeat(201) + "\"}",
                "{\"title\": \"a\\u0000b\"}",
                "{\"title\": \"a\\ud800b\"}",
                "[]",
                "{")) {
            assertEquals(422, sent(bearing(ada), body).post(own(ada)).statusCode(), body);
        }
        for (String body : List.of("{\"done\": 1}", "{\"done\": \"yes\"}", "{\"title\": \"\\u0007\"}")) {
            assertEquals(422, sent(bearing(ada), body).patch(own(ada, task)).statusCode(), body);
        }
        assertEquals(1, tasksOf(ada).size());
    }

    /** FR-014: the name of the scheme has no letter case. */
    @Test
    void acceptsSchemeInAnyLetterCase() {
        for (String scheme : List.of("bearer", "BEARER", "bEaReR")) {
            assertEquals(
                    200,
                    authorized(scheme + " " + ada.accessToken()).get(own(ada)).statusCode(),
                    scheme);
        }
    }

    @Test
    void servesStatusWithoutToken() {
        backend.request().get("/api/status").then().statusCode(200).body("status", is("ok"));
        authorized("Bearer nonsense").get("/api/status").then().statusCode(200);
    }

    /** FR-019, FR-021, FR-022, SC-005 */
    @Test
    void refusesRoutesAndTasksOfOtherUsers() {
        Response nobodys = bearing(eve).get("/api/nobody-at-all/tasks");
        assertEquals(403, nobodys.statusCode());
        for (Response response : everyRoute(() -> bearing(eve))) {
            assertEquals(403, response.statusCode());
            assertEquals(nobodys.asString(), response.asString());
            assertFalse(response.headers().hasHeaderWithName("WWW-Authenticate"));
        }

        // Ada's task on a route of Eve's own.
        bearing(eve).get(own(eve, task)).then().statusCode(404);
        bearing(eve).delete(own(eve, task)).then().statusCode(404);
        sent(bearing(eve), "{\"title\": \"Eve was here\"}")
                .patch(own(eve, task))
                .then()
                .statusCode(404);

        // What body, query and headers say of the user counts for nothing.
        sent(bearing(eve), "{\"title\": \"For Ada\", \"user_id\": \"%s\", \"id\": \"%s\"}".formatted(ada.id(), task))
                .queryParam("user_id", ada.id())
                .header("X-Auth-User-Id", ada.id())
                .post(own(eve))
                .then()
                .statusCode(201);
        bearing(eve)
                .queryParam("user_id", eve.id())
                .header("X-Auth-User-Id", eve.id())
                .get(own(ada))
                .then()
                .statusCode(403);
        adaHasHerTaskAlone();
        assertEquals(1, tasksOf(eve).size());
    }

    /** Ids are compared exactly, as the framework decodes them. */
    @Test
    void decodesUserIdInThePathAndComparesItExactly() throws IOException {
        String id = ada.id();
        String encoded = "%" + Integer.toHexString(id.charAt(0)) + id.substring(1);
        assertEquals(200, statusOf("/api/" + encoded + "/tasks"));
        assertNotEquals(id, id.toUpperCase(Locale.ROOT));
        for (String other : List.of(
                id.toUpperCase(Locale.ROOT),
                id + "%20",
                "%20" + id,
                id + "%00",
                id + "%E2%80%8B",
                id + ".",
                id.substring(1),
                "*",
                eve.id() + "," + id,
                "%F0%9D%9F%8E" + id.substring(1))) {
            assertEquals(403, statusOf("/api/" + other + "/tasks"), other);
        }
        // No route has these, however they are read.
        for (String path : List.of(
                "/api/" + id + "/../" + eve.id() + "/tasks",
                "/api/" + id + "/%2e%2e/" + eve.id() + "/tasks",
                "/api//" + id + "/tasks",
                "/api/" + id + "/tasks/" + task + "/")) {
            assertNotEquals(200, statusOf(path), path);
        }
    }

    /** FR-020, SC-004 */
    @Test
    void refusesRequestWithoutToken() {
        for (Response response : everyRoute(backend::request)) {
            assertEquals(401, response.statusCode());
            assertEquals(CHALLENGE, response.header("WWW-Authenticate"));
        }
        adaHasHerTaskAlone();
    }

    /** FR-014: exactly one header, of the one scheme, and nothing but the header. */
    @Test
    void readsTokenFromOneAuthorizationHeaderOnly() {
        String token = ada.accessToken();
        backend.request()
                .queryParam("access_token", token)
                .queryParam("token", token)
                .queryParam("authorization", "Bearer " + token)
                .cookie("access_token", token)
                .cookie("Authorization", "Bearer " + token)
                .header("X-Authorization", "Bearer " + token)
                .header("Proxy-Authorization", "Bearer " + token)
                .get(own(ada))
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", CHALLENGE);
        for (List<String> headers : List.of(
                List.of("Bearer " + token, "Bearer " + token),
                List.of("Bearer " + token, "Bearer " + eve.accessToken()),
                List.of("Bearer " + eve.accessToken(), "Bearer " + token),
                List.of("Bearer " + token, "Basic YWRhOmFkYQ=="),
                List.of("Bearer " + token + ", Bearer " + token),
                List.of("Bearer " + token + " " + token),
                List.of("Basic " + token),
                List.of("Token " + token),
                List.of(token),
                List.of("Bearer"),
                List.of("Bearer" + token),
                List.of("Bearer \"" + token + "\""),
                List.of(""))) {
            Response response = backend.request()
                    .header(
                            "Authorization",
                            headers.getFirst(),
                            headers.subList(1, headers.size()).toArray())
                    .get(own(ada));
            assertEquals(401, response.statusCode(), headers.toString());
            assertEquals(INVALID, response.header("WWW-Authenticate"), headers.toString());
        }
    }

    /** FR-010, FR-017, FR-027, SC-004: even the genuine key makes no token of wrong claims. */
    @Test
    void refusesWrongClaimsSignedByTheRightKey() {
        long now = Instant.now().getEpochSecond();
        accepts("nothing is wrong", with(claims -> {}));
        boolean hasAudience = claims().containsKey("aud");
        String several = with(claims -> claims.put("aud", List.of("https://shop.example.com", ISSUER)));
        if (hasAudience) {
            accepts("several audiences", several);
        } else {
            refuses("audiences though the secret is the audience", several);
        }
        accepts("a clock that is ahead by less than the leeway", with(claims -> claims.put("iat", now + 4)));
        accepts("no address and no roles", with(claims -> claims.keySet().removeAll(List.of("email", "groups"))));

        List<String> required = new ArrayList<>(List.of("iss", "exp", "iat", "sub", "user_id", "jti", "sid"));
        if (hasAudience) {
            required.add("aud");
        }
        for (String name : required) {
            refuses("no " + name, with(claims -> claims.remove(name)));
            for (Object value : new Object[] {"", null, true, 0, -1, List.of(), Map.of(), List.of(ada.id()), 1.5e300}) {
                if (!(name.equals("iat") && value instanceof Integer)) {
                    refuses(name + " is " + value, with(claims -> claims.put(name, value)));
                }
            }
        }
        refuses("another issuer", with(claims -> claims.put("iss", "https://elsewhere.example.com")));
        refuses("the issuer with a slash", with(claims -> claims.put("iss", ISSUER + "/")));
        refuses("several issuers", with(claims -> claims.put("iss", List.of(ISSUER))));
        refuses("another audience", with(claims -> claims.put("aud", "https://shop.example.com")));
        refuses("other audiences", with(claims -> claims.put("aud", List.of("a", "b"))));
        refuses("an audience that is no text", with(claims -> claims.put("aud", List.of(ISSUER, 5))));
        refuses("expired beyond the leeway", with(claims -> claims.put("exp", now - 5)));
        refuses("expired long ago", with(claims -> claims.put("exp", now - 86_400)));
        refuses("an end as text", with(claims -> claims.put("exp", "" + (now + 900))));
        refuses("an end with a fraction", with(claims -> claims.put("exp", now + 900.5)));
        refuses("from the future", with(claims -> claims.put("iat", now + 60)));
        refuses("a beginning as text", with(claims -> claims.put("iat", "" + now)));
        refuses("not before tomorrow", with(claims -> claims.put("nbf", now + 86_400)));
        refuses("not before something", with(claims -> claims.put("nbf", Map.of())));
        refuses("two users, the other one first", with(claims -> claims.put("sub", eve.id())));
        refuses("two users, the other one second", with(claims -> claims.put("user_id", eve.id())));
        refuses("the address as the user", with(claims -> {
            claims.put("sub", ada.email());
            claims.put("user_id", ada.email());
            claims.remove("jti");
        }));
        String header = header(Map.of());
        for (String payload : List.of("", "null", "[]", "\"" + ada.id() + "\"", "{", "{}{}", "[".repeat(5000))) {
            refuses("the payload " + payload, RawTokens.sign(genuine(), header, payload));
        }
        adaHasHerTaskAlone();
    }

    /** RFC 9068: no other token that the same key may sign is an access token. */
    @Test
    void refusesWrongHeadersSignedByTheRightKey() {
        String payload = JsonUtil.toJson(claims());
        for (Object type : new Object[] {"JWT", "jwt", "", "logout+jwt", "better-auth.session-cache+jwt", 5}) {
            refuses("the type " + type, RawTokens.sign(genuine(), header(Map.of("typ", type)), payload));
        }
        refuses("no type", RawTokens.sign(genuine(), headerWithout("typ"), payload));
        refuses("a key that is not known", RawTokens.sign(genuine(), header(Map.of("kid", "another")), payload));
        refuses("an empty name of a key", RawTokens.sign(genuine(), header(Map.of("kid", "")), payload));
        refuses(
                "a name of a key that is none",
                RawTokens.sign(genuine(), header(Map.of("kid", List.of("x"))), payload));
        for (Object none : new Object[] {"none", "None", "NONE", "", "HS512", List.of("HS256"), 5}) {
            refuses("the algorithm " + none, RawTokens.sign(genuine(), header(Map.of("alg", none)), payload));
        }
        refuses("no algorithm", RawTokens.sign(genuine(), headerWithout("alg"), payload));
        for (Algorithm other : Algorithm.values()) {
            if (other != genuine().algorithm()) {
                refuses(
                        "the algorithm " + other,
                        RawTokens.sign(genuine(), header(Map.of("alg", other.jose())), payload));
            }
        }
        refuses(
                "nested as deep as a header may be",
                RawTokens.part("[".repeat(6000)) + "." + RawTokens.part(payload) + ".AA");
        adaHasHerTaskAlone();
    }

    @Test
    void refusesTokenSignedByForeignKey() throws Exception {
        String payload = JsonUtil.toJson(claims());
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        var pair = generator.generateKeyPair();
        PublicJsonWebKey jwk = PublicJsonWebKey.Factory.newPublicJwk(pair.getPublic());
        KeyId id = genuine().id() == null
                ? new KeyId("stranger")
                : Objects.requireNonNull(genuine().id());
        SigningKey foreign = new SigningKey(id, Algorithm.EDDSA, pair.getPrivate());
        refuses("the same name", signed(foreign, payload));
        refuses("the same algorithm", RawTokens.sign(foreign, header(Map.of()), payload));
        refuses("no name", RawTokens.sign(foreign, "{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\"}", payload));
        Map<String, Object> header = new LinkedHashMap<>(Map.of("alg", "EdDSA", "typ", "at+jwt", "kid", id.value()));
        header.put("jwk", jwk.toParams(PublicJsonWebKey.OutputControlLevel.PUBLIC_ONLY));
        refuses("its key in the header", RawTokens.sign(foreign, JsonUtil.toJson(header), payload));
        for (String secret : List.of("another secret, which is long enough as well", "a")) {
            refuses("the secret " + secret, signed(hmac(genuine().id(), utf8(secret)), payload));
            refuses("the secret " + secret, signed(hmac(null, utf8(secret)), payload));
        }
        String another = eve.accessToken();
        refuses(
                "the signature of another token",
                ada.accessToken().substring(0, ada.accessToken().lastIndexOf('.'))
                        + another.substring(another.lastIndexOf('.')));
        adaHasHerTaskAlone();
    }

    /** Each part at its beginning, in its middle and at its end, where a character may hold bits that mean nothing. */
    @Test
    void refusesAlteredToken() {
        String token = ada.accessToken();
        int payload = token.indexOf('.') + 1;
        int signature = token.lastIndexOf('.') + 1;
        for (int[] part : new int[][] {{0, payload - 1}, {payload, signature - 1}, {signature, token.length()}}) {
            for (int at : new int[] {part[0], (part[0] + part[1]) / 2, part[1] - 1}) {
                for (char other : new char[] {next(token.charAt(at)), 'A', '-', '!', '='}) {
                    if (other != token.charAt(at)) {
                        String altered = token.substring(0, at) + other + token.substring(at + 1);
                        refuses("altered at " + at + " to " + other, altered);
                    }
                }
            }
        }
        for (String altered : List.of(
                token + "A",
                token + "=",
                token + "==",
                token + ".",
                token + "!",
                "A" + token,
                "." + token,
                token + "." + token)) {
            refuses("with more to it", altered);
        }
        String unsigned = token.substring(0, signature);
        refuses("without its signature", unsigned);
        refuses("without its signature and the dot", unsigned.substring(0, unsigned.length() - 1));
        for (String none : List.of("none", "None", "NONE", "nOnE")) {
            String header = RawTokens.part(header(Map.of("alg", none)));
            String claims = token.substring(payload, signature - 1);
            refuses("unsigned", header + "." + claims + ".");
            refuses("unsigned", header + "." + claims + token.substring(signature - 1));
        }
        refuses("the refresh token", ada.refreshToken());
        refuses("the session", ada.sessionId());
        accepts("as it was", token);
        adaHasHerTaskAlone();
    }

    /** The price of verifying without Latchkey, named in the example's README. */
    @Test
    void acceptsTokenAfterSignOutUntilItExpires() {
        Person again = ada.signedInAgain();
        Person.post("/api/auth/logout", "{\"refresh_token\": \"%s\"}".formatted(again.refreshToken()))
                .then()
                .statusCode(204);
        again.bearing().get("/api/auth/session").then().statusCode(401);

        accepts("after the sign-out", again.accessToken());
    }

    private interface Asked {
        RequestSpecification request();
    }

    /** One response of each route that names Ada. */
    private List<Response> everyRoute(Asked by) {
        return List.of(
                by.request().get(own(ada)),
                sent(by.request(), "{\"title\": \"Eve was here\"}").post(own(ada)),
                sent(by.request(), "{}").post(own(ada)),
                by.request().get(own(ada, task)),
                by.request().get(own(ada, "no-such-task")),
                sent(by.request(), "{\"title\": \"Eve was here\", \"done\": true}")
                        .patch(own(ada, task)),
                by.request().delete(own(ada, task)));
    }

    final void adaHasHerTaskAlone() {
        assertEquals(List.of(Map.of("id", task, "title", "Water the plants", "done", false)), tasksOf(ada));
    }

    final void accepts(String what, String token) {
        assertEquals(200, authorized("Bearer " + token).get(own(ada)).statusCode(), what);
    }

    final void refuses(String what, String token) {
        Response response = authorized("Bearer " + token).get(own(ada));
        assertEquals(401, response.statusCode(), what);
        assertEquals(INVALID, response.header("WWW-Authenticate"), what);
        assertFalse(response.asString().contains("Water"), what);
    }

    /** Ada's token with other claims, signed by the genuine key. */
    final String with(Consumer<Map<String, Object>> change) {
        Map<String, Object> claims = claims();
        change.accept(claims);
        return RawTokens.sign(genuine(), header(Map.of()), JsonUtil.toJson(claims));
    }

    final Map<String, Object> claims() {
        String payload = RawTokens.text(ada.accessToken().split("\\.")[1]);
        return new LinkedHashMap<>(JsonPath.from(payload).getMap(""));
    }

    /** The header of Ada's token with other members. */
    final String header(Map<String, Object> changes) {
        Map<String, Object> header = headerMembers();
        header.putAll(changes);
        return JsonUtil.toJson(header);
    }

    final String headerWithout(String name) {
        Map<String, Object> header = headerMembers();
        header.remove(name);
        return JsonUtil.toJson(header);
    }

    private Map<String, Object> headerMembers() {
        String header = RawTokens.text(ada.accessToken().split("\\.")[0]);
        Map<String, Object> members = new LinkedHashMap<>(JsonPath.from(header).getMap(""));
        assertEquals(genuine().algorithm().jose(), members.get("alg"));
        return members;
    }

    static String signed(SigningKey key, String payload) {
        return RawTokens.sign(key, RawTokens.header(key), payload);
    }

    static SigningKey hmac(@Nullable KeyId id, byte[] secret) {
        return new SigningKey(id, Algorithm.HS256, new SecretKeySpec(secret, "HmacSHA256"));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The character whose value differs in the lowest bit alone. */
    private static char next(char character) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return alphabet.charAt(alphabet.indexOf(character) ^ 1);
    }

    private String added(Person person, String title) {
        Response response =
                sent(bearing(person), JsonUtil.toJson(Map.of("title", title))).post(own(person));
        response.then().statusCode(201);
        return response.path("id");
    }

    private List<Map<String, Object>> tasksOf(Person person) {
        return bearing(person).get(own(person)).then().statusCode(200).extract().path("");
    }

    private static RequestSpecification sent(RequestSpecification request, String json) {
        return request.contentType(ContentType.JSON).body(json);
    }

    private RequestSpecification bearing(Person person) {
        return authorized("Bearer " + person.accessToken());
    }

    private RequestSpecification authorized(String header) {
        return backend.request().header("Authorization", header);
    }

    /** For Ada, and with the path as it stands here, which no client library promises. */
    private int statusOf(String path) throws IOException {
        RestAssured.port = backend.port();
        try {
            return RawResponse.to("GET", path, List.of("Authorization: Bearer " + ada.accessToken()), new byte[0])
                    .status();
        } finally {
            service.addressed();
        }
    }

    private static String own(Person person) {
        return "/api/" + person.id() + "/tasks";
    }

    private static String own(Person person, String task) {
        return own(person) + "/" + task;
    }
}
