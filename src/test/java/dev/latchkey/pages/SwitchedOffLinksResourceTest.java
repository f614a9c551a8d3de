package dev.latchkey.pages;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.emaillink.EmailLinkPage;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.WithMail;
import dev.latchkey.platform.http.Client;
import dev.latchkey.selfservice.AccountDeletion;
import dev.latchkey.selfservice.EmailChange;
import dev.latchkey.session.SessionId;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Links that were sent before their feature was switched off do nothing any more. */
@QuarkusTest
@TestProfile(SwitchedOffLinksResourceTest.WithoutChangeAndDeletion.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class SwitchedOffLinksResourceTest {

    @Inject
    EmailChange change;

    @Inject
    AccountDeletion deletion;

    @Inject
    EmailLinkPage page;

    private MailSink mail;
    private final Client client = new Client(WithMail.newClientAddress(), "test");

    /** A service whose users may neither change their address nor delete their account. */
    public static class WithoutChangeAndDeletion extends WithMail {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> settings = new HashMap<>(super.getConfigOverrides());
            settings.put("latchkey.better-auth.change-email", "false");
            settings.put("latchkey.better-auth.delete-user", "off");
            return settings;
        }
    }

    @BeforeEach
    void startMailServer() {
        mail = MailSink.ofService();
    }

    @AfterEach
    void stopMailServer() {
        mail.close();
    }

    @Test
    void changesNoAddress() {
        Person ada = Person.signedUp();
        String token = changeToken(ada);

        assertUnknown(given().get("/links/" + token));
        assertUnknown(given().post("/links/" + token));
        given().queryParam("token", token)
                .get("/api/auth/verify-email")
                .then()
                .statusCode(401)
                .body("code", equalTo("INVALID_TOKEN"));
        assertEquals(
                ada.email(),
                Sql.column("select email from users where id = ?", ada.id()).getFirst());
        assertEquals(
                0, Sql.count("select count(*) from mailed_links where user_id = ? and used_at is not null", ada.id()));
        assertRecorded("email_change", ada);
    }

    @Test
    void sendsNoLinkToANewAddress() {
        Person ada = Person.signedUp();
        ada.bearing()
                .contentType(ContentType.JSON)
                .body(Map.of("email", newAddress()))
                .put(ada.own("/email"))
                .then()
                .statusCode(403)
                .body("code", equalTo("FORBIDDEN"));
        assertEquals(
                0,
                Sql.count(
                        "select count(*) from outgoing_emails where kind = 'email_change' and user_id = ?", ada.id()));
        assertEquals(0, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
        assertRecorded("email_change_link", ada);
    }

    // Security: a change that was made before can still be a thief's.
    @Test
    void undoesAnEarlierChange() {
        Person ada = Person.signedUp();
        change.confirm(changeToken(ada), null, client);
        String undo = mail.awaitEmailTo(ada.email()).token();

        given().post("/links/" + undo).then().statusCode(200);
        assertEquals(
                ada.email(),
                Sql.column("select email from users where id = ?", ada.id()).getFirst());
    }

    @Test
    void deletesNoAccount() {
        Person ada = Person.signedUp();
        deletion.requestLink(new AccountId(ada.id()), page.urls(null), client);
        String token = mail.awaitEmailTo(ada.email()).token();

        assertUnknown(given().get("/links/" + token));
        assertUnknown(given().post("/links/" + token));
        given().queryParam("token", token)
                .get("/api/auth/delete-user/callback")
                .then()
                .statusCode(404);
        assertEquals(1, Sql.count("select count(*) from users where id = ?", ada.id()));
    }

    private static void assertRecorded(String type, Person person) {
        Eventually.holds("it is in the audit log", () -> Sql.count("""
                        select count(*) from audit_events where user_id = ? and type = ?
                        and outcome = 'failure' and details ->> 'reason' = 'switched_off'""", person.id(), type) == 1);
    }

    private String changeToken(Person ada) {
        String wanted = newAddress();
        change.request(
                new AccountId(ada.id()),
                new SessionId(ada.sessionId()),
                null,
                new EmailAddress(wanted),
                page.urls(null),
                client);
        return mail.awaitEmailTo(wanted).token();
    }

    private static void assertUnknown(Response response) {
        response.then().statusCode(404).body(containsString("This link is not valid"));
    }

    private static String newAddress() {
        return "new-" + UUID.randomUUID() + "@example.com";
    }
}
