package dev.latchkey.api;

import static dev.latchkey.fixture.Person.post;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Bare;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** US4 and US5: FR-008, FR-013, SC-010, and the corner cases of refreshing. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class SessionResourceTest {

    private static final String OURS = "http://localhost:8080";

    // --- Who am I ---

    // FR-018
    @Test
    void returnsUserAndSessionOfTheToken() {
        Person ada = Person.signedUp();

        Response response = ada.bearing().get("/api/auth/session");

        response.then()
                .statusCode(200)
                .body("user_id", equalTo(ada.id()))
                .body("email", equalTo(ada.email()))
                .body("email_verified", equalTo(false))
                .body("session_id", equalTo(ada.sessionId()))
                .body("roles", equalTo(List.of()))
                .body("issued_at", matchesPattern("....-..-..T..:..:..\\.000Z"))
                .body("expires_at", matchesPattern("....-..-..T..:..:..\\.000Z"));
        assertEquals(
                Set.of("user_id", "email", "email_verified", "session_id", "roles", "issued_at", "expires_at"),
                response.jsonPath().getMap("").keySet());
    }

    // FR-010: whether the address was verified, when and how the user signed in. A refresh is no sign-in.
    @Test
    void tokensSayHowTheUserSignedInAndWhetherTheAddressIsVerified() {
        Person ada = Person.signedUp();
        JsonPath signedUp = claims(ada.accessToken());
        assertEquals(false, signedUp.getBoolean("email_verified"));
        assertEquals(List.of("pwd"), signedUp.getList("amr"));
        long authTime = signedUp.getLong("auth_time");
        assertTrue(Math.abs(signedUp.getLong("iat") - authTime) <= 5, signedUp::prettify);

        Sql.update("update users set email_verified = true where id = ?", ada.id());
        Sql.update(
                "update sessions set authenticated_at = authenticated_at - interval '1 hour' where id = ?",
                ada.sessionId());
        Person refreshed = ada.with(Person.refresh(ada.refreshToken()));
        JsonPath later = claims(refreshed.accessToken());
        assertEquals(true, later.getBoolean("email_verified"));
        assertEquals(List.of("pwd"), later.getList("amr"));
        assertEquals(authTime - 3600, later.getLong("auth_time"));
        assertTrue(later.getLong("session_refreshed") >= authTime, later::prettify);
        assertEquals(later.getLong("session_refreshed") + 7 * 86_400, later.getLong("session_idle_end"));
        refreshed.bearing().get("/api/auth/session").then().statusCode(200).body("email_verified", equalTo(true));

        Person again = refreshed.signedInAgain();
        assertEquals(List.of("pwd"), claims(again.accessToken()).getList("amr"));
    }

    // What was opened before the methods were stored, or by a replica of the version before.
    @Test
    void tokensOfSessionsWithoutKnownMethodsHaveNoClaimOfThem() {
        Person ada = Person.signedUp();
        Sql.update("update sessions set amr = default, authenticated_at = 'epoch' where id = ?", ada.sessionId());
        Person refreshed = ada.with(Person.refresh(ada.refreshToken()));
        JsonPath token = claims(refreshed.accessToken());
        assertNull(token.get("amr"));
        assertNull(token.get("auth_time"));
        refreshed.bearing().get("/api/auth/session").then().statusCode(200);
    }

    private static JsonPath claims(String token) {
        return JsonPath.from(new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8));
    }

    @Test
    void refusesRequestWithoutBearerToken() {
        Person ada = Person.signedUp();

        Bare.send("GET", "/api/auth/session");
        given().get("/api/auth/session").then().statusCode(401).body("code", equalTo("UNAUTHENTICATED"));
        relying(ada.refreshToken())
                .header("Origin", OURS)
                .get("/api/auth/session")
                .then()
                .statusCode(401)
                .body("code", equalTo("UNAUTHENTICATED"));
        given().header("Authorization", "Bearer " + ada.refreshToken())
                .get("/api/auth/session")
                .then()
                .statusCode(401)
                .body("code", equalTo("INVALID_TOKEN"));
        // FR-014
        given().queryParam("access_token", ada.accessToken())
                .get("/api/auth/session")
                .then()
                .statusCode(401);
    }

    // --- Refresh ---

    // US5
    @Test
    void refreshesByTokenInTheBody() {
        Person ada = Person.signedUp();

        Response response = Person.refresh(ada.refreshToken());

        response.then()
                .statusCode(200)
                .body("session_id", equalTo(ada.sessionId()))
                .body("user.id", equalTo(ada.id()))
                .body("expires_in", equalTo(900));
        assertEquals(
                Set.of("user", "access_token", "token_type", "expires_in", "refresh_token", "session_id"),
                response.jsonPath().getMap("").keySet());
        Person later = ada.with(response);
        assertNotEquals(ada.refreshToken(), later.refreshToken());
        later.bearing().get(later.own("")).then().statusCode(200);
        Person.refresh(later.refreshToken()).then().statusCode(200);
    }

    // SC-010, FR-013
    @Test
    void refreshesByCookieFromTrustedOrigin() {
        Person ada = Person.signedUp();

        Response response = relying(ada.refreshToken()).header("Origin", OURS).post("/api/auth/refresh");

        response.then().statusCode(200).body("session_id", equalTo(ada.sessionId()));
        String cookie = response.header("Set-Cookie");
        assertTrue(cookie.matches("latchkey_session=[^;]+; Max-Age=604\\d{3}; .*"), cookie);
        relying(valueOf(cookie))
                .header("Referer", OURS + "/some/page?x=1")
                .post("/api/auth/refresh")
                .then()
                .statusCode(200);
    }

    // Security: the cookie keeps the refresh token from scripts, so the body must not hand it to them.
    @Test
    void hasNoRefreshTokenInTheBodyWhereTheCookieWasUsed() {
        Person ada = Person.signedUp();

        Response response = relying(ada.refreshToken()).header("Origin", OURS).post("/api/auth/refresh");

        assertEquals(
                Set.of("user", "access_token", "token_type", "expires_in", "session_id"),
                response.jsonPath().getMap("").keySet());
        assertFalse(response.asString().contains(valueOf(response.header("Set-Cookie"))));
    }

    @Test
    void includesTheRefreshTokenForClientsThatAskAndAreNoPages() {
        Person ada = Person.signedUp();

        Response response = relying(ada.refreshToken())
                .header("Origin", OURS)
                .body("{\"include_refresh_token\": true}")
                .post("/api/auth/refresh");

        response.then().statusCode(200);
        assertEquals(valueOf(response.header("Set-Cookie")), response.path("refresh_token"));
    }

    @ParameterizedTest
    @CsvSource({
        "true, Sec-Fetch-Site, same-origin",
        "true, sec-fetch-mode, cors",
        "true, Sec-Fetch-Dest, empty",
        "false, X-Nothing, at all",
        "null, X-Nothing, at all",
    })
    void includesNoRefreshTokenForPages(String asked, String header, String value) {
        Person ada = Person.signedUp();

        relying(ada.refreshToken())
                .header("Origin", OURS)
                .header(header, value)
                .body("{\"include_refresh_token\": %s}".formatted(asked))
                .post("/api/auth/refresh")
                .then()
                .statusCode(200)
                .body("refresh_token", nullValue());
    }

    @Test
    void signingInEndsTheSessionOfTheSameCookie() {
        Person ada = Person.signedUp();
        Person eve = Person.signedUp();

        relying(ada.refreshToken())
                .header("Origin", OURS)
                .body(java.util.Map.of("email", eve.email(), "password", eve.password()))
                .post("/api/auth/login")
                .then()
                .statusCode(200)
                .body("user.id", equalTo(eve.id()));

        assertEquals(List.of(0L, 1L), living(ada, eve));
        ada.bearing().get("/api/auth/session").then().statusCode(401);
        assertEquals(
                List.of(ada.sessionId()),
                Sql.column(
                        "select details ->> 'session_id' from audit_events where user_id = ? and type = 'session_replaced'",
                        ada.id()));
    }

    @Test
    void failedSignInEndsNoSession() {
        Person ada = Person.signedUp();

        relying(ada.refreshToken())
                .header("Origin", OURS)
                .body(java.util.Map.of("email", ada.email(), "password", "wrong horse battery"))
                .post("/api/auth/login")
                .then()
                .statusCode(401);

        assertEquals(List.of(1L), living(ada));
    }

    // Security: a sibling domain can plant a cookie beside ours, before it or behind it.
    @Test
    void ignoresTwoSessionCookies() {
        Person ada = Person.signedUp();
        Person attacker = Person.signedUp();
        String ours = "latchkey_session=" + ada.refreshToken();
        String planted = "latchkey_session=" + attacker.refreshToken();
        for (String both : List.of(ours + "; " + planted, planted + "; " + ours, ours + "; latchkey_session=")) {
            var refreshed = Bare.send("POST", "/api/auth/refresh", "Cookie", both, "Origin", OURS);
            assertEquals(401, refreshed.statusCode(), both);
            assertTrue(refreshed.headers().allValues("Set-Cookie").isEmpty());
            assertEquals(
                    204,
                    Bare.send("POST", "/api/auth/logout", "Cookie", both, "Origin", OURS)
                            .statusCode());
        }
        assertEquals(List.of(1L, 1L), living(ada, attacker));
        assertEquals(List.of(0L, 0L), List.of(generation(ada), generation(attacker)));
    }

    // Security: a foreign page makes the browser send the cookie along.
    @ParameterizedTest
    @CsvSource({
        "X-Nothing, at all",
        "Origin, https://evil.example",
        "Origin, null",
        "Origin, http://localhost:8081",
        "Origin, http://localhost",
        "Origin, https://localhost:8080",
        "Origin, http://localhost:8080.evil.example",
        "Referer, https://evil.example/http://localhost:8080/",
        "Referer, http://localhost:8080@evil.example/",
    })
    void reliesOnTheCookieOfNoOtherPage(String header, String value) {
        Person ada = Person.signedUp();

        Response refreshed = relying(ada.refreshToken()).header(header, value).post("/api/auth/refresh");
        Response signedOut = relying(ada.refreshToken()).header(header, value).post("/api/auth/logout");

        refreshed.then().statusCode(403).body("code", equalTo("FORBIDDEN"));
        signedOut.then().statusCode(403).body("code", equalTo("FORBIDDEN")).header("Set-Cookie", nullValue());
        assertEquals(0, generation(ada));
    }

    @Test
    void refusesUntrustedOriginDespiteTrustedReferer() {
        Person ada = Person.signedUp();

        relying(ada.refreshToken())
                .header("Origin", "https://evil.example")
                .header("Referer", OURS + "/")
                .post("/api/auth/refresh")
                .then()
                .statusCode(403);
    }

    @Test
    void prefersTokenInTheBodyToTheCookie() {
        Person ada = Person.signedUp();
        Person other = Person.signedUp();

        relying(other.refreshToken())
                .contentType(ContentType.JSON)
                .body(token(ada))
                .post("/api/auth/refresh")
                .then()
                .statusCode(200)
                .body("user.id", equalTo(ada.id()));
        assertEquals(0, generation(other));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"refresh_token\": null}"})
    void refusesRefreshWithoutToken(String body) {
        post("/api/auth/refresh", body)
                .then()
                .statusCode(401)
                .body("code", equalTo("INVALID_REFRESH_TOKEN"))
                .header("WWW-Authenticate", equalTo("Bearer realm=\"latchkey\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "a.b.c.d", "....", "\\u0000", "\\ud800"})
    void refusesMalformedRefreshToken(String text) {
        Person.refresh(text).then().statusCode(401).body("code", equalTo("INVALID_REFRESH_TOKEN"));
    }

    @Test
    void refusesRefreshTokenOfWrongType() {
        post("/api/auth/refresh", "{\"refresh_token\": 7}")
                .then()
                .statusCode(400)
                .body("code", equalTo("VALIDATION_FAILED"))
                .body("errors.field", equalTo(List.of("refresh_token")));
    }

    // Security: the id and the generation of a session are no secret; what they are written into proves nothing.
    @Test
    void inventedTokenDoesNotEndTheSession() {
        Person ada = Person.signedUp();
        Person later = ada.with(Person.refresh(ada.refreshToken()));
        turnBackSpendings(ada);
        String[] parts = ada.refreshToken().split("\\.");
        String invented = parts[0] + ".0." + "A".repeat(43) + "." + parts[3];

        Person.refresh(invented).then().statusCode(401);
        post("/api/auth/logout", """
                {"refresh_token": "%s"}""".formatted(invented)).then().statusCode(204);

        Person.refresh(later.refreshToken()).then().statusCode(200);
    }

    // Corner case: two refreshes race.
    @RepeatedTest(3)
    void returnsSameSuccessorToConcurrentRefreshes() {
        Person ada = Person.signedUp();

        List<Response> responses = Together.times(6, i -> Person.refresh(ada.refreshToken()));

        responses.forEach(response -> assertEquals(200, response.statusCode()));
        assertEquals(
                1,
                responses.stream()
                        .map(response -> response.<String>path("refresh_token"))
                        .distinct()
                        .count());
        assertEquals(1, generation(ada));
        responses.forEach(response ->
                ada.with(response).bearing().get("/api/auth/session").then().statusCode(200));
        Person.refresh(responses.getFirst().path("refresh_token")).then().statusCode(200);
    }

    // Corner case: inside the grace, but the successor has been spent too.
    @Test
    void refusesOvertakenTokenAndKeepsTheSession() {
        Person first = Person.signedUp();
        Person second = first.with(Person.refresh(first.refreshToken()));
        Person third = first.with(Person.refresh(second.refreshToken()));

        Person.refresh(first.refreshToken()).then().statusCode(401).body("code", equalTo("INVALID_REFRESH_TOKEN"));

        Person.refresh(third.refreshToken()).then().statusCode(200);
    }

    // Corner case: later reuse of a spent refresh token ends the whole session and is recorded.
    @Test
    void endsSessionWhenTokenIsReusedAfterTheGracePeriod() {
        Person ada = Person.signedUp();
        Person later = ada.with(Person.refresh(ada.refreshToken()));
        turnBackSpendings(ada);

        Person.refresh(ada.refreshToken()).then().statusCode(401).body("code", equalTo("INVALID_REFRESH_TOKEN"));

        Person.refresh(later.refreshToken()).then().statusCode(401);
        later.bearing().get("/api/auth/session").then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
        Person again = ada.signedInAgain();
        again.bearing()
                .get(again.own("/events"))
                .then()
                .statusCode(200)
                .body("events.findAll { it.type == 'refresh_reuse' }.outcome", equalTo(List.of("failure")))
                .body(
                        "events.findAll { it.type == 'refresh_reuse' }.details.session_id",
                        equalTo(List.of(ada.sessionId())));
    }

    // FR-012
    @ParameterizedTest
    @ValueSource(strings = {"idle_expires_at", "absolute_expires_at"})
    void refusesRefreshOfExpiredSession(String end) {
        Person ada = Person.signedUp();
        Sql.update("update sessions set " + end + " = now() where id = ?", ada.sessionId());

        Person.refresh(ada.refreshToken()).then().statusCode(401).body("code", equalTo("INVALID_REFRESH_TOKEN"));
    }

    // FR-012
    @Test
    void refreshExtendsTheIdleEndOnly() {
        Person ada = Person.signedUp();
        Sql.update("""
                update sessions set idle_expires_at = now() + interval '1 hour',
                    absolute_expires_at = now() + interval '2 hours' where id = ?""", ada.sessionId());

        Response response = Person.refresh(ada.refreshToken());

        assertTrue(response.header("Set-Cookie").matches(".*; Max-Age=7[0-9]{3};.*"), "two hours are left");
        assertEquals("t", Sql.column("""
                                select idle_expires_at > now() + interval '6 days'
                                    and absolute_expires_at < now() + interval '3 hours'
                                from sessions where id = ?""", ada.sessionId()).getFirst());
    }

    // Corner case: account disabled.
    @Test
    void endsSessionOfDisabledUser() {
        Person ada = Person.signedUp();
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());

        Person.refresh(ada.refreshToken()).then().statusCode(401).body("code", equalTo("INVALID_REFRESH_TOKEN"));

        assertEquals(0, sessionRows(ada));
        Eventually.holds(
                "the token is revoked, which the database has to tell",
                () -> ada.bearing().get("/api/auth/session").statusCode() == 401);
        ada.bearing().get("/api/auth/session").then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
    }

    // --- Sign-out ---

    // US4, FR-008
    @Test
    void signOutEndsTheSession() {
        Person ada = Person.signedUp();
        Person elsewhere = ada.signedInAgain();

        Response response = post("/api/auth/logout", token(ada));

        response.then().statusCode(204);
        assertEquals(
                List.of("latchkey_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"),
                response.headers().getValues("Set-Cookie"));
        Person.refresh(ada.refreshToken()).then().statusCode(401).body("code", equalTo("INVALID_REFRESH_TOKEN"));
        ada.bearing().get("/api/auth/session").then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
        ada.bearing().get(ada.own("")).then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
        elsewhere.bearing().get(ada.own("")).then().statusCode(200);
    }

    // US4
    @Test
    void signOutUsesBodyThenCookieThenBearerToken() {
        Person inBody = Person.signedUp();
        Person inCookie = inBody.signedInAgain();
        Person bearing = inBody.signedInAgain();

        relying(inCookie.refreshToken())
                .header("Authorization", "Bearer " + bearing.accessToken())
                .contentType(ContentType.JSON)
                .body(token(inBody))
                .post("/api/auth/logout")
                .then()
                .statusCode(204);
        assertEquals(List.of(0L, 1L, 1L), living(inBody, inCookie, bearing));

        relying(inCookie.refreshToken())
                .header("Origin", OURS)
                .header("Authorization", "Bearer " + bearing.accessToken())
                .post("/api/auth/logout")
                .then()
                .statusCode(204);
        assertEquals(List.of(0L, 0L, 1L), living(inBody, inCookie, bearing));

        bearing.bearing()
                .contentType(ContentType.JSON)
                .post("/api/auth/logout")
                .then()
                .statusCode(204);
        assertEquals(List.of(0L, 0L, 0L), living(inBody, inCookie, bearing));
        bearing.bearing().get("/api/auth/session").then().statusCode(401);
    }

    @Test
    void signOutIgnoresLaterCredentialsWhenTheFirstIsInvalid() {
        Person ada = Person.signedUp();

        ada.bearing()
                .contentType(ContentType.JSON)
                .body("{\"refresh_token\": \"worthless\"}")
                .post("/api/auth/logout")
                .then()
                .statusCode(204);

        assertEquals(1, sessionRows(ada));
    }

    @Test
    void signOutIsIdempotent() {
        Person ada = Person.signedUp();
        post("/api/auth/logout", token(ada)).then().statusCode(204);

        post("/api/auth/logout", token(ada)).then().statusCode(204);
        ada.bearing()
                .contentType(ContentType.JSON)
                .post("/api/auth/logout")
                .then()
                .statusCode(204);
        given().contentType(ContentType.JSON)
                .header("Authorization", "Bearer nonsense")
                .post("/api/auth/logout")
                .then()
                .statusCode(204);
        post("/api/auth/logout", "{}").then().statusCode(204);
        relying("nonsense")
                .header("Origin", OURS)
                .post("/api/auth/logout")
                .then()
                .statusCode(204);
    }

    @Test
    void signOutAcceptsTokenThatWasJustUsed() {
        Person ada = Person.signedUp();
        Person later = ada.with(Person.refresh(ada.refreshToken()));

        post("/api/auth/logout", token(ada)).then().statusCode(204);

        Person.refresh(later.refreshToken()).then().statusCode(401);
        later.bearing().get("/api/auth/session").then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
    }

    // Security: a refresh that wins or loses against the sign-out leaves nothing alive.
    @RepeatedTest(5)
    void signOutEndsSessionThatIsRefreshedMeanwhile() {
        Person ada = Person.signedUp();

        List<Response> responses = Together.all(List.<Callable<Response>>of(
                () -> Person.refresh(ada.refreshToken()),
                () -> post("/api/auth/logout", token(ada)),
                () -> Person.refresh(ada.refreshToken())));

        assertEquals(204, responses.get(1).statusCode());
        for (Response refreshed : List.of(responses.getFirst(), responses.getLast())) {
            if (refreshed.statusCode() == 200) {
                Person.refresh(refreshed.path("refresh_token")).then().statusCode(401);
                ada.with(refreshed).bearing().get("/api/auth/session").then().statusCode(401);
            }
        }
        assertEquals(0, sessionRows(ada));
    }

    // --- Without a body ---

    @Test
    void acceptsRequestWithoutBodyAndContentType() {
        Person ada = Person.signedUp();
        String cookie = "latchkey_session=" + ada.refreshToken();

        var nothing = Bare.send("POST", "/api/auth/refresh");
        assertEquals(401, nothing.statusCode(), nothing::body);
        assertTrue(nothing.body().contains("INVALID_REFRESH_TOKEN"));
        assertEquals(
                200,
                Bare.send("POST", "/api/auth/refresh", "Cookie", cookie, "Origin", OURS)
                        .statusCode());
        assertEquals(204, Bare.send("POST", "/api/auth/logout").statusCode());
        assertEquals(1, sessionRows(ada));
        assertEquals(
                204,
                Bare.send("POST", "/api/auth/logout", "Cookie", cookie, "Origin", OURS)
                        .statusCode());
        assertEquals(0, sessionRows(ada));
    }

    @Test
    void refusesOtherContentTypes() {
        given().contentType("text/plain")
                .body("refresh_token=x")
                .post("/api/auth/refresh")
                .then()
                .statusCode(415)
                .body("code", equalTo("UNSUPPORTED_MEDIA_TYPE"));
    }

    // FR-026, SC-009
    @Test
    void recordsRefreshesAndSignOut() {
        Person ada = Person.signedUp();
        Person later = ada.with(Person.refresh(ada.refreshToken()));
        post("/api/auth/logout", token(later)).then().statusCode(204);
        long unknown = unknownRefreshes();

        Person.refresh(later.refreshToken()).then().statusCode(401);

        assertEquals(
                List.of("sign_up success", "refresh success", "sign_out success"),
                Sql.column(
                        "select type || ' ' || outcome from audit_events where user_id = ? order by at, id", ada.id()));
        Eventually.holds("the refused refresh has a row", () -> unknownRefreshes() > unknown);
    }

    private static long unknownRefreshes() {
        return Sql.count("""
                select count(*) from audit_events
                where type = 'refresh' and outcome = 'failure' and user_id is null""");
    }

    private static String valueOf(String cookie) {
        return cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
    }

    private static RequestSpecification relying(String refreshToken) {
        return given().contentType(ContentType.JSON).header("Cookie", "latchkey_session=" + refreshToken);
    }

    private static String token(Person person) {
        return """
                {"refresh_token": "%s"}""".formatted(person.refreshToken());
    }

    /** As if the grace had passed since. */
    private static void turnBackSpendings(Person person) {
        Sql.update("""
                update sessions set spent_at = array(select at - interval '11 seconds' from unnest(spent_at) at)
                where id = ?""", person.sessionId());
    }

    private static long generation(Person person) {
        return Sql.count("select generation from sessions where id = ?", person.sessionId());
    }

    private static long sessionRows(Person person) {
        return Sql.count("select count(*) from sessions where id = ?", person.sessionId());
    }

    private static List<Long> living(Person... users) {
        return java.util.Arrays.stream(users)
                .map(SessionResourceTest::sessionRows)
                .toList();
    }

    // A session may have lost its row, in a failover for example; a user who signs out must be signed out.
    @Test
    void signOutRevokesTokenOfDeletedSession() {
        Person ada = Person.signedUp();
        // As if neither the row nor its end had ever been.
        Sql.update(
                "update sessions set absolute_expires_at = now() - interval '1 second' where id = ?", ada.sessionId());
        Sql.update("delete from sessions where id = ?", ada.sessionId());
        ada.bearing().get("/api/auth/session").then().statusCode(200);

        ada.bearing().noContentType().post("/api/auth/logout").then().statusCode(204);

        ada.bearing().get("/api/auth/session").then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
    }
}
