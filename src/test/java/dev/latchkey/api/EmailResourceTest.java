package dev.latchkey.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.WithMail;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The change of the e-mail address through the JSON API: a recent proof, and a link to the new address. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class EmailResourceTest {

    private MailSink mail;

    @BeforeEach
    void startMailServer() {
        mail = MailSink.ofService();
    }

    @AfterEach
    void stopMailServer() {
        mail.close();
    }

    @Test
    void changesAddressByTheLinkInFreshSession() {
        Person ada = Person.signedUp();
        String wanted = newAddress();

        Response accepted = put(ada, """
                {"email": " %s "}""".formatted(wanted.toUpperCase(Locale.ROOT)));
        assertEquals(202, accepted.statusCode());
        assertEquals("", accepted.asString());
        String link = mail.awaitEmailTo(wanted).link();
        assertTrue(link.contains("/links/"), link);
        assertEquals(ada.email(), addressOf(ada), "nothing has changed yet");

        given().post(link.substring(link.indexOf("/links/"))).then().statusCode(200);
        assertEquals(wanted, addressOf(ada));
    }

    // Security: a session that is not fresh may be stolen, and the address is as good as the account.
    @Test
    void requiresPasswordUnlessTheSessionIsFresh() {
        Person ada = Person.signedUp();
        age(ada, "11 minutes");
        String wanted = newAddress();

        put(ada, """
                {"email": "%s"}""".formatted(wanted)).then().statusCode(403).body("code", equalTo("NOT_FRESH"));
        put(ada, """
                {"email": "%s", "password": null}""".formatted(wanted)).then().statusCode(403).body("code", equalTo("NOT_FRESH"));
        assertEquals(0, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
        put(ada, """
                {"email": "%s", "password": "%s"}""".formatted(wanted, ada.password())).then().statusCode(202);
        mail.awaitEmailTo(wanted);
    }

    // Refreshing does not make a session fresh.
    @Test
    void requiresPasswordAfterRefresh() {
        Person ada = Person.signedUp();
        age(ada, "11 minutes");
        Person refreshed = ada.with(Person.refresh(ada.refreshToken()));

        put(refreshed, """
                {"email": "%s"}""".formatted(newAddress())).then().statusCode(403).body("code", equalTo("NOT_FRESH"));
    }

    @Test
    void refusesWrongPasswordAlsoInFreshSession() {
        Person ada = Person.signedUp();

        put(ada, """
                {"email": "%s", "password": "not the password"}""".formatted(newAddress())).then().statusCode(403).body("code", equalTo("INVALID_CREDENTIALS"));
        assertEquals(0, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
    }

    @Test
    void refusesWhatIsNoNewAddress() {
        Person ada = Person.signedUp();

        put(ada, "{\"email\": \"no-address\"}")
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo("email"))
                .body("errors[0].code", equalTo("EMAIL_INVALID"));
        put(ada, "{}").then().statusCode(400).body("errors[0].code", equalTo("REQUIRED"));
        put(ada, """
                {"email": "%s"}""".formatted(ada.email())).then().statusCode(400).body("errors[0].code", equalTo("EMAIL_UNCHANGED"));
        put(ada, "").then().statusCode(400).body("code", equalTo("MALFORMED_JSON"));
    }

    // FR-007
    @Test
    void hidesThatAnAddressIsTaken() {
        Person grace = Person.signedUp();
        Person ada = Person.signedUp();

        put(ada, """
                {"email": "%s"}""".formatted(grace.email())).then().statusCode(202);
    }

    // FR-021
    @Test
    void refusesAnotherUsersRoute() {
        Person ada = Person.signedUp();
        given().header("Authorization", "Bearer " + ada.accessToken())
                .contentType(ContentType.JSON)
                .body("{\"email\": \"x@example.com\"}")
                .put(Person.signedUp().own("/email"))
                .then()
                .statusCode(403)
                .body("code", equalTo("NOT_OWNER"));
    }

    private static Response put(Person person, String body) {
        return person.bearing().contentType(ContentType.JSON).body(body).put(person.own("/email"));
    }

    private static void age(Person person, String time) {
        Sql.update(
                "update sessions set authenticated_at = now() - interval '" + time + "' where user_id = ?",
                person.id());
    }

    private static String addressOf(Person person) {
        return Sql.column("select email from users where id = ?", person.id()).getFirst();
    }

    private static String newAddress() {
        return "new-" + UUID.randomUUID() + "@example.com";
    }
}
