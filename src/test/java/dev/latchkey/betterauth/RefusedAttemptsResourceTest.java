package dev.latchkey.betterauth;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Bare;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SC-009: no attempt is missing from the audit log, whatever refuses it, and a flood of them writes little. */
@QuarkusTest
@TestProfile(RefusedAttemptsResourceTest.Limited.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class RefusedAttemptsResourceTest {

    private static final String ORIGIN = "http://localhost:8080";
    private static final String FOREIGN = "https://evil.example.com";
    private static final String COOKIE = "better-auth.session_token";
    private static final int REQUEST_LIMIT = 200;
    private static final AtomicInteger CLIENTS = new AtomicInteger();

    /** A client address of this test's own. */
    private final String ip = "203.0.113." + CLIENTS.incrementAndGet();

    /** The limits of production, and a proxy on this machine whose word about addresses is believed. */
    public static class Limited implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "latchkey.better-auth.rate-limit.enabled", "true",
                    "latchkey.http.request-limit-enabled", "true",
                    "latchkey.http.request-limit", String.valueOf(REQUEST_LIMIT),
                    "latchkey.audit.refusals.single", "5",
                    "latchkey.http.trusted-proxies", "127.0.0.1,::1");
        }
    }

    // --- Rate limits ---

    @Test
    void recordsSignInsThatTheLimitOfThePathRefused() {
        for (int i = 0; i < 3; i++) {
            assertEquals(401, signIn("nobody@example.com").statusCode());
        }
        assertEquals(429, signIn("nobody@example.com").statusCode());
        assertRecorded("sign_in request_limit", "sign_in unknown_account");
    }

    @Test
    void recordsSignInsThatTheLimitOfTheClientRefused() {
        for (int i = 0; i < REQUEST_LIMIT; i++) {
            from().get("/api/auth/ok");
        }
        assertEquals(429, signIn("nobody@example.com").statusCode());
        assertEquals(
                429,
                json(Map.of("email", "a@b.example", "password", "x"))
                        .post("/api/auth/login")
                        .statusCode());
        assertEquals(429, json(Map.of()).post("/api/auth/signup/").statusCode());
        assertEquals(429, json(Map.of()).post("/api/auth/refresh/").statusCode());
        assertEquals(429, from().get("/api/auth/token").statusCode());
        assertEquals(429, json(Map.of()).put("/api/users/ada/password/").statusCode());
        assertEquals(429, json(Map.of()).put("/api/users/ada/email").statusCode());
        assertEquals(429, json(Map.of()).delete("/api/users/ada/").statusCode());
        for (String path : List.of("password-reset", "email-verification")) {
            assertEquals(429, json(Map.of()).post("/api/auth/" + path).statusCode());
            assertEquals(
                    429, json(Map.of()).post("/api/auth/" + path + "/confirm").statusCode());
        }
        assertEquals(429, from().post("/links/x").statusCode());
        assertEquals(429, from().get("/links/x").statusCode());
        assertEquals(429, from().post("/oauth/introspect/").statusCode());
        Eventually.holds(
                "all are on record",
                () -> recorded()
                        .containsAll(List.of(
                                "sign_in request_limit",
                                "sign_up request_limit",
                                "refresh request_limit",
                                "password_change request_limit",
                                "email_change_link request_limit",
                                "account_deletion request_limit",
                                "password_reset_link request_limit",
                                "password_reset request_limit",
                                "email_verification_link request_limit",
                                "email_verification request_limit",
                                "email_link request_limit",
                                "backend_authentication request_limit",
                                "session_check request_limit")));
        assertEquals(2, attempts("sign_in", "request_limit"));
        assertEquals(1, attempts("email_link", "request_limit"), "opening a page is no attempt");
    }

    // --- Origins ---

    @ParameterizedTest
    @CsvSource({
        "/sign-in/email, sign_in",
        "/sign-up/email, sign_up",
        "/sign-out, sign_out",
        "/change-password, password_change",
        "/verify-password, password_confirmation",
        "/request-password-reset, password_reset_link",
        "/reset-password, password_reset",
        "/send-verification-email, email_verification_link",
        "/change-email, email_change_link",
        "/delete-user, account_deletion",
        "/update-user, profile_change",
        "/revoke-sessions, sessions_ended",
        "/update-session, session_check"
    })
    void recordsRequestsOfForeignPages(String path, String type) {
        Response response = json(Map.of("email", "ada@example.com", "password", "x", "name", "Ada"))
                .header("Origin", FOREIGN)
                .cookie(COOKIE, "x")
                .post("/api/auth" + path);
        assertEquals(403, response.statusCode());
        assertRecorded(type + " untrusted_origin");
    }

    @Test
    void recordsRequestsWithCookiesAndWithoutAnOrigin() {
        assertEquals(
                403, json(Map.of()).cookie("a", "b").post("/api/auth/sign-out").statusCode());
        assertRecorded("sign_out missing_origin");
    }

    @Test
    void recordsCrossSiteNavigationsToTheSignIn() {
        Response response = json(Map.of("email", "ada@example.com", "password", "x"))
                .header("Sec-Fetch-Site", "cross-site")
                .header("Sec-Fetch-Mode", "navigate")
                .post("/api/auth/sign-in/email");
        assertEquals(403, response.statusCode());
        assertRecorded("sign_in cross_site_navigation");
    }

    @Test
    void recordsRedirectsToUntrustedPages() {
        Response response = json(Map.of("email", "ada@example.com", "password", "x", "callbackURL", FOREIGN))
                .post("/api/auth/sign-in/email");
        assertEquals(403, response.statusCode());
        assertRecorded("sign_in untrusted_redirect");
    }

    @ParameterizedTest
    @CsvSource({"/api/auth/refresh, refresh", "/api/auth/logout, sign_out"})
    void recordsForeignPagesThatRelyOnTheCookieOfTheJsonApi(String path, String type) {
        Response response = json(Map.of())
                .header("Origin", FOREIGN)
                .cookie("latchkey_session", "x")
                .post(path);
        assertEquals(403, response.statusCode());
        assertRecorded(type + " untrusted_origin");
    }

    @Test
    void recordsForeignPagesThatSignInByTheJsonApi() {
        Response response = json(Map.of("email", "ada@example.com", "password", "x"))
                .header("Origin", FOREIGN)
                .post("/api/auth/login");
        assertEquals(403, response.statusCode());
        assertRecorded("sign_in untrusted_origin");
    }

    @ParameterizedTest
    @CsvSource({
        "/api/auth/password-reset, password_reset_link",
        "/api/auth/password-reset/confirm, password_reset",
        "/api/auth/email-verification/confirm, email_verification"
    })
    void recordsForeignPagesThatUseTheLinksOfTheJsonApi(String path, String type) {
        Response response = json(Map.of()).header("Origin", FOREIGN).post(path);
        assertEquals(403, response.statusCode());
        assertRecorded(type + " untrusted_origin");
    }

    // --- Session tokens ---

    @ParameterizedTest
    @CsvSource({"GET, /get-session", "GET, /list-sessions", "GET, /token", "POST, /sign-out"})
    void recordsForgedCookies(String method, String path) {
        RequestSpecification request = method.equals("POST") ? json(Map.of()) : from();
        request.header("Origin", ORIGIN)
                .cookie(COOKIE, "x".repeat(32) + "." + "A".repeat(43) + "=")
                .request(method, "/api/auth" + path);
        assertRecorded("session_check not_authentic");
    }

    @Test
    void recordsForgedBearerTokens() {
        from().header("Authorization", "Bearer " + "x".repeat(32) + "." + "A".repeat(43) + "=")
                .get("/api/auth/get-session");
        assertRecorded("session_check not_authentic");
    }

    @Test
    void recordsGuessedBearerTokens() {
        from().header("Authorization", "Bearer " + "x".repeat(32)).get("/api/auth/get-session");
        assertRecorded("session_check no_session");
    }

    @Test
    void recordsCookiesOfSessionsThatHaveEnded() {
        Person person = Person.signedUp();
        Response signedIn = json(Map.of("email", person.email(), "password", Person.PASSWORD))
                .post("/api/auth/sign-in/email");
        assertEquals(200, signedIn.statusCode());
        Sql.update("delete from sessions where user_id = ?", person.id());
        String session = from().cookie(COOKIE, signedIn.cookie(COOKIE))
                .get("/api/auth/get-session")
                .asString();
        assertEquals("null", session);
        assertRecorded("session_check no_session");
    }

    // A proxy may require credentials of its own, and a client send the access token that it has for backends.
    @Test
    void recordsNothingOfCredentialsThatAreNoSessionToken() {
        Person person = Person.signedUp();
        for (String credentials :
                List.of("Basic YTpi", "Digest x", "Bearer", "Bearer " + person.accessToken(), "Bearer eyJh.e30.")) {
            from().header("Authorization", credentials)
                    .get("/api/auth/get-session")
                    .then()
                    .statusCode(200);
            assertEquals(
                    401,
                    from().header("Authorization", credentials)
                            .get("/api/auth/list-sessions")
                            .statusCode());
        }
        signIn("nobody@example.com");
        assertRecorded("sign_in unknown_account");
    }

    @Test
    void recordsSeveralBearerTokens() {
        Bare.send(
                "GET",
                "/api/auth/get-session",
                "X-Forwarded-For",
                ip,
                "Authorization",
                "Basic x",
                "Authorization",
                "Bearer x");
        assertRecorded("session_check not_authentic");
    }

    @Test
    void recordsNothingOfRequestsWithoutASessionToken() {
        assertEquals("null", from().get("/api/auth/get-session").asString());
        from().get("/api/auth/get-session");
        assertEquals(401, from().get("/api/auth/list-sessions").statusCode());
        assertEquals(404, from().get("/api/auth/unknown").statusCode());
        signIn("nobody@example.com");
        assertRecorded("sign_in unknown_account");
    }

    // --- Credentials that no account can have ---

    @Test
    void recordsMalformedAddressesAndPasswordsOfAnyLength() {
        assertEquals(400, signIn("no address").statusCode());
        assertRecorded("sign_in malformed_address");
        Response tooLong = json(Map.of("email", "ada@example.com", "password", "x".repeat(5_000)))
                .post("/api/auth/sign-in/email");
        assertEquals(400, tooLong.statusCode());
        assertRecorded("sign_in malformed_address", "sign_in password_too_long");
    }

    @Test
    void recordsMalformedAddressesAtTheLoginOfTheJsonApi() {
        Response response = json(Map.of("email", "no address", "password", "x")).post("/api/auth/login");
        assertEquals(400, response.statusCode());
        assertRecorded("sign_in malformed_address");
    }

    // --- Floods ---

    @Test
    void writesFewRowsForAFloodAndCountsAllOfIt() {
        int attempts = REQUEST_LIMIT / 2;
        for (int i = 0; i < attempts; i++) {
            from().header("Authorization", "Bearer " + UUID.randomUUID()).get("/api/auth/session");
        }
        Eventually.holds("all attempts are counted", () -> total() == attempts);
        long rows = Sql.count("select count(*) from audit_events where ip = ?", ip);
        long periods = Sql.count(
                "select 1 + extract(epoch from max(at) - min(at))::bigint from audit_events where ip = ?", ip);
        assertTrue(rows <= 6 * (periods + 1), () -> rows + " rows in " + periods + " seconds");
    }

    @Test
    void storesTheRequestIdOfTheResponse() {
        String id = "attempt-" + UUID.randomUUID();
        Response response = json(Map.of("email", "no address", "password", "x"))
                .header("X-Request-Id", id)
                .post("/api/auth/sign-in/email");
        assertEquals(id, response.header("X-Request-Id"));
        Eventually.holds(
                "the row has the id",
                () -> Sql.count("select count(*) from audit_events where request_id = ?", id) == 1);
    }

    private void assertRecorded(String... attempts) {
        List<String> expected = List.of(attempts);
        Eventually.holds("on record: " + expected, () -> recorded().equals(expected));
    }

    private List<String> recorded() {
        return Sql.column("""
                select distinct type || ' ' || (details ->> 'reason') as attempt from audit_events
                where ip = ? and outcome = 'failure' order by attempt""", ip);
    }

    private long attempts(String type, String reason) {
        return Sql.count("""
                select sum(coalesce((details ->> 'count')::bigint, 1)) from audit_events
                where ip = ? and type = ? and details ->> 'reason' = ?""", ip, type, reason);
    }

    private long total() {
        return Sql.count(
                "select coalesce(sum(coalesce((details ->> 'count')::bigint, 1)), 0) from audit_events where ip = ?",
                ip);
    }

    private Response signIn(String email) {
        return json(Map.of("email", email, "password", "a wrong password")).post("/api/auth/sign-in/email");
    }

    private RequestSpecification json(Map<String, String> body) {
        return from().contentType(ContentType.JSON).body(body);
    }

    private RequestSpecification from() {
        return given().header("X-Forwarded-For", ip);
    }
}
