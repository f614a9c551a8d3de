package dev.latchkey.api;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import dev.latchkey.fixture.WithMail;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.http.Header;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reset of a forgotten password through the JSON API: a link by e-mail, and its token with the new password. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class PasswordResetResourceTest extends EmailLinkRequests {

    private static final String RESET = "/api/auth/password-reset";
    private static final String CONFIRM = RESET + "/confirm";
    private static final String WANTED = "another horse, another battery";

    @Test
    void replacesThePasswordByTheTokenOfTheLinkAndEndsAllSessions() {
        Person ada = Person.signedUp();
        Person elsewhere = ada.signedInAgain();

        Response accepted = request(" " + ada.email().toUpperCase(java.util.Locale.ROOT));
        assertEquals(202, accepted.statusCode(), accepted::asString);
        assertEquals("", accepted.asString());
        String link = mail.awaitEmailTo(ada.email()).link();
        assertTrue(link.matches("http://localhost:8080/links/[A-Za-z0-9]{32}"), link);
        Response confirmed = confirm(token(link), WANTED);

        assertEquals(204, confirmed.statusCode(), confirmed::asString);
        assertEquals(Map.of(), confirmed.cookies(), "it signs nobody in");
        Person.signIn(ada.email(), ada.password()).then().statusCode(401);
        Person.signIn(ada.email(), WANTED).then().statusCode(200);
        for (Person device : List.of(ada, elsewhere)) {
            device.bearing().get("/api/auth/session").then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
            Person.refresh(device.refreshToken()).then().statusCode(401);
        }
        assertEquals(1, events(ada, "password_reset_link"));
        assertEquals(1, events(ada, "password_reset"));
    }

    // FR-007: nothing that a client sees tells whether there is an account, nor that too many e-mails were requested.
    @Test
    void respondsAlikeWhetherThereIsAnAccount() {
        Person ada = Person.signedUp();
        Person disabled = Person.signedUp();
        Sql.update("update users set disabled_at = now() where id = ?", disabled.id());
        Response known = request(ada.email());
        mail.awaitEmailTo(ada.email());
        for (int i = 0; i < 4; i++) {
            request(ada.email());
        }

        for (Response other : List.of(request(newAddress()), request(disabled.email()), request(ada.email()))) {
            assertEquals(202, other.statusCode());
            assertEquals(known.asString(), other.asString());
            assertEquals(headerNames(known), headerNames(other));
        }
        assertEmails(5, ada.email());
        Eventually.holds("the sixth is in the audit log", () -> Sql.count("""
                        select count(*) from audit_events where type = 'password_reset_link'
                        and details ->> 'reason' = 'throttled' and ip = ?""", ip) == 1);
        assertEquals(5, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
        assertEmails(0, disabled.email());
    }

    // FR-007: for every address. Nobody is told to wait for an e-mail that is not sent.
    @Test
    void saysThatTooManyEmailsWait() {
        Person ada = Person.signedUp();
        // As many as latchkey.mail.queue; no writer takes them.
        Sql.update("""
                insert into outgoing_emails (id, kind, recipient)
                select gen_random_uuid(), 'filler', 'nobody@example.com' from generate_series(1, 10000)""");
        try {
            for (Response refused : List.of(
                    request(ada.email()),
                    request(newAddress()),
                    from().header("Authorization", "Bearer " + ada.accessToken())
                            .post("/api/auth/email-verification"),
                    json(Map.of("email", ada.email())).post("/api/auth/request-password-reset"))) {
                refused.then()
                        .statusCode(503)
                        .body("code", equalTo("BUSY"))
                        .header("Retry-After", matchesPattern("[1-9]\\d*"));
            }
        } finally {
            Sql.update("delete from outgoing_emails where kind = 'filler'");
        }
        assertEmails(0, ada.email());
        Eventually.holds("all are in the audit log", () -> Sql.count("""
                        select count(*) from audit_events where details ->> 'reason' = 'queue_full' and ip = ?""", ip) == 4);
        assertNotEquals("", sentToken(ada));
    }

    // What is tried with a link that is not valid is on record, be the password good or not.
    @Test
    void recordsEveryAttempt() {
        Person ada = Person.signedUp();
        String token = sentToken(ada);

        confirm("x", "Zq7&k").then().statusCode(400).body("errors.field", contains("new_password"));
        confirm(token, "Zq7&k").then().statusCode(400);

        Eventually.holds(
                "both are in the audit log",
                () -> Sql.column("""
                        select coalesce(user_id, 'none') || ' ' || (details ->> 'reason') from audit_events
                        where type = 'password_reset' and outcome = 'failure' and ip = ? order by at""", ip).equals(List.of("none unknown_link", ada.id() + " invalid")));
    }

    @Test
    void unlocksTheAccount() {
        Person ada = Person.signedUp();
        Sql.update("""
                insert into throttle_buckets (id, taken_at, failures, expires_at) values (?, '{}', 100, 'infinity')
                on conflict (id) do update set failures = 100, expires_at = 'infinity'""", "account:" + ada.email());
        Person.signIn(ada.email(), ada.password()).then().statusCode(429);

        confirm(sentToken(ada), WANTED).then().statusCode(204);

        Person.signIn(ada.email(), WANTED).then().statusCode(200);
    }

    @Test
    void weakPasswordDoesNotUseTheLinkUp() {
        Person ada = Person.signedUp();
        String token = sentToken(ada);

        confirm(token, "Zq7&k")
                .then()
                .statusCode(400)
                .body("code", equalTo("VALIDATION_FAILED"))
                .body("errors.field", contains("new_password"))
                .body("errors.code", contains("PASSWORD_TOO_SHORT"));
        confirm(token, ada.email()).then().statusCode(400).body("errors.code", contains("PASSWORD_RESEMBLES_EMAIL"));
        confirm(token, "x".repeat(129)).then().statusCode(400);
        Person.signIn(ada.email(), ada.password()).then().statusCode(200);
        confirm(token, WANTED).then().statusCode(204);
    }

    @Test
    void takesALinkOnce() {
        Person ada = Person.signedUp();
        String token = sentToken(ada);

        List<Response> responses = Together.times(6, i -> confirm(token, WANTED + i));

        assertEquals(
                1,
                responses.stream()
                        .filter(response -> response.statusCode() == 204)
                        .count());
        responses.stream()
                .filter(response -> response.statusCode() != 204)
                .forEach(PasswordResetResourceTest::assertLinkInvalid);
        assertLinkInvalid(confirm(token, WANTED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "x", "00000000000000000000000000000000", "' or '1'='1", "../../links/x"})
    void refusesUnknownToken(String token) {
        assertLinkInvalid(confirm(token, WANTED));
        assertLinkInvalid(confirm(token.repeat(300), WANTED));
    }

    @Test
    void refusesTokenOf10Kilobytes() {
        assertLinkInvalid(confirm("a".repeat(10_240), WANTED));
        Eventually.holds("it is in the audit log", () -> Sql.count("""
                        select count(*) from audit_events where type = 'password_reset' and outcome = 'failure'
                        and details ->> 'reason' = 'unknown_link' and ip = ?""", ip) == 1);
    }

    @Test
    void refusesExpiredLink() {
        Person ada = Person.signedUp();
        String token = sentToken(ada);
        Sql.update("update mailed_links set expires_at = now() - interval '1 second' where user_id = ?", ada.id());

        assertLinkInvalid(confirm(token, WANTED));
        Person.signIn(ada.email(), ada.password()).then().statusCode(200);
    }

    @Test
    void refusesLinkForAnotherPurposeAndLeavesItValid() {
        Person ada = Person.signedUp();
        from().header("Authorization", "Bearer " + ada.accessToken())
                .post("/api/auth/email-verification")
                .then()
                .statusCode(202);
        String token = mail.awaitEmailTo(ada.email()).token();

        assertLinkInvalid(confirm(token, WANTED));
        Person.signIn(ada.email(), ada.password()).then().statusCode(200);
        json(Map.of("token", token))
                .post("/api/auth/email-verification/confirm")
                .then()
                .statusCode(200);
    }

    @Test
    void refusesLinkOfDisabledUser() {
        Person ada = Person.signedUp();
        String token = sentToken(ada);
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());

        assertLinkInvalid(confirm(token, WANTED));
    }

    @Test
    void namesFieldsThatAreMissingOrNoText() {
        json(Map.of())
                .post(CONFIRM)
                .then()
                .statusCode(400)
                .body("errors.field", containsInAnyOrder("token", "new_password"))
                .body("errors.code", contains("REQUIRED", "REQUIRED"));
        json(Map.of("token", 1, "new_password", WANTED))
                .post(CONFIRM)
                .then()
                .statusCode(400)
                .body("errors.field", contains("token"))
                .body("errors.code", contains("WRONG_TYPE"));
        json(Map.of("email", "no-address"))
                .post(RESET)
                .then()
                .statusCode(400)
                .body("errors.field", contains("email"))
                .body("errors.code", contains("EMAIL_INVALID"));
    }

    // Security: the visitors of a page could otherwise be made to send e-mails, each from an address of their own.
    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "null", "http://localhost:8081", ""})
    void refusesPagesOfOtherOrigins(String origin) {
        Person ada = Person.signedUp();
        String token = sentToken(ada);

        for (Response refused : List.of(
                json(Map.of("email", ada.email())).header("Origin", origin).post(RESET),
                json(Map.of("token", token, "new_password", WANTED))
                        .header("Origin", origin)
                        .post(CONFIRM))) {
            refused.then().statusCode(403).body("code", equalTo("FORBIDDEN"));
        }
        assertEmails(1, ada.email());
        assertEquals(1, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
        Eventually.holds(
                "both are in the audit log",
                () -> Sql.column("""
                        select type from audit_events where details ->> 'reason' = 'untrusted_origin' and ip = ?
                        order by type""", ip).equals(List.of("password_reset", "password_reset_link")));
        json(Map.of("token", token, "new_password", WANTED))
                .header("Origin", "http://localhost:8080")
                .post(CONFIRM)
                .then()
                .statusCode(204);
    }

    // A browser that still holds the cookie of an earlier session may reset all the same.
    @Test
    void needsNoSessionAndIgnoresOneThatIsNotValid() {
        Person ada = Person.signedUp();
        from().contentType(ContentType.JSON)
                .header("Authorization", "Bearer x.y.z")
                .cookie("latchkey_session", ada.refreshToken())
                .body(Map.of("email", ada.email()))
                .post(RESET)
                .then()
                .statusCode(202);
        assertNotEquals("", mail.awaitEmailTo(ada.email()).token());
    }

    private static void assertLinkInvalid(Response response) {
        assertTokenRefused("LINK_INVALID", response);
    }

    private String sentToken(Person person) {
        request(person.email()).then().statusCode(202);
        return mail.awaitEmailTo(person.email()).token();
    }

    private static String token(String link) {
        return link.substring(link.lastIndexOf('/') + 1);
    }

    private Response request(String email) {
        return json(Map.of("email", email)).post(RESET);
    }

    private Response confirm(String token, String newPassword) {
        return json(Map.of("token", token, "new_password", newPassword)).post(CONFIRM);
    }

    private static Set<String> headerNames(Response response) {
        Set<String> names = new TreeSet<>();
        response.headers().asList().stream().map(Header::getName).forEach(names::add);
        return names;
    }

    private static long events(Person person, String type) {
        return Sql.count(
                "select count(*) from audit_events where user_id = ? and type = ? and outcome = 'success'",
                person.id(),
                type);
    }
}
