package dev.latchkey.betterauth;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.RawResponse;
import dev.latchkey.fixture.Sql;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The Better Auth paths and the JSON API on the same users and sessions, and where Latchkey is safer than Better Auth. All
 * else is tested by the conformance suite.
 */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class BetterAuthResourceTest {

    private static final String ORIGIN = "http://localhost:8080";
    private static final String COOKIE = "better-auth.session_token";

    // --- Users and sessions are the same as those of the JSON API ---

    @Test
    void userSignedUpByBetterAuthSignsInByTheJsonApi() {
        BetterAuthSession ada = BetterAuthSession.signedUp();

        Response response = Person.signIn(ada.email(), Person.PASSWORD);

        assertEquals(200, response.statusCode());
        assertEquals(ada.id(), response.path("user.id"));
    }

    @Test
    void userSignedUpByTheJsonApiSignsInByBetterAuth() {
        Person person = Person.signedUp();

        BetterAuthSession session = BetterAuthSession.signedIn(person.email());

        assertEquals(person.id(), session.id());
    }

    @Test
    void listsAndRevokesSessionsOfTheJsonApi() {
        Person person = Person.signedUp();
        BetterAuthSession session = BetterAuthSession.signedIn(person.email());

        List<String> ids = session.cookie().get("/api/auth/list-sessions").path("id");
        assertTrue(ids.contains(person.sessionId()), ids::toString);
        session.json(Map.of("token", person.sessionId()))
                .post("/api/auth/revoke-session")
                .then()
                .statusCode(200);

        assertEquals(401, Person.refresh(person.refreshToken()).statusCode());
        assertEquals(401, person.bearing().get("/api/auth/session").statusCode(), "its access token, too");
        assertNotEquals("null", session.session().asString(), "and no other");
    }

    @Test
    void jsonApiListsAndEndsSessionsOfBetterAuth() {
        Person person = Person.signedUp();
        BetterAuthSession session = BetterAuthSession.signedIn(person.email());
        String id = session.session().path("session.id");

        List<String> ids = person.bearing().get(person.own("/sessions")).path("sessions.id");
        assertTrue(ids.contains(id), ids::toString);
        assertEquals(204, person.bearing().delete(person.own("/sessions/" + id)).statusCode());

        assertEquals("null", session.session().asString());
    }

    @Test
    void listsTheExpiryThatARefreshByTheJsonApiExtended() {
        Person person = Person.signedUp();
        BetterAuthSession session = BetterAuthSession.signedIn(person.email());
        Sql.update(
                "update sessions set last_used_at = now() - interval '3 days', idle_expires_at = now() + interval '4 days'"
                        + " where id = ?",
                person.sessionId());
        String before = expiry(session, person.sessionId());

        assertEquals(200, Person.refresh(person.refreshToken()).statusCode());

        assertTrue(expiry(session, person.sessionId()).compareTo(before) > 0);
    }

    @Test
    void jsonApiListsTheExpiryThatGetSessionExtended() {
        Person person = Person.signedUp();
        BetterAuthSession session = BetterAuthSession.signedIn(person.email());
        String id = session.session().path("session.id");
        Sql.update(
                "update sessions set last_used_at = now() - interval '3 days', idle_expires_at = now() + interval '4 days'"
                        + " where id = ?",
                id);
        String path = "sessions.find { it.id == '" + id + "' }.expires_at";
        String before = person.bearing().get(person.own("/sessions")).path(path);

        Response response = session.session();

        assertTrue(response.header("Set-Cookie").startsWith(COOKIE + "="), response.header("Set-Cookie"));
        String after = person.bearing().get(person.own("/sessions")).path(path);
        assertTrue(after.compareTo(before) > 0, after);
    }

    // --- Tokens ---

    @Test
    void accessTokenIsAcceptedAtRoutesOfItsOwnerOnly() {
        BetterAuthSession ada = BetterAuthSession.signedUp();
        BetterAuthSession eve = BetterAuthSession.signedUp();
        String token = eve.cookie().get("/api/auth/token").path("token");

        assertEquals(200, bearing(token).get("/api/users/" + eve.id()).statusCode());
        assertEquals(403, bearing(token).get("/api/users/" + ada.id()).statusCode());
    }

    // FR-010: the claims of every access token, beside the fields of the user that Better Auth has there.
    @Test
    void accessTokenSaysHowTheUserSignedIn() {
        BetterAuthSession ada = BetterAuthSession.signedUp();
        for (String token : List.of(
                ada.session().header("set-auth-jwt"),
                ada.cookie().get("/api/auth/token").<String>path("token"))) {
            JsonPath claims = claims(token);
            assertEquals(false, claims.getBoolean("email_verified"));
            assertEquals(false, claims.getBoolean("emailVerified"));
            assertEquals(List.of("pwd"), claims.getList("amr"));
            assertTrue(Math.abs(claims.getLong("iat") - claims.getLong("auth_time")) <= 5, claims::prettify);
            assertTrue(claims.getLong("session_idle_end") > claims.getLong("session_refreshed"), claims::prettify);
        }
    }

    // Security: a user must not be able to make their own tokens useless, nor responses that no proxy takes.
    @Test
    void leavesAnImageOutThatWouldMakeTheTokenTooLong() {
        BetterAuthSession ada = BetterAuthSession.signedUp();
        String brief = "https://cdn.example.com/" + "a".repeat(1000) + ".png";
        ada.json(Map.of("image", brief)).post("/api/auth/update-user").then().statusCode(200);
        assertEquals(
                brief, claims(ada.cookie().get("/api/auth/token").path("token")).getString("image"));

        // The longest that is accepted: 2,048 characters of four bytes each.
        String image = "\uD83D\uDE00".repeat(2048);
        String name = "\u20AC".repeat(200);
        ada.json(Map.of("image", image, "name", name))
                .post("/api/auth/update-user")
                .then()
                .statusCode(200);

        for (String token : List.of(
                ada.session().header("set-auth-jwt"),
                ada.cookie().get("/api/auth/token").<String>path("token"))) {
            assertTrue(token.length() <= 4096, token.length() + " characters");
            assertNull(claims(token).get("image"));
            assertEquals(name, claims(token).getString("name"));
            assertEquals(200, bearing(token).get("/api/users/" + ada.id()).statusCode());
        }
        assertEquals(image, ada.session().path("user.image"), "the user's data has it");
    }

    private static JsonPath claims(String token) {
        return JsonPath.from(new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8));
    }

    @Test
    void refusesAccessTokenAfterSignOut() {
        BetterAuthSession ada = BetterAuthSession.signedUp();
        String token = ada.session().header("set-auth-jwt");
        assertEquals(200, bearing(token).get("/api/auth/session").statusCode());

        ada.json(Map.of()).post("/api/auth/sign-out").then().statusCode(200).body("success", equalTo(true));

        assertEquals(401, bearing(token).get("/api/auth/session").statusCode());
    }

    @Test
    void refusesAccessTokenAsSessionToken() {
        BetterAuthSession ada = BetterAuthSession.signedUp();
        String token = ada.cookie().get("/api/auth/token").path("token");

        assertEquals("null", bearing(token).get("/api/auth/get-session").asString());
        assertEquals(401, bearing(token).get("/api/auth/list-accounts").statusCode());
    }

    @Test
    void refusesRefreshTokenAsSessionToken() {
        Person person = Person.signedUp();

        assertEquals(401, bearing(person.refreshToken()).get("/api/auth/token").statusCode());
    }

    @Test
    void sessionTokenIsRefusedAsAccessTokenAndAsRefreshToken() {
        BetterAuthSession ada = BetterAuthSession.signedUp();

        assertEquals(401, bearing(ada.token()).get("/api/auth/session").statusCode());
        assertEquals(401, Person.refresh(ada.token()).statusCode());
    }

    // --- Safer than Better Auth ---

    @Test
    void storesNoSessionTokenInClearText() {
        BetterAuthSession ada = BetterAuthSession.signedUp();

        String row = Sql.column("select row_to_json(s)::text from sessions s where user_id = ?", ada.id())
                .getFirst();

        assertFalse(row.contains(ada.token()));
    }

    @Test
    void listsOtherSessionsWithoutTheirTokens() {
        BetterAuthSession one = BetterAuthSession.signedUp();
        BetterAuthSession other = BetterAuthSession.signedIn(one.email());

        List<Map<String, String>> sessions =
                one.cookie().get("/api/auth/list-sessions").jsonPath().getList("");

        assertEquals(2, sessions.size());
        for (Map<String, String> session : sessions) {
            boolean own = session.get("token").equals(one.token());
            assertTrue(own || session.get("token").equals(session.get("id")));
            assertNotEquals(other.token(), session.get("token"));
        }
        String name = sessions.stream()
                .map(session -> session.get("token"))
                .filter(token -> !token.equals(one.token()))
                .findFirst()
                .orElseThrow();
        assertEquals("null", bearing(name).get("/api/auth/get-session").asString(), "an id authenticates nothing");
    }

    @Test
    void revokesAllOtherSessionsBeyondAHundred() {
        BetterAuthSession ada = BetterAuthSession.signedUp();
        Sql.update("""
                insert into sessions (id, user_id, idle_expires_at, absolute_expires_at, remembered, ip, user_agent, refresh_hash)
                select 'many-' || ?::text || n, ?, now() + interval '1 day', now() + interval '1 day', true, '', '', '\\x00'
                from generate_series(1, 151) n""", ada.id(), ada.id());

        ada.json(Map.of()).post("/api/auth/revoke-other-sessions").then().statusCode(200);

        assertEquals(1, Sql.count("select count(*) from sessions where user_id = ?", ada.id()));
        assertNotEquals("null", ada.session().asString());
    }

    @Test
    void passwordChangeEndsOtherSessionsEvenWithoutRevokeOtherSessions() {
        BetterAuthSession session = BetterAuthSession.signedUp();
        BetterAuthSession otherSession = BetterAuthSession.signedIn(session.email());

        session.json(Map.of("currentPassword", Person.PASSWORD, "newPassword", "quite another one"))
                .post("/api/auth/change-password")
                .then()
                .statusCode(200)
                .body("token", nullValue())
                .body("user.id", equalTo(session.id()));

        assertEquals("null", otherSession.session().asString());
    }

    // Security: the thief of a cookie must be out when its owner changes the password.
    @Test
    void passwordChangeGivesTheKeptSessionNewSecrets() {
        BetterAuthSession ada = BetterAuthSession.signedUp();
        String accessToken = ada.session().header("set-auth-jwt");
        String id = ada.session().path("session.id");

        Response changed = ada.json(Map.of("currentPassword", Person.PASSWORD, "newPassword", "quite another one"))
                .post("/api/auth/change-password");

        assertEquals("null", ada.session().asString(), "the old token");
        assertEquals("null", bearing(ada.token()).get("/api/auth/get-session").asString(), "without the cookie");
        assertEquals(401, bearing(accessToken).get("/api/auth/session").statusCode());
        String cookie = changed.header("Set-Cookie");
        Response renewed = given().header("Cookie", cookie.substring(0, cookie.indexOf(';')))
                .get("/api/auth/get-session");
        assertEquals(id, renewed.path("session.id"));
        assertEquals(
                id,
                bearing(changed.header("set-auth-token"))
                        .get("/api/auth/get-session")
                        .path("session.id"));
        assertEquals(
                200,
                bearing(renewed.header("set-auth-jwt")).get("/api/auth/session").statusCode());
    }

    @Test
    void signingInEndsTheSessionOfTheSameCookie() {
        BetterAuthSession ada = BetterAuthSession.signedUp();
        BetterAuthSession eve = BetterAuthSession.signedUp();
        String id = ada.session().path("session.id");

        ada.json(Map.of("email", eve.email(), "password", Person.PASSWORD))
                .post("/api/auth/sign-in/email")
                .then()
                .statusCode(200);

        assertEquals("null", ada.session().asString());
        assertNotEquals("null", eve.session().asString());
        assertEquals(
                List.of(id),
                Sql.column(
                        "select details ->> 'session_id' from audit_events where user_id = ? and type = 'session_replaced'",
                        ada.id()));
    }

    @Test
    void doesNotRevokeSessionsOfOtherUsers() {
        BetterAuthSession ada = BetterAuthSession.signedUp();
        BetterAuthSession eve = BetterAuthSession.signedUp();
        String adas = ada.session().path("session.id");

        for (String name : List.of(ada.token(), adas, "unknown", "", "\u0000", "\ud800", "x".repeat(10_000))) {
            eve.json(Map.of("token", name))
                    .post("/api/auth/revoke-session")
                    .then()
                    .statusCode(200)
                    .body("status", equalTo(true));
        }

        assertNotEquals("null", ada.session().asString());
    }

    @Test
    void refusesSessionsAndSignInOfDisabledUsers() {
        BetterAuthSession ada = BetterAuthSession.signedUp();
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());

        assertEquals("null", ada.session().asString());
        assertEquals(401, ada.cookie().get("/api/auth/token").statusCode());
        signIn(ada.email(), Person.PASSWORD).then().statusCode(403).body("code", equalTo("ACCOUNT_DISABLED"));
    }

    @Test
    void refusesCommonPasswords() {
        given().contentType(ContentType.JSON)
                .body(Map.of("name", "Ada", "email", UUID.randomUUID() + "@example.com", "password", "password123"))
                .post("/api/auth/sign-up/email")
                .then()
                .statusCode(400)
                .body("code", equalTo("PASSWORD_COMPROMISED"));
    }

    // --- Invalid credentials and foreign origins ---

    @Test
    void ignoresCookiesWithAnInvalidSignature() {
        BetterAuthSession ada = BetterAuthSession.signedUp();
        String cookie = ada.cookieValue();
        String other = BetterAuthSession.signedUp().cookieValue();
        List<String> forged = List.of(
                ada.token(),
                ada.token() + ".",
                ada.token() + "." + "A".repeat(43) + "%3D",
                ada.token() + other.substring(other.indexOf('.')),
                cookie.replaceFirst("^.", cookie.startsWith("A") ? "B" : "A"),
                cookie + "x",
                "." + cookie,
                "");

        for (String value : forged) {
            Response response = given().header("Cookie", COOKIE + "=" + value).get("/api/auth/get-session");
            assertEquals("null", response.asString(), value);
            assertEquals(null, response.header("Set-Cookie"), "no cookie is expired by " + value);
        }
    }

    // Security: a sibling domain can plant a cookie beside ours, before it or behind it.
    @Test
    void ignoresTwoSessionCookies() {
        String ada = COOKIE + "=" + BetterAuthSession.signedUp().cookieValue();
        String planted = COOKIE + "=" + BetterAuthSession.signedUp().cookieValue();

        for (String both : List.of(ada + "; " + planted, planted + "; " + ada, ada + "; " + COOKIE + "=")) {
            Response response = given().header("Cookie", both).get("/api/auth/get-session");
            assertEquals("null", response.asString(), both);
            assertEquals(null, response.header("Set-Cookie"));
            assertEquals(
                    401, given().header("Cookie", both).get("/api/auth/token").statusCode());
        }
        assertNotEquals(
                "null",
                given().header("Cookie", ada).get("/api/auth/get-session").asString());
    }

    @Test
    void listsAtMostAHundredSessions() {
        BetterAuthSession ada = BetterAuthSession.signedUp();
        Sql.update("""
                insert into sessions (id, user_id, last_used_at, idle_expires_at, absolute_expires_at, remembered, ip,
                    user_agent, refresh_hash)
                select 'page-' || ?::text || n, ?, now() - make_interval(secs => n), now() + interval '1 day',
                    now() + interval '1 day', true, '', '', '\\x00'
                from generate_series(1, 10000) n""", ada.id(), ada.id());

        List<String> ids = ada.cookie().get("/api/auth/list-sessions").path("id");

        assertEquals(100, ids.size());
        assertEquals(ada.session().path("session.id"), ids.getFirst());
        assertEquals("page-" + ada.id() + "99", ids.getLast());
        assertEquals(200, ada.json(Map.of()).post("/api/auth/revoke-sessions").statusCode());
        assertEquals("null", ada.session().asString());
    }

    @Test
    void refusesTwoAuthorizationHeaders() {
        BetterAuthSession ada = BetterAuthSession.signedUp();

        assertEquals(
                401,
                given().header("Authorization", "Bearer " + ada.token(), "Bearer " + ada.token())
                        .get("/api/auth/token")
                        .statusCode());
    }

    @Test
    void acceptsBearerTokensWithAndWithoutSignature() {
        BetterAuthSession ada = BetterAuthSession.signedUp();

        bearing(ada.token()).get("/api/auth/get-session").then().body("user.id", equalTo(ada.id()));
        bearing(ada.cookieValue()).get("/api/auth/get-session").then().body("user.id", equalTo(ada.id()));
    }

    @Test
    void refusesForeignOrigins() {
        BetterAuthSession ada = BetterAuthSession.signedUp();

        for (String origin :
                List.of("https://evil.example", "null", ORIGIN + ".evil.example", "http://localhost:8081")) {
            assertEquals(
                    403,
                    given().contentType(ContentType.JSON)
                            .header("Cookie", COOKIE + "=" + ada.cookieValue())
                            .header("Origin", origin)
                            .body("{}")
                            .post("/api/auth/revoke-sessions")
                            .statusCode(),
                    origin);
        }
        assertNotEquals("null", ada.session().asString());
    }

    @Test
    void refusesForeignRedirectTargets() {
        for (String target : List.of(
                "https://evil.example/",
                "//evil.example",
                "/\\evil.example",
                "/%2fevil.example",
                "/%5Cevil.example",
                "/a\tb",
                "javascript:alert(1)",
                "data:text/html,x",
                ORIGIN + "@evil.example/",
                "evil")) {
            given().contentType(ContentType.JSON)
                    .body(Map.of("email", "ada@example.com", "password", "x", "callbackURL", target))
                    .post("/api/auth/sign-in/email")
                    .then()
                    .statusCode(403)
                    .body("code", equalTo("INVALID_CALLBACK_URL"));
        }
    }

    /** No input makes a request fail with 5xx. */
    @Test
    void refusesMalformedTextsWithoutInternalErrors() {
        for (String text : List.of("\\u0000", "\\ud800", "\\uffff", "\\r\\nx: y", "x".repeat(30_000))) {
            for (String body : List.of(
                    "{\"email\":\"%s\",\"password\":\"%s\",\"name\":\"%s\"}",
                    "{\"email\":\"ada@example.com\",\"password\":\"%s\",\"name\":\"%s\",\"image\":\"%s\"}",
                    "{\"newPassword\":\"%s\",\"token\":\"%s\",\"callbackURL\":\"%s\"}",
                    "{\"newPassword\":\"a good password\",\"token\":\"%s%s%s\"}")) {
                for (String path :
                        List.of("sign-up/email", "sign-in/email", "reset-password", "request-password-reset")) {
                    int status = given().contentType(ContentType.JSON)
                            .body(body.formatted(text, text, text))
                            .post("/api/auth/" + path)
                            .statusCode();
                    assertTrue(status >= 400 && status < 500, () -> path + " " + status);
                }
            }
        }
        String deep = "[".repeat(5_000);
        assertEquals(
                400,
                given().contentType(ContentType.JSON)
                        .body(deep)
                        .post("/api/auth/sign-out")
                        .statusCode());
        for (String token : List.of("%00", "%ff", "x".repeat(4_000), "%2e%2e")) {
            int status = given().urlEncodingEnabled(false)
                    .redirects()
                    .follow(false)
                    .get("/api/auth/reset-password/" + token + "?callbackURL=/")
                    .statusCode();
            assertTrue(status == 302 || (status >= 400 && status < 500), () -> token + " " + status);
        }
    }

    // Security: a session of less than a day, as Better Auth has it, is not proof enough to change the address.
    @Test
    void requiresRecentSignInToChangeTheAddress() {
        BetterAuthSession ada = BetterAuthSession.signedUp();
        Map<String, Object> body = Map.of("newEmail", "new@example.com");
        assertEquals(
                400,
                ada.json(body).post("/api/auth/change-email").statusCode(),
                "in a fresh session only the missing mail server is an obstacle");
        Sql.update("update sessions set authenticated_at = now() - interval '11 minutes' where user_id = ?", ada.id());

        ada.json(body).post("/api/auth/change-email").then().statusCode(403).body("code", equalTo("SESSION_NOT_FRESH"));
    }

    // --- Unknown routes ---

    @Test
    void respondsToUnknownRoutesWithAnEmpty404() throws IOException {
        for (String path : List.of("nothing", "ok/", "", "sign-in", "set-password", "forget-password")) {
            Response response = given().get("/api/auth/" + path);
            assertEquals(404, response.statusCode(), path);
            assertEquals("", response.asString(), path);
            assertEquals(null, response.header("Content-Type"), path);
        }
        for (String path : List.of("/login", "./login", "x/../login", "%2e/login", "login;x", "a%2fb", "%00", "%6fk")) {
            RawResponse response = RawResponse.to("GET", "/api/auth/" + path, List.of(), new byte[0]);
            assertEquals(404, response.status(), path);
        }
        assertEquals(404, given().post("/api/auth/ok").statusCode());
        assertEquals(404, given().head("/api/auth/ok").statusCode());
        assertEquals(404, given().options("/api/auth/ok").statusCode());
    }

    @Test
    void leavesRoutesOfTheJsonApiToIt() {
        given().get("/api/auth/login").then().statusCode(405).body("code", equalTo("METHOD_NOT_ALLOWED"));
        given().get("/api/auth/jwks").then().statusCode(200).body("keys", notNullValue());
    }

    private static String expiry(BetterAuthSession user, String sessionId) {
        return user.cookie().get("/api/auth/list-sessions").path("find { it.id == '" + sessionId + "' }.expiresAt");
    }

    private static RequestSpecification bearing(String token) {
        return given().header("Authorization", "Bearer " + token);
    }

    private static Response signIn(String email, String password) {
        return given().contentType(ContentType.JSON)
                .body(Map.of("email", email, "password", password))
                .post("/api/auth/sign-in/email");
    }

    /** A user with a session of the Better Auth paths. */
    private record BetterAuthSession(String id, String email, String token, String cookieValue) {

        static BetterAuthSession signedUp() {
            String email = "ada-" + UUID.randomUUID() + "@example.com";
            return of(given().contentType(ContentType.JSON)
                    .body(Map.of("name", "Ada", "email", email, "password", Person.PASSWORD))
                    .post("/api/auth/sign-up/email"));
        }

        static BetterAuthSession signedIn(String email) {
            return of(signIn(email, Person.PASSWORD));
        }

        private static BetterAuthSession of(Response response) {
            response.then().statusCode(200);
            String cookie = response.header("Set-Cookie");
            return new BetterAuthSession(
                    response.path("user.id"),
                    response.path("user.email"),
                    response.path("token"),
                    cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';')));
        }

        RequestSpecification cookie() {
            return given().header("Cookie", COOKIE + "=" + cookieValue).header("Origin", ORIGIN);
        }

        RequestSpecification json(Map<String, ?> body) {
            return cookie().contentType(ContentType.JSON).body(body);
        }

        Response session() {
            return cookie().get("/api/auth/get-session");
        }
    }
}
