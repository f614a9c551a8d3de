package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Packaged.Ended;
import dev.latchkey.fixture.Person;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An administrator, appointed by command, acts on one replica, and the other one follows. */
@Tag("either-package")
class AdminIT {

    private static Map<String, String> settings;
    private static Packaged one;
    private static Packaged other;

    @BeforeAll
    static void start() {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        settings = Packaged.settings(database);
        one = Packaged.launched(settings);
        other = Packaged.launched(settings);
        one.awaitReadiness();
        other.awaitReadiness();
        one.addressed();
    }

    @AfterAll
    static void stop() {
        one.close();
        other.close();
    }

    @Test
    void isAppointedActsAndIsDismissed() {
        Person ada = Person.signedUp();
        Person bob = Person.signedUp();
        ada.bearing().get("/api/admin/users").then().statusCode(403);
        assertEquals(1, command("grant", "missing@example.com").code());
        Ended granted = command("grant", ada.email());
        assertEquals(0, granted.code(), granted.error());
        Person admin = ada.signedInAgain();
        assertTrue(command("list").output().contains(ada.email()));

        admin.bearing()
                .get("/api/admin/users?email=" + bob.email())
                .then()
                .statusCode(200)
                .body("users.email", contains(bob.email()))
                .body("users.ban", hasItem(equalTo(null)));
        admin.bearing()
                .get("/api/admin/users/" + bob.id() + "/sessions")
                .then()
                .statusCode(200)
                .body("sessions.id", hasItem(notNullValue()));
        assertEquals(200, onTheOther(bob));
        admin.bearing()
                .contentType("application/json")
                .body("{\"reason\": \"Spam\"}")
                .put("/api/admin/users/" + bob.id() + "/ban")
                .then()
                .statusCode(200)
                .body("ban.reason", equalTo("Spam"));
        Eventually.holds("the other replica refuses the banned user", () -> onTheOther(bob) == 401);
        assertEquals(403, Person.signIn(bob.email(), Person.PASSWORD).statusCode());
        admin.bearing()
                .get("/api/admin/events?by=" + ada.id())
                .then()
                .statusCode(200)
                .body("events.type", hasItem("account_disabled"));

        assertEquals(0, command("revoke", ada.email()).code());
        Eventually.holds(
                "a former administrator is refused",
                () -> admin.bearing().get("/api/admin/users").statusCode() == 401);
        assertEquals(403, ada.signedInAgain().bearing().get("/api/admin/users").statusCode());
    }

    private static int onTheOther(Person user) {
        return given().port(other.port())
                .header("Authorization", "Bearer " + user.accessToken())
                .get(user.own(""))
                .statusCode();
    }

    private static Ended command(String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "admin";
        System.arraycopy(words, 0, all, 1, words.length);
        return Packaged.command(settings, all);
    }
}
