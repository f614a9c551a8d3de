package dev.latchkey.api;

import static dev.latchkey.fixture.Person.PASSWORD;
import static dev.latchkey.fixture.Person.post;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.RecordedRefusals;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** US1: FR-001 to FR-005, FR-009, FR-013, SC-001, SC-008. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class SignUpResourceTest {

    private static final String RFC_3339_WITH_MILLISECONDS =
            "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z";

    private final String address = "ada-" + UUID.randomUUID() + "@example.com";

    // US1, FR-001, FR-009
    @Test
    void returnsUserTokensAndSessionId() {
        Response response = signUp(address, PASSWORD);

        response.then()
                .statusCode(201)
                .contentType("application/json")
                .body("token_type", equalTo("Bearer"))
                .body("expires_in", is(900))
                .body("access_token", matchesPattern("[\\w-]+\\.[\\w-]+\\.[\\w-]+"))
                .body("refresh_token", matchesPattern("[\\w-]+\\.0\\.[\\w-]{43}\\.[\\w-]{22}"))
                .body("session_id", matchesPattern("[0-9a-f-]{36}"));
        assertEquals(
                Set.of("user", "access_token", "token_type", "expires_in", "refresh_token", "session_id"),
                response.jsonPath().getMap("").keySet());
    }

    // US1
    @Test
    void returnsTheWholeUserAndNothingElse() {
        Response response = post("/api/auth/signup", """
                {"email": "%s", "password": "%s", "name": "Ada", "roles": ["admin"], "email_verified": true}""".formatted(address, PASSWORD));

        response.then()
                .statusCode(201)
                .body("user.email", equalTo(address))
                .body("user.name", equalTo("Ada"))
                .body("user", hasKey("image"))
                .body("user.image", nullValue())
                .body("user.email_verified", is(false))
                .body("user.roles", equalTo(List.of()))
                .body("user.created_at", matchesPattern(RFC_3339_WITH_MILLISECONDS))
                .body("user.updated_at", matchesPattern(RFC_3339_WITH_MILLISECONDS));
        assertEquals(
                Set.of("id", "email", "name", "image", "email_verified", "locale", "roles", "created_at", "updated_at"),
                response.jsonPath().getMap("user").keySet());
    }

    // FR-013
    @Test
    void setsHttpOnlySessionCookie() {
        Response response = signUp(address, PASSWORD);

        List<String> cookies = response.headers().getValues("Set-Cookie");
        assertEquals(2, cookies.size(), "the session's, and that of a known device");
        assertTrue(
                cookies.getLast()
                        .matches("latchkey_session=" + response.<String>path("refresh_token")
                                + "; Max-Age=60[0-9]{4}; Path=/; HttpOnly; SameSite=Lax"),
                "unlike what a session cookie should be: " + cookies.getLast().replaceAll("=[^;]{60,}", "=…"));
    }

    // SC-001
    @Test
    void tokenIsAcceptedAtOwnRoutes() {
        Person ada = Person.signedUp(address);

        ada.bearing().get(ada.own("")).then().statusCode(200).body("email", equalTo(address));
    }

    // FR-005
    @Test
    void storesOnlyAHashOfThePassword() {
        Person ada = Person.signedUp(address);

        List<String> stored = Sql.column("select secret from credentials where user_id = ?", ada.id());
        assertEquals(1, stored.size());
        assertTrue(stored.getFirst().startsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
        assertEquals(
                0,
                Sql.count(
                        "select count(*) from sessions where user_id = ? and sessions::text like ?",
                        ada.id(),
                        "%" + ada.refreshToken() + "%"));
    }

    // US1, SC-008
    @Test
    void reportsAllInvalidFieldsAtOnce() {
        long before = rows();

        Response response = post("/api/auth/signup", """
                {"email": "not an address", "password": "seven !", "name": "bell\\u0007"}""");

        response.then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("code", equalTo("VALIDATION_FAILED"))
                .body("status", is(400))
                .body("errors.field", equalTo(List.of("email", "password", "name")))
                .body("errors.code", equalTo(List.of("EMAIL_INVISIBLE_CHARACTER", "PASSWORD_TOO_SHORT", "NOT_TEXT")))
                .body("errors.message", everyItem(not(equalTo(""))))
                .body("message", containsString("password: Use at least 8 characters"));
        assertEquals(before, rows());
        assertFalse(response.headers().hasHeaderWithName("Set-Cookie"));
    }

    // SC-008
    @Test
    void namesMissingFields() {
        post("/api/auth/signup", "{}")
                .then()
                .statusCode(400)
                .body("errors.field", equalTo(List.of("email", "password")))
                .body("errors.code", everyItem(equalTo("REQUIRED")));
    }

    // FR-002
    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "ada", "ada@", "@example.com", "a@b@example.com", "ada@example", "ada@example.com."})
    void refusesInvalidAddress(String typed) {
        refused(typed, PASSWORD, "email");
    }

    // FR-003
    @ParameterizedTest
    @ValueSource(strings = {"", "x9 kq!z", "password", "baseball"})
    void refusesWeakPassword(String typed) {
        refused(address, typed, "password");
    }

    // FR-003
    @Test
    void refusesPasswordThatResemblesTheAddress() {
        signUp(
                        "ada.lovelace-%s@example.com".formatted(address.substring(4, 12)),
                        "my ADA.lovelace-" + address.substring(4, 12))
                .then()
                .statusCode(400)
                .body("errors.code", hasItem("PASSWORD_RESEMBLES_EMAIL"));
    }

    // FR-003
    @Test
    void refusesTooLongPasswordWithoutTruncation() {
        refused(address, "x y".repeat(43), "password");
    }

    // FR-003
    @Test
    void acceptsPasswordOfAnyCharactersAtTheMaximumLength() {
        String longest = "\\ud83d\\ude00 \\u0000".repeat(42) + "zz";
        signUp(address, longest).then().statusCode(201);
        Person.signIn(address, longest).then().statusCode(200);
        Person.signIn(address, longest.substring(0, longest.length() - 1))
                .then()
                .statusCode(401);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"email": 5, "password": "correct horse"}                       | email
                    {"email": ["a@example.com"], "password": "correct horse"}       | email
                    {"email": "x@example.com", "password": 12345678}                | password
                    {"email": "x@example.com", "password": true}                    | password
                    {"email": "x@example.com", "password": "a b c d e", "name": {}} | name
                    {"email": "x@example.com", "password": "a b c d e", "name": 7}  | name""")
    void namesTheFieldOfTheWrongType(String body, String field) {
        long before = rows();
        post("/api/auth/signup", body)
                .then()
                .statusCode(400)
                .body("code", equalTo("VALIDATION_FAILED"))
                .body("errors.field", equalTo(List.of(field)))
                .body("errors.code", equalTo(List.of("WRONG_TYPE")));
        assertEquals(before, rows());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "\"text\"", "{", "{} {}", "{\"email\": \"a\", \"email\": \"b\"}", "7"})
    void refusesMalformedBody(String body) {
        long before = rows();
        post("/api/auth/signup", body).then().statusCode(400).body("code", equalTo("MALFORMED_JSON"));
        assertEquals(before, rows());
    }

    // FR-002, FR-004
    @ParameterizedTest
    @CsvSource({
        "ada-%s@b\\u00fccher.example, ADA-%s@B\\u00dcCHER.EXAMPLE",
        "ada-%s@b\\u00fccher.example, ada-%s@xn--bcher-kva.example",
        "ada-%s@xn--bcher-kva.example, ada-%s@bu\\u0308cher.example",
        "ada-%s@example.com, '  ada-%s@example.com\\t'",
        "ren\\u00e9-%s@example.com, RENE\\u0301-%s@Example.com",
    })
    void knowsTheAddressAgainInAnotherSpelling(String first, String second) {
        String nonce = UUID.randomUUID().toString();
        signUp(first.formatted(nonce), PASSWORD).then().statusCode(201);
        long before = rows();

        signUp(second.formatted(nonce), PASSWORD)
                .then()
                .statusCode(409)
                .contentType("application/problem+json")
                .body("code", equalTo("EMAIL_TAKEN"));
        assertEquals(before, rows());
    }

    // FR-004
    @Test
    void createsOneAccountForTwentyConcurrentSignUps() {
        List<Integer> statuses = Together.times(
                20,
                i -> signUp(i % 2 == 0 ? address : address.toUpperCase(java.util.Locale.ROOT), PASSWORD)
                        .statusCode());

        assertEquals(1, statuses.stream().filter(status -> status == 201).count(), statuses::toString);
        assertEquals(19, statuses.stream().filter(status -> status == 409).count(), statuses::toString);
        assertEquals(1, Sql.count("select count(*) from users where email = ?", address));
        assertEquals(
                1,
                Sql.count(
                        "select count(*) from sessions where user_id = (select id from users where email = ?)",
                        address));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\nb", "a\\u0000b", "\\u001b[2J", "\\u0085", "\\ud800"})
    void refusesNameThatIsNotText(String name) {
        nameRefused(name, "NOT_TEXT");
    }

    @Test
    void refusesNameOfMoreThanTwoHundredCharacters() {
        nameRefused("\\ud83d\\ude00".repeat(201), "TOO_LONG");
    }

    @Test
    void acceptsNameOfTwoHundredCodePoints() {
        String name = "\\ud83d\\ude00".repeat(200);
        post("/api/auth/signup", """
                {"email": "%s", "password": "%s", "name": "%s"}""".formatted(address, PASSWORD, name))
                .then()
                .statusCode(201)
                .body("user.name", equalTo("\ud83d\ude00".repeat(200)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"email\": \"%s\", \"password\": \"%s\"}",
                "{\"email\": \"%s\", \"password\": \"%s\", \"name\": null}"
            })
    void needsNoName(String body) {
        post("/api/auth/signup", body.formatted(address, PASSWORD))
                .then()
                .statusCode(201)
                .body("user", hasKey("name"))
                .body("user.name", nullValue());
    }

    // FR-026, SC-009
    @Test
    void recordsRefusals() {
        Person.signedUp(address);
        RecordedRefusals.awaitRows();
        long taken = refusals("address_taken");
        long invalid = refusals("invalid");

        signUp(address, PASSWORD).then().statusCode(409);
        signUp("nobody", "1234567").then().statusCode(400);

        Eventually.holds(
                "the refusals have rows",
                () -> refusals("address_taken") == taken + 1 && refusals("invalid") == invalid + 1);
    }

    private static long refusals(String reason) {
        return Sql.count("""
                select count(*) from audit_events
                where type = 'sign_up' and outcome = 'failure' and user_id is null and details ->> 'reason' = ?""", reason);
    }

    private void refused(String email, String password, String field) {
        long before = rows();
        signUp(email, password)
                .then()
                .statusCode(400)
                .body("code", equalTo("VALIDATION_FAILED"))
                .body("errors.field", equalTo(List.of(field)));
        assertEquals(before, rows());
    }

    private void nameRefused(String name, String code) {
        long before = rows();
        post("/api/auth/signup", """
                {"email": "%s", "password": "%s", "name": "%s"}""".formatted(address, PASSWORD, name))
                .then()
                .statusCode(400)
                .body("errors.field", equalTo(List.of("name")))
                .body("errors.code", equalTo(List.of(code)));
        assertEquals(before, rows());
    }

    private static Response signUp(String email, String password) {
        return post("/api/auth/signup", """
                {"email": "%s", "password": "%s"}""".formatted(email, password));
    }

    private static long rows() {
        return Sql.count("""
                select (select count(*) from users) + (select count(*) from credentials)
                    + (select count(*) from sessions)""");
    }
}
