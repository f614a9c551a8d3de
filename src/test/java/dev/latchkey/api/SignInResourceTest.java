package dev.latchkey.api;

import static dev.latchkey.fixture.Person.PASSWORD;
import static dev.latchkey.fixture.Person.post;
import static dev.latchkey.fixture.Person.signIn;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.HashRuns;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** US2: FR-006, FR-007, SC-002. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class SignInResourceTest {

    private static final String CURRENT_PARAMETERS = "$argon2id$v=19$m=19456,t=2,p=1$";

    @Inject
    MeterRegistry meters;

    // US2, FR-006, SC-002
    @Test
    void signsInWithOneRequest() {
        Person ada = Person.signedUp();

        Response response = signIn(ada.email(), PASSWORD);

        response.then().statusCode(200).body("user.id", equalTo(ada.id())).body("token_type", equalTo("Bearer"));
        Person again = ada.with(response);
        assertNotEquals(ada.sessionId(), again.sessionId());
        again.bearing().get(again.own("")).then().statusCode(200);
        ada.bearing().get(ada.own("")).then().statusCode(200);
    }

    // FR-002
    @Test
    void acceptsOtherSpellingsOfTheAddress() {
        Person ada = Person.signedUp();

        signIn("  " + ada.email().toUpperCase(Locale.ROOT) + " ", PASSWORD)
                .then()
                .statusCode(200);
    }

    // US2, FR-007
    @Test
    void hidesWhetherTheAccountExists() {
        Person ada = Person.signedUp();
        Person withoutPassword = Person.signedUp();
        assertEquals(1, Sql.update("delete from credentials where user_id = ?", withoutPassword.id()));

        Map<String, Object> wrong = looks(() -> signIn(ada.email(), PASSWORD + "!"));
        Map<String, Object> unknown = looks(() -> signIn("nobody-" + UUID.randomUUID() + "@example.com", PASSWORD));
        Map<String, Object> without = looks(() -> signIn(withoutPassword.email(), PASSWORD));

        assertEquals(401, wrong.get("status"));
        assertEquals(1L, wrong.get("hashes"));
        assertEquals(wrong, unknown);
        assertEquals(wrong, without);
    }

    // FR-007, FR-020
    @Test
    void refusesWrongPasswordWithChallengeAndNoCookie() {
        Person ada = Person.signedUp();

        Response response = signIn(ada.email(), PASSWORD + "!");

        response.then()
                .statusCode(401)
                .contentType("application/problem+json")
                .header("WWW-Authenticate", equalTo("Bearer realm=\"latchkey\""))
                .body("code", equalTo("INVALID_CREDENTIALS"));
        assertFalse(response.headers().hasHeaderWithName("Set-Cookie"));
    }

    // FR-007
    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "correct horse battery stapl", "Correct horse battery staple", "\\ud800", "\\u0000"})
    void refusesEveryOtherPassword(String password) {
        Person ada = Person.signedUp();

        Map<String, Object> seen = looks(() -> signIn(ada.email(), password));

        assertEquals(401, seen.get("status"));
        assertEquals(1L, seen.get("hashes"));
    }

    // FR-013
    @Test
    void setsSessionCookieWithoutRemember() {
        Person ada = Person.signedUp();

        Response response = post("/api/auth/login", """
                {"email": "%s", "password": "%s", "remember": false}""".formatted(ada.email(), PASSWORD));

        response.then().statusCode(200);
        String cookie = response.header("Set-Cookie");
        assertTrue(cookie.endsWith("; Path=/; HttpOnly; SameSite=Lax"));
        assertFalse(cookie.contains("Max-Age") || cookie.contains("Expires"));
        assertEquals(
                "1 day",
                Sql.column(
                                "select justify_hours(absolute_expires_at - created_at) from sessions where id = ?",
                                response.<String>path("session_id"))
                        .getFirst());
    }

    // US2
    @ParameterizedTest
    @ValueSource(strings = {"", ", \"remember\": true", ", \"remember\": null"})
    void remembersByDefault(String remember) {
        Person ada = Person.signedUp();

        Response response = post("/api/auth/login", """
                {"email": "%s", "password": "%s"%s}""".formatted(ada.email(), PASSWORD, remember));

        assertTrue(response.header("Set-Cookie").contains("; Max-Age=604"));
        assertEquals(
                "30 days",
                Sql.column(
                                "select justify_hours(absolute_expires_at - created_at) from sessions where id = ?",
                                response.<String>path("session_id"))
                        .getFirst());
    }

    // FR-007: a ban is told only after the password was right.
    @Test
    void reportsDisabledAccountOnlyToTheRightPassword() {
        Person ada = Person.signedUp();
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());
        long sessions = sessions(ada);

        signIn(ada.email(), PASSWORD).then().statusCode(403).body("code", equalTo("FORBIDDEN"));
        signIn(ada.email(), PASSWORD + "!").then().statusCode(401).body("code", equalTo("INVALID_CREDENTIALS"));
        assertEquals(sessions, sessions(ada));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"yes\"", "\"true\"", "1", "[]", "\"\""})
    void refusesRememberOfWrongType(String remember) {
        post("/api/auth/login", """
                {"email": "ada@example.com", "password": "whatever it is", "remember": %s}""".formatted(remember))
                .then()
                .statusCode(400)
                .body("code", equalTo("VALIDATION_FAILED"))
                .body("errors.field", equalTo(List.of("remember")));
    }

    @Test
    void namesMissingFields() {
        post("/api/auth/login", "{}")
                .then()
                .statusCode(400)
                .body("code", equalTo("VALIDATION_FAILED"))
                .body("errors", hasSize(2))
                .body("errors.field", hasItem("email"))
                .body("errors.field", hasItem("password"));
    }

    // A stale or foreign bearer on an open route is ignored.
    @ParameterizedTest
    @ValueSource(strings = {"Bearer nonsense", "Bearer", "Basic YTpi", "Bearer a.b.c"})
    void ignoresBearerTokenOnOpenRoute(String authorization) {
        Person ada = Person.signedUp();

        given().header("Authorization", authorization)
                .contentType(ContentType.JSON)
                .body("""
                        {"email": "%s", "password": "%s"}""".formatted(ada.email(), PASSWORD))
                .post("/api/auth/login")
                .then()
                .statusCode(200);
        given().header("Authorization", authorization)
                .get("/api/auth/jwks")
                .then()
                .statusCode(200);
    }

    // FR-005
    @Test
    void rehashesPasswordWithOutdatedParameters() {
        Person ada = Person.signedUp();
        storeOlderHash(ada);
        signIn(ada.email(), PASSWORD + "!").then().statusCode(401);
        assertFalse(storedHash(ada).startsWith(CURRENT_PARAMETERS));

        signIn(ada.email(), PASSWORD).then().statusCode(200);

        String renewed = storedHash(ada);
        assertTrue(renewed.startsWith(CURRENT_PARAMETERS));
        signIn(ada.email(), PASSWORD).then().statusCode(200);
        signIn(ada.email(), PASSWORD + "!").then().statusCode(401);
        assertEquals(renewed, storedHash(ada));
    }

    // FR-005
    @RepeatedTest(5)
    void acceptsSignInsWhileThePasswordIsRehashed() {
        Person ada = Person.signedUp();
        storeOlderHash(ada);

        List<Integer> statuses =
                Together.times(8, i -> signIn(ada.email(), PASSWORD).statusCode());

        assertEquals(Set.of(200), Set.copyOf(statuses));
        assertTrue(storedHash(ada).startsWith(CURRENT_PARAMETERS));
    }

    @RepeatedTest(5)
    void changesPasswordWhileItIsRehashed() {
        Person ada = Person.signedUp();
        storeOlderHash(ada);
        List<Callable<Response>> tasks = new ArrayList<>();
        tasks.add(() -> changePassword(ada, PASSWORD, "another good phrase"));
        for (int i = 0; i < 4; i++) {
            tasks.add(() -> signIn(ada.email(), PASSWORD));
        }

        assertEquals(200, Together.all(tasks).getFirst().statusCode());
        signIn(ada.email(), "another good phrase").then().statusCode(200);
    }

    // Corner case: password changed, all other sessions end, also those that are just being opened.
    @RepeatedTest(8)
    void leavesNoSessionOfTheOldPassword() {
        Person ada = Person.signedUp();
        List<Callable<Response>> tasks = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            tasks.add(() -> signIn(ada.email(), PASSWORD));
        }
        tasks.add(3, () -> changePassword(ada, PASSWORD, "another good phrase"));

        List<Response> responses = Together.all(tasks);

        Response changed = responses.remove(3);
        assertEquals(200, changed.statusCode());
        for (Response response : responses) {
            assertTrue(Set.of(200, 401).contains(response.statusCode()), response::statusLine);
            if (response.statusCode() == 200) {
                Person early = ada.with(response);
                early.bearing().get("/api/auth/session").then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
                Person.refresh(early.refreshToken()).then().statusCode(401);
            }
        }
        assertEquals(
                List.of(changed.<String>path("session_id")),
                Sql.column("select id from sessions where user_id = ?", ada.id()));
    }

    // FR-026, SC-009
    @Test
    void recordsReasonOfRefusal() {
        Person ada = Person.signedUp();
        signIn(ada.email(), PASSWORD + "!").then().statusCode(401);
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());
        signIn(ada.email(), PASSWORD).then().statusCode(403);

        Eventually.holds(
                "both refusals have rows in the record of the account that they aimed at",
                () -> Set.copyOf(Sql.column("""
                                select details ->> 'reason' from audit_events
                                where user_id = ? and type = 'sign_in' and outcome = 'failure'""", ada.id())).equals(Set.of("wrong_password", "account_disabled")));
    }

    private static Response changePassword(Person person, String current, String wanted) {
        return person.bearing()
                .contentType(ContentType.JSON)
                .body("""
                        {"current_password": "%s", "new_password": "%s"}""".formatted(current, wanted))
                .put(person.own("/password"));
    }

    /** Everything that a client can see of an response and that could tell one refusal from another, and the work done. */
    private Map<String, Object> looks(java.util.function.Supplier<Response> request) {
        Map<String, Object> seen = new HashMap<>();
        seen.put("hashes", HashRuns.during(meters, () -> {
            Response response = request.get();
            seen.put("status", response.statusCode());
            Map<String, Object> body = new HashMap<>(response.jsonPath().getMap(""));
            body.remove("request_id");
            seen.put("body", body);
            List<String> headers = new ArrayList<>();
            response.headers().forEach(header -> {
                if (!header.getName().equalsIgnoreCase("X-Request-Id")) {
                    headers.add(header.toString());
                }
            });
            seen.put("headers", headers);
        }));
        return seen;
    }

    private static long sessions(Person person) {
        return Sql.count("select count(*) from sessions where user_id = ?", person.id());
    }

    private static String storedHash(Person person) {
        return Sql.column("select secret from credentials where user_id = ?", person.id())
                .getFirst();
    }

    /** What an earlier version of the service, whose parameters were smaller, would have stored. */
    private static void storeOlderHash(Person person) {
        byte[] salt = UUID.randomUUID().toString().substring(0, 16).getBytes(StandardCharsets.US_ASCII);
        Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
        argon2.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(1024)
                .withIterations(3)
                .withParallelism(1)
                .withSalt(salt)
                .build());
        byte[] tag = new byte[32];
        argon2.generateBytes(person.password().getBytes(StandardCharsets.UTF_8), tag);
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        String encoded =
                "$argon2id$v=19$m=1024,t=3,p=1$" + base64.encodeToString(salt) + "$" + base64.encodeToString(tag);
        // As the service itself does it: a secret that is replaced by hand ends the sessions.
        assertEquals(
                1,
                Sql.update(
                        "update credentials set secret = ?, own_changes = own_changes + 1 where user_id = ?",
                        encoded,
                        person.id()));
    }
}
