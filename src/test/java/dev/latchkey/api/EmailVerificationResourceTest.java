package dev.latchkey.api;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Bare;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.WithMail;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The verification of the caller's e-mail address through the JSON API. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class EmailVerificationResourceTest extends EmailLinkRequests {

    private static final String VERIFICATION = "/api/auth/email-verification";
    private static final String CONFIRM = VERIFICATION + "/confirm";

    @Test
    void verifiesByTheTokenOfTheLink() {
        Person ada = Person.signedUp();

        Response accepted = request(ada);
        assertEquals(202, accepted.statusCode(), accepted::asString);
        assertEquals("", accepted.asString());
        String link = mail.awaitEmailTo(ada.email()).link();
        assertTrue(link.matches("http://localhost:8080/links/[A-Za-z0-9]{32}"), link);
        assertEquals("f", verified(ada), "a link that was sent proves nothing yet");

        Response confirmed = confirm(link.substring(link.lastIndexOf('/') + 1));
        confirmed
                .then()
                .statusCode(200)
                .body("id", equalTo(ada.id()))
                .body("email", equalTo(ada.email()))
                .body("email_verified", equalTo(true));
        assertEquals(Map.of(), confirmed.cookies(), "it signs nobody in");
        assertEquals(
                ada.with(Person.refresh(ada.refreshToken()))
                        .bearing()
                        .get(ada.own(""))
                        .jsonPath()
                        .getMap(""),
                confirmed.jsonPath().getMap(""),
                "the same user as on the user's own route");
        assertEquals("t", verified(ada));
        Eventually.holds(
                "both are in the audit log",
                () -> Sql.column("""
                        select type from audit_events where user_id = ? and outcome = 'success'
                        and type like 'email_verification%' order by type""", ada.id()).equals(List.of("email_verification", "email_verification_link")));
    }

    // Users follow a link twice, and a page may send the request again.
    @Test
    void sameLinkAgainIsNoFailure() {
        Person ada = Person.signedUp();
        String token = sentToken(ada);
        confirm(token).then().statusCode(200);

        confirm(token).then().statusCode(200).body("email_verified", equalTo(true));
        assertEquals(1, Sql.count("""
                        select count(*) from audit_events
                        where user_id = ? and type = 'email_verification' and outcome = 'success'""", ada.id()));
    }

    @Test
    void sendsNothingOnceTheAddressIsVerified() {
        Person ada = Person.signedUp();
        Sql.update("update users set email_verified = true where id = ?", ada.id());

        assertEquals(202, request(ada.signedInAgain()).statusCode());
        assertEmails(0, ada.email());
        assertEquals(0, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
    }

    @Test
    void ignoresABodyAndNeedsNone() {
        Person ada = Person.signedUp();
        Person grace = Person.signedUp();

        from().header("Authorization", "Bearer " + ada.accessToken())
                .contentType(ContentType.JSON)
                .body(Map.of("email", grace.email(), "user_id", grace.id()))
                .post(VERIFICATION)
                .then()
                .statusCode(202);

        mail.awaitEmailTo(ada.email());
        assertEmails(0, grace.email());
        assertEquals(
                202,
                Bare.send("POST", VERIFICATION, "Authorization", "Bearer " + grace.accessToken())
                        .statusCode());
        mail.awaitEmailTo(grace.email());
    }

    @Test
    void requiresAnAccessToken() {
        Person ada = Person.signedUp();
        from().post(VERIFICATION).then().statusCode(401).body("code", equalTo("UNAUTHENTICATED"));
        from().cookie("latchkey_session", ada.refreshToken())
                .post(VERIFICATION)
                .then()
                .statusCode(401)
                .body("code", equalTo("UNAUTHENTICATED"));
        from().header("Authorization", "Bearer x.y.z").post(VERIFICATION).then().statusCode(401);

        Sql.update("update users set disabled_at = now() where id = ?", ada.id());
        Eventually.holds("the token is refused", () -> request(ada).statusCode() == 401);
        assertEmails(0, ada.email());
        assertEquals(0, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
    }

    @Test
    void reportsTooManyRequests() {
        Person ada = Person.signedUp();
        for (int i = 0; i < 5; i++) {
            request(ada).then().statusCode(202);
        }
        request(ada)
                .then()
                .statusCode(429)
                .body("code", equalTo("TOO_MANY_REQUESTS"))
                .header("Retry-After", matchesPattern("[1-9]\\d*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "00000000000000000000000000000000", "' or '1'='1"})
    void refusesUnknownToken(String token) {
        assertTokenRefused("LINK_INVALID", confirm(token));
        assertTokenRefused("LINK_INVALID", confirm(token + "a".repeat(10_240)));
        Eventually.holds("they are in the audit log", () -> Sql.count("""
                        select count(*) from audit_events where type = 'email_verification' and outcome = 'failure'
                        and details ->> 'reason' = 'unknown_link' and ip = ?""", ip) == 2);
    }

    @Test
    void tellsThatALinkHasExpired() {
        Person ada = Person.signedUp();
        String token = sentToken(ada);
        Sql.update("update mailed_links set expires_at = now() - interval '1 second' where user_id = ?", ada.id());

        assertTokenRefused("LINK_EXPIRED", confirm(token));
        assertEquals("f", verified(ada));
    }

    @Test
    void refusesLinksForAnotherPurposeAndLeavesThemValid() {
        Person ada = Person.signedUp();
        json(Map.of("email", ada.email()))
                .post("/api/auth/password-reset")
                .then()
                .statusCode(202);
        String reset = mail.awaitEmailTo(ada.email()).token();
        String wanted = "new-" + ada.email();
        json(Map.of("email", wanted))
                .header("Authorization", "Bearer " + ada.accessToken())
                .put(ada.own("/email"))
                .then()
                .statusCode(202);
        String change = mail.awaitEmailTo(wanted).token();

        assertTokenRefused("LINK_INVALID", confirm(reset));
        assertTokenRefused("LINK_INVALID", confirm(change));
        assertEquals("f", verified(ada));
        assertEquals(2, Sql.count("select count(*) from mailed_links where user_id = ? and used_at is null", ada.id()));
    }

    // A link proves that its user reads the mailbox it was sent to, and no other.
    @Test
    void refusesLinkToAnAddressThatTheAccountNoLongerHas() {
        Person ada = Person.signedUp();
        String token = sentToken(ada);
        Sql.update("update users set email = ? where id = ?", "new-" + ada.email(), ada.id());

        assertTokenRefused("LINK_INVALID", confirm(token));
        assertEquals("f", verified(ada));
    }

    // Another user who is signed in neither helps nor harms: the link names its account.
    @Test
    void verifiesTheAccountOfTheLinkWhenAnotherUserIsSignedIn() {
        Person ada = Person.signedUp();
        Person grace = Person.signedUp();

        json(Map.of("token", sentToken(ada)))
                .header("Authorization", "Bearer " + grace.accessToken())
                .post(CONFIRM)
                .then()
                .statusCode(200)
                .body("id", equalTo(ada.id()));
        assertEquals("f", verified(grace));
    }

    @Test
    void namesTokenThatIsMissingOrNoText() {
        json(Map.of())
                .post(CONFIRM)
                .then()
                .statusCode(400)
                .body("errors.field", contains("token"))
                .body("errors.code", contains("REQUIRED"));
        json(Map.of("token", List.of("x")))
                .post(CONFIRM)
                .then()
                .statusCode(400)
                .body("errors.field", contains("token"))
                .body("errors.code", contains("WRONG_TYPE"));
    }

    @Test
    void refusesPagesOfOtherOrigins() {
        Person ada = Person.signedUp();
        String token = sentToken(ada);

        json(Map.of("token", token))
                .header("Origin", "https://evil.example")
                .post(CONFIRM)
                .then()
                .statusCode(403)
                .body("code", equalTo("FORBIDDEN"));
        assertEquals("f", verified(ada));
        Eventually.holds("it is in the audit log", () -> Sql.count("""
                        select count(*) from audit_events where type = 'email_verification'
                        and details ->> 'reason' = 'untrusted_origin' and ip = ?""", ip) == 1);
    }

    private String sentToken(Person person) {
        request(person).then().statusCode(202);
        return mail.awaitEmailTo(person.email()).token();
    }

    private Response request(Person person) {
        return from().header("Authorization", "Bearer " + person.accessToken()).post(VERIFICATION);
    }

    private Response confirm(String token) {
        return json(Map.of("token", token)).post(CONFIRM);
    }

    private static String verified(Person person) {
        return Sql.column("select email_verified from users where id = ?", person.id())
                .getFirst();
    }
}
