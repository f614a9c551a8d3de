package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.RawHttp;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** US1 to US5 and every refusal, on the artefact: what a class path has and a package lacks shows here. */
class LatchkeyIT {

    private static final String ORIGIN = "http://localhost";

    private static EmbeddedDatabase database;
    private static Packaged service;

    @BeforeAll
    static void start() {
        database = EmbeddedDatabaseResource.emptyDatabase();
        service = Packaged.ready(database, Map.of("LATCHKEY_SIGNIN_RATE_LIMIT_SIGN_UP_LIMIT", "1000"))
                .addressed();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    /** US1, FR-001, FR-009, FR-013, SC-001 */
    @Test
    void signsUpAndIn() {
        String email = fresh("ada");
        Person.post("/api/auth/signup", body("email", " " + email.toUpperCase(Locale.ROOT) + " "))
                .then()
                .statusCode(201)
                .header("Set-Cookie", startsWith("latchkey_session="))
                .header("Set-Cookie", containsString("HttpOnly"))
                .header("Cache-Control", containsString("no-store"))
                .header("X-Content-Type-Options", "nosniff")
                .header("X-Request-Id", notNullValue())
                .body("user.email", equalTo(email))
                .body("user.created_at", matchesPattern("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"))
                .body("token_type", equalTo("Bearer"))
                .body("expires_in", equalTo(900));

        Person.signIn(email, Person.PASSWORD).then().statusCode(200).body("user.email", equalTo(email));
    }

    /** FR-004 */
    @Test
    void refusesATakenAddress() {
        Person ada = Person.signedUp();

        problem(Person.post("/api/auth/signup", body("email", ada.email())), 409, "EMAIL_TAKEN");
    }

    /** US2, FR-006, FR-007 */
    @Test
    void refusesAWrongPasswordAndAnUnknownAddressAlike() {
        Person ada = Person.signedUp();

        Response wrong = Person.signIn(ada.email(), "not the password");
        Response unknown = Person.signIn(fresh("nobody"), "not the password");

        problem(wrong, 401, "INVALID_CREDENTIALS");
        problem(unknown, 401, "INVALID_CREDENTIALS");
        assertEquals((String) wrong.path("message"), unknown.path("message"));
    }

    /** US3, FR-014 to FR-022, SC-004, SC-005 */
    @Test
    void allowsOwnRoutesOnly() {
        Person ada = Person.signedUp();
        Person eve = Person.signedUp();

        ada.bearing()
                .get(ada.own(""))
                .then()
                .statusCode(200)
                .body("id", equalTo(ada.id()))
                .body("name", equalTo("Ada"));
        given().header("Authorization", "bEARER " + ada.accessToken())
                .get(ada.own(""))
                .then()
                .statusCode(200);
        problem(eve.bearing().get(ada.own("")), 403, "NOT_OWNER");
        problem(eve.bearing().get("/api/users/nobody-of-that-name"), 403, "NOT_OWNER");
        problem(given().get(ada.own("")), 401, "UNAUTHENTICATED");
        problem(given().queryParam("access_token", ada.accessToken()).get(ada.own("")), 401, "UNAUTHENTICATED");
        problem(given().header("Authorization", "Bearer garbage").get(ada.own("")), 401, "INVALID_TOKEN");
        problem(altered(ada).get(ada.own("")), 401, "INVALID_TOKEN");
        problem(
                given().header("Authorization", "Bearer " + ada.accessToken(), "Bearer " + eve.accessToken())
                        .get(ada.own("")),
                401,
                "INVALID_TOKEN");
    }

    @Test
    void returnsUserFromTheTokenAlone() {
        Person ada = Person.signedUp();

        ada.bearing()
                .get("/api/auth/session")
                .then()
                .statusCode(200)
                .body("user_id", equalTo(ada.id()))
                .body("email", equalTo(ada.email()))
                .body("session_id", equalTo(ada.sessionId()))
                .body("roles", empty());
    }

    @Test
    void changesTheProfile() {
        Person ada = Person.signedUp();

        ada.bearing()
                .contentType("application/json")
                .body("{\"name\": \"Ada Lovelace \u00e9\", \"image\": null, \"unknown\": [1]}")
                .patch(ada.own(""))
                .then()
                .statusCode(200)
                .body("name", equalTo("Ada Lovelace \u00e9"));
        ada.bearing()
                .contentType("application/json")
                .body("{\"name\": null}")
                .patch(ada.own(""))
                .then()
                .statusCode(200)
                .body("name", equalTo(null));
        Response wrong = ada.bearing()
                .contentType("application/json")
                .body("{\"name\": 7}")
                .patch(ada.own(""));
        problem(wrong, 400, "VALIDATION_FAILED").then().body("errors[0].field", equalTo("name"));
    }

    /** "Several devices" */
    @Test
    void listsSessionsAndEndsThem() {
        Person desk = Person.signedUp();
        Person phone = desk.signedInAgain();

        desk.bearing()
                .get(desk.own("/sessions"))
                .then()
                .statusCode(200)
                .body("sessions.id", containsInAnyOrder(desk.sessionId(), phone.sessionId()))
                .body("sessions.find { it.current }.id", equalTo(desk.sessionId()))
                .body("sessions.ip", not(hasItem("")));
        Person eve = Person.signedUp();
        problem(desk.bearing().delete(desk.own("/sessions/" + eve.sessionId())), 404, "NOT_FOUND");
        problem(desk.bearing().delete(desk.own("/sessions?keep=everything")), 400, "VALIDATION_FAILED");
        desk.bearing().delete(desk.own("/sessions/" + phone.sessionId())).then().statusCode(204);
        problem(phone.bearing().get(phone.own("")), 401, "INVALID_TOKEN");
        problem(Person.refresh(phone.refreshToken()), 401, "INVALID_REFRESH_TOKEN");

        Person tablet = desk.signedInAgain();
        desk.bearing().delete(desk.own("/sessions?keep=current")).then().statusCode(204);
        problem(tablet.bearing().get(tablet.own("")), 401, "INVALID_TOKEN");
        desk.bearing().get(desk.own("")).then().statusCode(200);
    }

    /** US5, SC-010 */
    @Test
    void refreshesByBodyAndByCookie() {
        Person ada = Person.signedUp();

        Response first = Person.refresh(ada.refreshToken());
        first.then().statusCode(200).body("user.id", equalTo(ada.id()));
        assertNotEquals(ada.refreshToken(), first.path("refresh_token"));
        assertEquals(
                (String) first.path("refresh_token"),
                Person.refresh(ada.refreshToken()).path("refresh_token"),
                "two that race get one successor");

        String cookie = first.cookie("latchkey_session");
        problem(given().noContentType().cookie("latchkey_session", cookie).post("/api/auth/refresh"), 403, "FORBIDDEN");
        problem(
                given().noContentType()
                        .cookie("latchkey_session", cookie)
                        .header("Origin", "https://evil.example")
                        .post("/api/auth/refresh"),
                403,
                "FORBIDDEN");
        Response second = given().noContentType()
                .cookie("latchkey_session", cookie)
                .header("Origin", ORIGIN)
                .post("/api/auth/refresh");
        second.then().statusCode(200);
        ada.with(second).bearing().get(ada.own("")).then().statusCode(200);
        problem(given().noContentType().post("/api/auth/refresh"), 401, "INVALID_REFRESH_TOKEN");
        problem(Person.refresh("garbage"), 401, "INVALID_REFRESH_TOKEN");
    }

    /** "Two refreshes race": reuse after the grace ends the session. */
    @Test
    void endsSessionWhenUsedRefreshTokenIsReusedLater() throws Exception {
        Person ada = Person.signedUp();
        Person refreshed = ada.with(Person.refresh(ada.refreshToken()));
        turnBack(
                "update sessions set spent_at = array(select t - interval '1 minute' from unnest(spent_at) t) where id = ?",
                ada.sessionId());

        problem(Person.refresh(ada.refreshToken()), 401, "INVALID_REFRESH_TOKEN");

        problem(Person.refresh(refreshed.refreshToken()), 401, "INVALID_REFRESH_TOKEN");
        problem(refreshed.bearing().get(ada.own("")), 401, "INVALID_TOKEN");
        eventually(ada.signedInAgain(), "refresh_reuse");
    }

    /** "Password changed or reset" */
    @Test
    void passwordChangeEndsOtherSessionsAndTheirTokens() {
        Person desk = Person.signedUp();
        Person phone = desk.signedInAgain();

        problem(change(desk, "not the password", "a new and much better one"), 403, "INVALID_CREDENTIALS");
        problem(change(desk, desk.password(), "short"), 400, "VALIDATION_FAILED");
        Response changed = change(desk, desk.password(), "a new and much better one");

        changed.then().statusCode(200);
        desk.with(changed).bearing().get(desk.own("")).then().statusCode(200);
        problem(phone.bearing().get(phone.own("")), 401, "INVALID_TOKEN");
        problem(Person.refresh(phone.refreshToken()), 401, "INVALID_REFRESH_TOKEN");
        problem(Person.signIn(desk.email(), desk.password()), 401, "INVALID_CREDENTIALS");
        Person.signIn(desk.email(), "a new and much better one").then().statusCode(200);
    }

    /** FR-026, SC-009 */
    @Test
    void recordsEventsOfAnAccount() {
        Person ada = Person.signedUp();
        Person.signIn(ada.email(), "not the password").then().statusCode(401);
        ada.bearing().get("/api/users/somebody-else").then().statusCode(403);

        eventually(ada, "owner_check");
        eventually(ada, "sign_in");
        ada.bearing()
                .get(ada.own("/events"))
                .then()
                .statusCode(200)
                .body("events.type", hasItems("sign_up", "sign_in", "owner_check"))
                .body("events.find { it.type == 'sign_in' }.outcome", equalTo("failure"))
                .body("events.find { it.type == 'sign_in' }.details.reason", equalTo("wrong_password"));
        Response page = ada.bearing().get(ada.own("/events?limit=1"));
        page.then().body("events", hasSize(1)).body("next_cursor", notNullValue());
        ada.bearing()
                .queryParam("cursor", (String) page.path("next_cursor"))
                .get(ada.own("/events"))
                .then()
                .statusCode(200)
                .body("events.id", not(hasItem((String) page.path("events[0].id"))));
        problem(ada.bearing().get(ada.own("/events?cursor=garbage")), 400, "VALIDATION_FAILED");
    }

    /** US4, FR-008 */
    @Test
    void signsOut() {
        Person ada = Person.signedUp();

        Response response = Person.post("/api/auth/logout", "{\"refresh_token\": \"" + ada.refreshToken() + "\"}");

        response.then().statusCode(204).header("Set-Cookie", startsWith("latchkey_session=;"));
        problem(ada.bearing().get(ada.own("")), 401, "INVALID_TOKEN");
        problem(Person.refresh(ada.refreshToken()), 401, "INVALID_REFRESH_TOKEN");
        given().noContentType().post("/api/auth/logout").then().statusCode(204);
    }

    @Test
    void deletesAnAccount() throws Exception {
        Person ada = Person.signedUp();
        turnBack(
                "update sessions set authenticated_at = authenticated_at - interval '1 hour' where id = ?",
                ada.sessionId());

        problem(ada.bearing().delete(ada.own("")), 403, "NOT_FRESH");
        problem(
                ada.bearing()
                        .contentType("application/json")
                        .body("{\"password\": \"not the password\"}")
                        .delete(ada.own("")),
                403,
                "INVALID_CREDENTIALS");
        ada.bearing()
                .contentType("application/json")
                .body("{\"password\": \"" + ada.password() + "\"}")
                .delete(ada.own(""))
                .then()
                .statusCode(204);

        problem(ada.bearing().get(ada.own("")), 401, "INVALID_TOKEN");
        problem(Person.signIn(ada.email(), ada.password()), 401, "INVALID_CREDENTIALS");
        assertNotEquals(ada.id(), Person.signedUp(ada.email()).id());
    }

    /** FR-010, FR-016: what a backend does that knows the address of the keys and nothing else. */
    @Test
    void signsTokensThatBackendsVerifyByPublishedKeys() throws Exception {
        Person ada = Person.signedUp();
        JsonWebKeySet keys =
                new JsonWebKeySet(given().get("/.well-known/jwks.json").asString());

        JwtClaims claims = new JwtConsumerBuilder()
                .setExpectedIssuer(ORIGIN)
                .setExpectedAudience(ORIGIN)
                .setRequireExpirationTime()
                .setJwsAlgorithmConstraints(AlgorithmConstraints.ConstraintType.PERMIT, "EdDSA")
                .setVerificationKeyResolver(new JwksVerificationKeyResolver(keys.getJsonWebKeys()))
                .build()
                .processToClaims(ada.accessToken());

        assertEquals(ada.id(), claims.getStringClaimValue("user_id"));
        assertEquals(ada.id(), claims.getSubject());
        assertEquals(ada.sessionId(), claims.getStringClaimValue("sid"));
        given().get("/.well-known/jwks.json").then().header("Cache-Control", containsString("max-age=300"));
    }

    /** FR-002: the tables of IDNA and of Unicode's forms are in the package. */
    @Test
    void treatsFormsOfInternationalAddressAsOne() {
        String local = "ada-" + UUID.randomUUID();
        Person ada = Person.signedUp(local + "@BU\u0308CHER.example");

        ada.bearing().get(ada.own("")).then().statusCode(200).body("email", equalTo(local + "@xn--bcher-kva.example"));
        problem(Person.post("/api/auth/signup", body("email", local + "@b\u00fccher.example")), 409, "EMAIL_TAKEN");
        Person.signIn(local + "@xn--bcher-kva.example", Person.PASSWORD).then().statusCode(200);
        problem(Person.post("/api/auth/signup", body("email", local + "@fa\u00df.example")), 400, "VALIDATION_FAILED");
    }

    /** The gate's path rules, and their Unicode tables: NFC, and what NFKC would make a delimiter. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/users/%ef%bc%8f",
                "/api/users/e%cc%81",
                "/api/users/%c0%af",
                "/api/users/a%2fb",
                "/api/users/%2e%2e/x",
                "/api/users/a%00",
                "/api/users//x",
                "/api/users/a;b",
                "/api/users/a\\b",
                "/api/users/%zz"
            })
    void refusesAPathThatHasTwoMeanings(String path) throws Exception {
        assertEquals(400, RawHttp.status("GET", path));
        assertTrue(RawHttp.response("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .contains("\"MALFORMED_PATH\""));
    }

    /** FR-003, SC-008: the list of common passwords is in the package. */
    @Test
    void refusesWeakPasswordsFieldByField() {
        String email = fresh("ada");
        for (Map.Entry<String, String> weak : Map.of(
                        "password1",
                        "PASSWORD_COMMON",
                        "Qwertyuiop",
                        "PASSWORD_COMMON",
                        "seven77",
                        "PASSWORD_TOO_SHORT",
                        "x".repeat(129),
                        "PASSWORD_TOO_LONG",
                        email,
                        "PASSWORD_RESEMBLES_EMAIL")
                .entrySet()) {
            Response response = Person.post(
                    "/api/auth/signup", "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(email, weak.getKey()));
            problem(response, 400, "VALIDATION_FAILED")
                    .then()
                    .body("errors.field", everyItem(equalTo("password")))
                    .body("errors.code", hasItem(weak.getValue()));
        }
        problem(Person.post("/api/auth/signup", "{}"), 400, "VALIDATION_FAILED")
                .then()
                .body("errors.field", containsInAnyOrder("email", "password"));
        problem(Person.post("/api/auth/signup", body("email", "no address")), 400, "VALIDATION_FAILED")
                .then()
                .body("errors.field", contains("email"));
    }

    @Test
    void refusesInvalidRequests() {
        problem(given().get("/api/nothing"), 404, "NOT_FOUND");
        problem(given().get("/nothing"), 404, "NOT_FOUND");
        problem(given().get("/api/auth/login"), 405, "METHOD_NOT_ALLOWED")
                .then()
                .header("Allow", containsString("POST"));
        problem(given().accept("text/html").get("/api/auth/jwks"), 406, "NOT_ACCEPTABLE");
        problem(given().contentType("text/plain").body("{}").post("/api/auth/login"), 415, "UNSUPPORTED_MEDIA_TYPE");
        problem(given().contentType("application/json").post("/api/auth/login"), 400, "MALFORMED_JSON");
        for (String malformed :
                List.of("{", "[]", "{\"email\": \"a\", \"email\": \"b\"}", "{} {}", "\u0000", "[".repeat(5000))) {
            problem(Person.post("/api/auth/login", malformed), 400, "MALFORMED_JSON");
        }
        problem(Person.post("/api/auth/login", "{\"email\": 7, \"password\": \"x\"}"), 400, "VALIDATION_FAILED");
        problem(Person.post("/api/auth/login", "{\"email\": \"" + "x".repeat(70_000) + "\"}"), 413, "BODY_TOO_LARGE");
    }

    /** FR-023 */
    @Test
    void limitsPasswordGuesses() {
        Person ada = Person.signedUp();
        for (int i = 0; i < 5; i++) {
            Person.signIn(ada.email(), "guess " + i).then().statusCode(401);
        }

        problem(Person.signIn(ada.email(), ada.password()), 429, "TOO_MANY_REQUESTS")
                .then()
                .header("Retry-After", matchesPattern("[1-9]\\d*"));
    }

    @Test
    void keepsOperationsOnTheManagementPort() {
        for (String path : List.of(
                "/q/health", "/q/health/live", "/q/health/ready", "/q/health/started", "/q/metrics", "/q/openapi")) {
            assertEquals(200, service.managementStatus(path), path);
            problem(given().get(path), 404, "NOT_FOUND");
        }
        given().port(service.managementPort())
                .get("/q/openapi")
                .then()
                .body(containsString("/api/users/{user_id}/sessions"))
                .body(containsString("/api/auth/password-reset/confirm"))
                .body(containsString("/api/auth/email-verification/confirm"));
        Person.signedUp();
        given().port(service.managementPort())
                .get("/q/metrics")
                .then()
                .body(containsString("latchkey_password_hashes_total{purpose=\"hash\"}"));
        assertEquals(
                404,
                given().port(service.managementPort()).get("/api/auth/jwks").statusCode());
    }

    /** House rule: never tokens, hashes, passwords; and each line is an object of its own. */
    @Test
    void logsJsonAndNoSecrets() {
        Person ada = Person.signedUp();
        Person.signIn(ada.email(), "a password that must not be logged");
        altered(ada).get(ada.own(""));

        Eventually.holds("the sign-up is in the log", () -> service.output().contains(ada.id()));
        String output = service.output();
        assertTrue(output.lines().allMatch(line -> line.startsWith("{") && line.endsWith("}")), output);
        for (String secret : List.of(
                ada.accessToken(),
                ada.refreshToken(),
                ada.password(),
                ada.email(),
                "a password that must not be logged",
                EmbeddedDatabaseResource.SECRET,
                database.password(),
                "$argon2id$")) {
            assertFalse(output.contains(secret), "the log shows " + secret);
        }
    }

    private static Response change(Person person, String current, String next) {
        return person.bearing()
                .contentType("application/json")
                .body("{\"current_password\": \"%s\", \"new_password\": \"%s\"}".formatted(current, next))
                .put(person.own("/password"));
    }

    /** Every refusal has the one shape, and every 401 its challenge. */
    private static Response problem(Response response, int status, String code) {
        response.then()
                .statusCode(status)
                .contentType("application/problem+json")
                .body("status", equalTo(status))
                .body("code", equalTo(code))
                .body("title", notNullValue())
                .body("message", notNullValue())
                .body("request_id", equalTo(response.header("X-Request-Id")));
        if (status == 401) {
            response.then().header("WWW-Authenticate", startsWith("Bearer"));
        }
        return response;
    }

    private static void eventually(Person person, String event) {
        Eventually.holds(
                event + " is recorded",
                () -> person.bearing()
                        .get(person.own("/events"))
                        .<List<String>>path("events.type")
                        .contains(event));
    }

    private static RequestSpecification altered(Person person) {
        String token = person.accessToken();
        int middle = (token.lastIndexOf('.') + token.length()) / 2;
        char replacement = token.charAt(middle) == 'A' ? 'B' : 'A';
        return given().header(
                        "Authorization",
                        "Bearer " + token.substring(0, middle) + replacement + token.substring(middle + 1));
    }

    private static void turnBack(String sql, String sessionId) throws Exception {
        try (Connection connection = database.connect();
                PreparedStatement change = connection.prepareStatement(sql)) {
            change.setString(1, sessionId);
            assertEquals(1, change.executeUpdate());
        }
    }

    private static String fresh(String name) {
        return name + "-" + UUID.randomUUID() + "@example.com";
    }

    private static String body(String field, String value) {
        return "{\"%s\": \"%s\", \"password\": \"%s\"}".formatted(field, value, Person.PASSWORD);
    }
}
