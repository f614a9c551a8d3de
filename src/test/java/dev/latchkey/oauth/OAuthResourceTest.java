package dev.latchkey.oauth;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.RawResponse;
import dev.latchkey.fixture.RecordedRefusals;
import dev.latchkey.fixture.Sql;
import dev.latchkey.platform.http.Problem;
import dev.latchkey.token.AccessTokens;
import dev.latchkey.token.TestSubjects;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Introspection (RFC 7662) and revocation (RFC 7009) for backends with credentials. */
@QuarkusTest
@TestProfile(OAuthResourceTest.TwoBackends.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class OAuthResourceTest {

    /** With what base64 is made of, and some that a form has to encode. */
    private static final String SHOP = "the+shop's/secret=of more than 32 bytes:100%25 é";

    static final String DESK = "the-secret-of-the-help-desk-and-nobody-else";
    private static final String DESK_BEFORE = "the-secret-that-the-help-desk-had-before-it";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String FORM_IN_UTF8 = FORM + "; charset=UTF-8";
    private static final String INTROSPECT = "/oauth/introspect";
    private static final String REVOKE = "/oauth/revoke";

    public static final class TwoBackends implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "latchkey.oauth.clients.shop.secret", SHOP,
                    "latchkey.oauth.clients.desk.secret", DESK,
                    "latchkey.oauth.clients.desk.secret-previous", DESK_BEFORE);
        }
    }

    @Inject
    AccessTokens tokens;

    // --- What a token says ---

    @Test
    void introspectsActiveToken() {
        Person ada = Person.signedUp();

        introspected(ada.accessToken())
                .then()
                .statusCode(200)
                .contentType("application/json")
                .header("Cache-Control", "no-store")
                .header("set-auth-jwt", nullValue())
                .body("active", is(true))
                .body("iss", equalTo("http://localhost:8080"))
                .body("aud", equalTo("http://localhost:8080"))
                .body("sub", equalTo(ada.id()))
                .body("user_id", equalTo(ada.id()))
                .body("username", equalTo(ada.email()))
                .body("email_verified", is(false))
                .body("sid", equalTo(ada.sessionId()))
                .body("token_type", equalTo("Bearer"))
                .body("groups", equalTo(List.of()));
    }

    @Test
    void returnsClaimsOfTheToken() {
        Person ada = Person.signedUp();
        JsonPath payload = JsonPath.from(
                new String(Base64.getUrlDecoder().decode(ada.accessToken().split("\\.")[1]), StandardCharsets.UTF_8));

        Response response = introspected(ada.accessToken());

        for (String claim :
                List.of("iss", "sub", "aud", "exp", "iat", "jti", "user_id", "sid", "groups", "email_verified")) {
            assertEquals(payload.<Object>get(claim), response.<Object>path(claim), claim);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"access_token", "refresh_token", "nonsense"})
    void ignoresTheHint(String hint) {
        asShop().formParam("token", Person.signedUp().accessToken())
                .formParam("token_type_hint", hint)
                .post(INTROSPECT)
                .then()
                .statusCode(200)
                .body("active", is(true));
    }

    @Test
    void revokedTokenIsInactive() {
        Person ada = Person.signedUp();
        ada.bearing().noContentType().post("/api/auth/logout").then().statusCode(204);

        inactive(introspected(ada.accessToken()));
    }

    @Test
    void expiredTokenIsInactive() {
        inactive(introspected(
                tokens.mint(TestSubjects.until(Instant.now().minusSeconds(60))).value()));
    }

    @Test
    void refreshTokenIsInactive() {
        inactive(introspected(Person.signedUp().refreshToken()));
    }

    @Test
    void alteredTokenIsInactiveAndAudited() {
        String token = Person.signedUp().accessToken();
        int at = token.lastIndexOf('.') + 5;
        String altered = token.substring(0, at) + (token.charAt(at) == 'A' ? 'B' : 'A') + token.substring(at + 1);

        inactive(introspected(altered));
        Eventually.holds(
                "it is on record",
                () -> Sql.count("select count(*) from audit_events where type = 'token_check' and details ->> 'reason'"
                                + " = 'the signature does not fit'")
                        > 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", " ", "a.b.c", "....", "null", "\u0000", "{\"active\":true}", "é\uD83D\uDD11"})
    void malformedTokenIsInactive(String token) {
        inactive(introspected(token));
    }

    @Test
    void tokenOfMaximumSizeIsInactive() {
        inactive(introspected("x".repeat(60_000)));
        inactive(introspected("eyJ.".repeat(15_000)));
    }

    @Test
    void refusesBodyThatIsTooLarge() {
        problem(introspected("x".repeat(1_000_000)), 413, "BODY_TOO_LARGE");
    }

    // --- Who asks ---

    @ParameterizedTest
    @MethodSource("places")
    void acceptsCredentialsFormEncodedAndPlain(String path) {
        for (String credentials :
                List.of(encoded("shop") + ":" + encoded(SHOP), "shop:" + SHOP, "%73hop:" + encoded(SHOP))) {
            given().header("Authorization", basic(credentials))
                    .contentType(FORM_IN_UTF8)
                    .formParam("token", "x")
                    .post(path)
                    .then()
                    .statusCode(200);
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void acceptsCredentialsInTheBody(String path) {
        given().contentType(FORM_IN_UTF8)
                .formParam("client_id", "shop")
                .formParam("client_secret", SHOP)
                .formParam("token", "x")
                .post(path)
                .then()
                .statusCode(200);
    }

    @Test
    void acceptsSchemeInAnyCase() {
        asked("basic " + basic("desk:" + DESK).substring(6), "token=x").then().statusCode(200);
        asked("BASIC " + basic("desk:" + DESK).substring(6), "token=x").then().statusCode(200);
    }

    @Test
    void acceptsPreviousSecret() {
        asked(basic("desk:" + DESK), "token=x").then().statusCode(200);
        asked(basic("desk:" + DESK_BEFORE), "token=x").then().statusCode(200);
    }

    @Test
    void acceptsSameClientIdInTheBody() {
        asked(basic("desk:" + DESK), "token=x&client_id=desk").then().statusCode(200);
        oauthError(asked(basic("desk:" + DESK), "token=x&client_id=shop"), 400, "invalid_request");
    }

    static Stream<String> badCredentials() {
        return Stream.of(
                basic("shop:" + SHOP + "x"),
                basic("shop:" + SHOP.substring(1)),
                basic("shop:"),
                basic(":" + SHOP),
                basic(":"),
                basic(""),
                basic("shop"),
                basic("shop:" + DESK),
                basic("desk:" + encoded(SHOP)),
                basic("desk :" + DESK),
                basic("DESK:" + DESK),
                basic("desk:" + DESK + "\u0000"),
                basic("desk:" + DESK + "%"),
                basic("desk:%"),
                basic("nobody:" + DESK),
                basic("*:" + DESK),
                basic("shop:" + SHOP.replace("+", " ")),
                "Basic",
                "Basic ",
                "Basic !!!!",
                "Basic "
                        + Base64.getUrlEncoder()
                                .encodeToString("desk:\u00ff\u00fe?".getBytes(StandardCharsets.ISO_8859_1)),
                basic("desk:" + DESK).replace("=", "") + "=*",
                basic("desk:" + DESK).substring(0, 12),
                "Bearer " + DESK,
                "Basic" + basic("desk:" + DESK).substring(6),
                DESK);
    }

    @ParameterizedTest
    @MethodSource("badCredentials")
    void refusesWrongCredentials(String authorization) {
        for (String path : List.of(INTROSPECT, REVOKE)) {
            strangers(given().header("Authorization", authorization)
                    .contentType(FORM_IN_UTF8)
                    .formParam("token", "x")
                    .post(path));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "token=x",
                "token=x&client_id=desk",
                "token=x&client_id=desk&client_secret=",
                "token=x&client_secret=" + DESK,
                "token=x&client_id=&client_secret=" + DESK,
                "token=x&client_id=desk&client_secret=" + DESK + "%00",
                "token=x&client_id=shop&client_secret=" + DESK,
                "token=x&client_id=nobody&client_secret=" + DESK
            })
    void refusesWrongCredentialsInTheBody(String body) {
        for (String path : List.of(INTROSPECT, REVOKE)) {
            strangers(given().contentType(FORM_IN_UTF8).body(body).post(path));
        }
    }

    @Test
    void refusesUsersAccessTokenAsCredentials() {
        Person ada = Person.signedUp();

        strangers(ada.bearing()
                .contentType(FORM_IN_UTF8)
                .formParam("token", ada.accessToken())
                .post(INTROSPECT));
        strangers(ada.bearing()
                .contentType(FORM_IN_UTF8)
                .formParam("token", ada.accessToken())
                .post(REVOKE));
        ada.bearing().get("/api/auth/session").then().statusCode(200);
    }

    @Test
    void refusesCredentialsInTwoPlaces() throws IOException {
        String both = "token=x&client_id=desk&client_secret=" + DESK;
        oauthError(asked(basic("desk:" + DESK), both), 400, "invalid_request");
        oauthError(asked("Bearer x", both), 400, "invalid_request");
        RawResponse twoHeaders = RawResponse.to(
                "POST",
                INTROSPECT,
                List.of(
                        "Content-Type: " + FORM,
                        "Authorization: " + basic("desk:" + DESK),
                        "Authorization: " + basic("desk:" + DESK)),
                "token=x".getBytes(StandardCharsets.US_ASCII));
        assertEquals(400, twoHeaders.status());
        assertEquals("invalid_request", twoHeaders.json().path("error").textValue());
    }

    @Test
    void auditsRefusedClients() {
        String begin = Sql.column("select clock_timestamp()::text").getFirst();
        RecordedRefusals.awaitRows();
        long before = refusals("wrong_secret", "desk");
        long strangers = refusals("unknown_backend", null);
        long ambiguous = refusals("several_credentials", null);

        asked(basic("desk:wrong"), "token=x");
        asked(basic("nobody:" + DESK), "token=x");
        asked(basic("desk:" + DESK), "token=x&client_id=shop");

        Eventually.holds("the wrong secret is on record", () -> refusals("wrong_secret", "desk") == before + 1);
        Eventually.holds("the stranger is on record", () -> refusals("unknown_backend", null) == strangers + 1);
        Eventually.holds("two ids are on record", () -> refusals("several_credentials", null) == ambiguous + 1);
        assertEquals(0, Sql.count("select count(*) from audit_events where details::text like '%' || ? || '%'", DESK));
        assertEquals(
                List.of("127.0.0.1"),
                Sql.column(
                        "select distinct ip from audit_events where type = 'backend_authentication' and at > ?::timestamptz",
                        begin));
    }

    // --- What is asked ---

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "token=",
                "token",
                "tokens=x",
                "Token=x",
                "token=x&token=x",
                "token=x&token=y",
                "token=x&%74oken=y",
                "token=x&token_type_hint=a&token_type_hint=b",
                "token=%",
                "token=%2",
                "token=%zz",
                "token=%ff",
                "token=\u00e9",
                "{\"token\":\"x\"}"
            })
    void refusesABodyWithoutOneToken(String body) throws IOException {
        for (String path : List.of(INTROSPECT, REVOKE)) {
            RawResponse response = RawResponse.to(
                    "POST",
                    path,
                    List.of("Content-Type: " + FORM, "Authorization: " + basic("desk:" + DESK)),
                    body.getBytes(StandardCharsets.ISO_8859_1));
            assertEquals(400, response.status(), body);
            assertEquals("invalid_request", response.json().path("error").textValue());
            assertFalse(response.json().path("error_description").textValue().isEmpty());
            assertEquals("no-store", response.header("Cache-Control"));
        }
    }

    @Test
    void ignoresTokenInTheQuery() {
        String token = Person.signedUp().accessToken();
        asked(basic("desk:" + DESK), "").then().statusCode(400);
        oauthError(asked(INTROSPECT + "?token=" + token, basic("desk:" + DESK), ""), 400, "invalid_request");
        inactive(asked(INTROSPECT + "?token=" + token, basic("desk:" + DESK), "token=x"));
        strangers(given().contentType(FORM_IN_UTF8)
                .formParam("token", "x")
                .post(INTROSPECT + "?client_id=desk&client_secret=" + DESK));
    }

    @ParameterizedTest
    @MethodSource("places")
    void acceptsFormsOnly(String path) throws IOException {
        for (String type : List.of("application/json", "text/plain", "multipart/form-data; boundary=x", FORM + "x")) {
            problem(
                    given().header("Authorization", basic("desk:" + DESK))
                            .header("Content-Type", type)
                            .body("token=x".getBytes(StandardCharsets.US_ASCII))
                            .post(path),
                    415,
                    "UNSUPPORTED_MEDIA_TYPE");
        }
        List<String> none = List.of("Authorization: " + basic("desk:" + DESK));
        assertEquals(
                415,
                RawResponse.to("POST", path, none, "token=x".getBytes(StandardCharsets.US_ASCII))
                        .status());
        assertEquals(
                400,
                RawResponse.to("POST", path, none, new byte[0]).status(),
                "nothing at all is a form without a token");
        for (String type : List.of(FORM + ";charset=utf-8", "APPLICATION/x-www-form-urlencoded")) {
            List<String> headers = List.of("Authorization: " + basic("desk:" + DESK), "Content-Type: " + type);
            assertEquals(
                    200,
                    RawResponse.to("POST", path, headers, "token=x".getBytes(StandardCharsets.US_ASCII))
                            .status());
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void acceptsPostOnly(String path) {
        for (String method : List.of("GET", "PUT", "DELETE", "PATCH")) {
            Response response =
                    given().header("Authorization", basic("desk:" + DESK)).request(method, path + "?token=x");
            problem(response, 405, "METHOD_NOT_ALLOWED");
            assertTrue(response.header("Allow").contains("POST"));
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void sendsNoCorsHeaders(String path) {
        Response response = given().header("Origin", "http://localhost:8080")
                .header("Authorization", basic("desk:" + DESK))
                .contentType(FORM_IN_UTF8)
                .formParam("token", "x")
                .post(path);
        Response preflight = given().header("Origin", "http://localhost:8080")
                .header("Access-Control-Request-Method", "POST")
                .options(path);

        response.then().statusCode(200);
        for (Response one : List.of(response, preflight)) {
            assertTrue(
                    one.headers().asList().stream()
                            .noneMatch(header -> header.getName().startsWith("Access-Control-")),
                    one.headers().toString());
        }
    }

    // --- Revocation ---

    @Test
    void endsTheSessionOfAnAccessToken() {
        Person ada = Person.signedUp();
        Person elsewhere = ada.signedInAgain();

        revoked(ada.accessToken());

        hasEnded(ada);
        elsewhere.bearing().get("/api/auth/session").then().statusCode(200);
    }

    @Test
    void endsTheSessionOfARefreshToken() {
        Person ada = Person.signedUp();

        revoked(ada.refreshToken());

        hasEnded(ada);
    }

    @Test
    void revocationIsIdempotent() {
        Person ada = Person.signedUp();
        revoked(ada.accessToken());

        revoked(ada.accessToken());
        revoked(ada.refreshToken());
    }

    @Test
    void auditsClientThatRevokedASession() {
        Person ada = Person.signedUp();

        revoked(ada.accessToken());

        assertEquals(
                List.of("desk " + ada.sessionId()),
                Sql.column(
                        "select (details ->> 'backend') || ' ' || (details ->> 'session_id') from audit_events"
                                + " where user_id = ? and type = 'session_revoked' and outcome = 'success'",
                        ada.id()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "a.b.c", "a.b.c.d", "....", " ", "\u0000"})
    void malformedTokenRevokesNothing(String token) {
        revoked(token);
    }

    @Test
    void invalidTokenRevokesNothing() {
        Person ada = Person.signedUp();
        revoked(tokens.mint(TestSubjects.of(
                        ada.id(), ada.email(), ada.sessionId(), Instant.now().minusSeconds(60)))
                .value());
        revoked(ada.accessToken() + "x");
        revoked(ada.sessionId() + ".0." + "A".repeat(43) + "." + "A".repeat(22));

        ada.bearing().get("/api/auth/session").then().statusCode(200);
        Person.refresh(ada.refreshToken()).then().statusCode(200);
    }

    @Test
    void unknownClientRevokesNothing() {
        Person ada = Person.signedUp();
        strangers(asked(REVOKE, basic("desk:" + SHOP), "token=" + ada.accessToken()));
        ada.bearing().get("/api/auth/session").then().statusCode(200);
    }

    // --- What is told of it ---

    @Test
    void appearsInTheMetadata() {
        given().header("Host", "evil.example")
                .get("/.well-known/oauth-authorization-server")
                .then()
                .statusCode(200)
                .body("introspection_endpoint", equalTo("http://localhost:8080/oauth/introspect"))
                .body("revocation_endpoint", equalTo("http://localhost:8080/oauth/revoke"))
                .body(
                        "introspection_endpoint_auth_methods_supported",
                        equalTo(List.of("client_secret_basic", "client_secret_post")))
                .body(
                        "revocation_endpoint_auth_methods_supported",
                        equalTo(List.of("client_secret_basic", "client_secret_post")));
    }

    static Stream<String> places() {
        return Stream.of(INTROSPECT, REVOKE);
    }

    private static RequestSpecification asShop() {
        return given().header("Authorization", basic(encoded("shop") + ":" + encoded(SHOP)))
                .contentType(FORM_IN_UTF8);
    }

    private static Response introspected(String token) {
        return asShop().formParam("token", token).post(INTROSPECT);
    }

    private static Response asked(String authorization, String body) {
        return asked(INTROSPECT, authorization, body);
    }

    private static Response asked(String path, String authorization, String body) {
        return given().header("Authorization", authorization)
                .contentType(FORM_IN_UTF8)
                .body(body)
                .post(path);
    }

    private static void revoked(String token) {
        given().header("Authorization", basic("desk:" + DESK))
                .contentType(FORM_IN_UTF8)
                .formParam("token", token)
                .post(REVOKE)
                .then()
                .statusCode(200)
                .header("Cache-Control", "no-store")
                .body(is(emptyString()));
    }

    private static void hasEnded(Person person) {
        person.bearing().get("/api/auth/session").then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
        Person.refresh(person.refreshToken()).then().statusCode(401);
        inactive(introspected(person.accessToken()));
        assertEquals(0, Sql.count("select count(*) from sessions where id = ?", person.sessionId()));
    }

    private static void inactive(Response response) {
        response.then().statusCode(200).contentType("application/json").header("Cache-Control", "no-store");
        assertEquals("{\"active\":false}", response.asString());
    }

    private static void strangers(Response response) {
        response.then()
                .statusCode(401)
                .contentType("application/json")
                .header("WWW-Authenticate", "Basic realm=\"latchkey\"")
                .header("Cache-Control", "no-store");
        assertEquals("{\"error\":\"invalid_client\"}", response.asString());
    }

    private static void oauthError(Response response, int status, String error) {
        response.then().statusCode(status).contentType("application/json").body("error", equalTo(error));
    }

    private static void problem(Response response, int status, String code) {
        response.then().statusCode(status).contentType(Problem.MEDIA_TYPE).body("code", equalTo(code));
    }

    private static long refusals(String reason, String backend) {
        return Sql.count(
                "select count(*) from audit_events where type = 'backend_authentication' and outcome = 'failure'"
                        + " and details ->> 'reason' = ? and details ->> 'backend' is not distinct from ?",
                reason,
                backend);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }
}
