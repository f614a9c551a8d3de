package dev.latchkey.api;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FR-026, SC-009, FR-022. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class EventsResourceTest {

    // FR-026, SC-009
    @Test
    void recordsEveryEventOfAnAccount() {
        Person ada = Person.signedUp();
        Person.signIn(ada.email(), "not the right one").then().statusCode(401);
        Person spent = ada.signedInAgain();
        Person.refresh(spent.refreshToken()).then().statusCode(200);
        Sql.update("update sessions set spent_at = '{epoch}' where id = ?", spent.sessionId());
        Person.refresh(spent.refreshToken()).then().statusCode(401);
        Person leaving = ada.signedInAgain();
        leaving.bearing()
                .contentType(ContentType.JSON)
                .post("/api/auth/logout")
                .then()
                .statusCode(204);
        Person lost = ada.signedInAgain();
        ada.bearing().delete(ada.own("/sessions/" + lost.sessionId())).then().statusCode(204);
        ada.bearing().delete(ada.own("/sessions?keep=current")).then().statusCode(204);
        ada.bearing()
                .contentType(ContentType.JSON)
                .body("{}")
                .patch(ada.own(""))
                .then()
                .statusCode(200);
        ada.bearing().get("/api/users/somebody-else").then().statusCode(403);
        ada.bearing()
                .contentType(ContentType.JSON)
                .body("{\"password\": \"not the right one\"}")
                .delete(ada.own(""))
                .then()
                .statusCode(403);
        password(ada, "not the right one").then().statusCode(403);
        Person renewed = ada.with(password(ada, ada.password()));

        Set<String> expected = Set.of(
                "sign_up success",
                "sign_in success",
                "sign_in failure",
                "refresh success",
                "refresh_reuse failure",
                "sign_out success",
                "session_ended success",
                "sessions_ended success",
                "profile_change success",
                "owner_check failure",
                "account_deletion failure",
                "password_change failure",
                "password_change success");
        Eventually.holds("all of it is on record", () -> kinds(renewed).equals(expected));

        Response response = renewed.bearing().get(renewed.own("/events"));
        assertEquals(
                Set.of("id", "type", "at", "ip", "user_agent", "outcome", "details"),
                response.jsonPath().getMap("events[0]").keySet());
        List<String> times = response.path("events.at");
        assertEquals(times.stream().sorted(java.util.Comparator.reverseOrder()).toList(), times);
        assertTrue(times.getFirst().matches("....-..-..T..:..:..\\....Z"));
        response.then()
                .body(
                        "events.findAll { it.type == 'owner_check' }.details.path",
                        equalTo(List.of("/api/users/somebody-else")));

        renewed.bearing().delete(renewed.own("")).then().statusCode(204);
        assertEquals(
                1,
                Sql.count(
                        "select count(*) from audit_events where user_id = ? and type = 'account_deletion' and outcome = 'success'",
                        ada.id()));
    }

    // FR-026
    @Test
    void recordsKeyCreation() {
        assertTrue(Sql.count("select count(*) from audit_events where type = 'key_rotation'") >= 1);
    }

    // FR-026: an event holds no secret and no address of a person.
    @Test
    void recordsNoSecret() {
        Person ada = Person.signedUp();
        Person.signIn(ada.email(), ada.password() + "!").then().statusCode(401);
        Person.refresh(ada.refreshToken()).then().statusCode(200);
        Eventually.holds("the failure is on record", () -> kinds(ada).contains("sign_in failure"));

        for (String secret : List.of(ada.email(), ada.password(), ada.accessToken(), ada.refreshToken())) {
            assertEquals(
                    0,
                    Sql.count("select count(*) from audit_events where position(? in audit_events::text) > 0", secret));
        }
    }

    @Test
    void recordsRefusedOwnerCheckForTheCallerOnly() {
        Person ada = Person.signedUp();
        Person other = Person.signedUp();

        ada.bearing().get(other.own("/events")).then().statusCode(403);

        Eventually.holds("it is in the caller's record", () -> kinds(ada).contains("owner_check failure"));
        assertEquals(Set.of("sign_up success"), kinds(other));
    }

    @Test
    void recordsFailedSignInForTheAccount() {
        Person ada = Person.signedUp();
        Person.signIn(ada.email(), "not the right one").then().statusCode(401);

        Eventually.holds("it is on record", () -> kinds(ada).contains("sign_in failure"));
        ada.bearing()
                .get(ada.own("/events"))
                .then()
                .body("events[0].details.reason", equalTo("wrong_password"))
                .body("events", hasSize(2));
    }

    // FR-026: forged or altered token.
    @Test
    void recordsForgedToken() {
        Person ada = Person.signedUp();
        long before = forged();
        String[] parts = ada.accessToken().split("\\.");
        io.restassured.RestAssured.given()
                .header("Authorization", "Bearer " + parts[0] + "." + parts[1] + "." + "A".repeat(86))
                .get("/api/auth/session")
                .then()
                .statusCode(401);

        Eventually.holds("it is on record", () -> forged() > before);
    }

    @Test
    void pagesThroughAllEventsOnceAndInOrder() {
        Person ada = Person.signedUp();
        for (int i = 0; i < 4; i++) {
            ada.signedInAgain();
        }
        // The same instant for all: the id has to decide.
        Sql.update("update audit_events set at = '2026-01-01T00:00:00.123456Z' where user_id = ?", ada.id());
        List<String> inOnePage = ada.bearing().get(ada.own("/events")).path("events.id");

        List<String> oneByOne = new ArrayList<>();
        String cursor = null;
        do {
            Response page = ada.bearing().get(ada.own("/events?limit=1" + (cursor == null ? "" : "&cursor=" + cursor)));
            page.then().statusCode(200).body("events", hasSize(1));
            oneByOne.add(page.path("events[0].id"));
            cursor = page.path("next_cursor");
        } while (cursor != null && oneByOne.size() < 20);

        assertEquals(5, inOnePage.size());
        assertEquals(inOnePage, oneByOne);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "0, 1",
        "-5, 1",
        "2, 2",
        "100, 3",
        "1000, 3",
        "99999999999999999999, 3",
        "-99999999999999999999, 1"
    })
    void bringsTheLimitInside(String limit, int size) {
        Person ada = Person.signedUp();
        ada.signedInAgain();
        ada.signedInAgain();

        ada.bearing()
                .get(ada.own("/events?limit=" + limit))
                .then()
                .statusCode(200)
                .body("events", hasSize(size));
    }

    @Test
    void returnsAtMostAHundredEventsAtOnce() {
        Person ada = Person.signedUp();
        Sql.update("""
                insert into audit_events (id, user_id, type, ip, user_agent, outcome)
                select gen_random_uuid(), ?, 'sign_in', '', '', 'success' from generate_series(1, 120)""", ada.id());

        Response first = ada.bearing().get(ada.own("/events?limit=1000"));
        first.then().body("events", hasSize(100));
        assertNotNull(first.path("next_cursor"));
        ada.bearing()
                .get(ada.own("/events?limit=1000&cursor=" + first.path("next_cursor")))
                .then()
                .body("events", hasSize(21))
                .body("next_cursor", nullValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "", "1&limit=2", "1.5", "1e2", "0x10", "--1", "%2B1"})
    void refusesLimitThatIsNoNumber(String limit) {
        Person ada = Person.signedUp();
        ada.bearing()
                .urlEncodingEnabled(false)
                .get(ada.own("/events?limit=" + limit))
                .then()
                .statusCode(400)
                .body("code", equalTo("VALIDATION_FAILED"))
                .body("errors.field", equalTo(List.of("limit")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "abc",
                "AAAA",
                "%00",
                "f_________9_________9_________9____",
                "gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            })
    void refusesACursorThatIsNotOurs(String cursor) {
        Person ada = Person.signedUp();
        ada.bearing()
                .urlEncodingEnabled(false)
                .get(ada.own("/events?cursor=" + cursor))
                .then()
                .statusCode(400)
                .body("code", equalTo("VALIDATION_FAILED"))
                .body("errors.field", equalTo(List.of("cursor")));
    }

    // FR-022
    @Test
    void returnsNoEventsOfAnotherUserForTheirCursor() {
        Person other = Person.signedUp();
        other.signedInAgain();
        Person ada = Person.signedUp();
        other.signedInAgain();
        String cursor = other.bearing().get(other.own("/events?limit=1")).path("next_cursor");

        List<String> seen =
                ada.bearing().get(ada.own("/events?cursor=" + cursor)).path("events.id");

        List<String> own = Sql.column("select id from audit_events where user_id = ?", ada.id());
        assertTrue(own.containsAll(seen));
        ada.bearing().get(other.own("/events?cursor=" + cursor)).then().statusCode(403);
    }

    private static Set<String> kinds(Person person) {
        return new TreeSet<>(
                Sql.column("select distinct type || ' ' || outcome from audit_events where user_id = ?", person.id()));
    }

    private static long forged() {
        return Sql.count("select count(*) from audit_events where type = 'token_check' and outcome = 'failure'");
    }

    private static Response password(Person person, String current) {
        return person.bearing()
                .contentType(ContentType.JSON)
                .body("""
                        {"current_password": "%s", "new_password": "another good phrase"}""".formatted(current))
                .put(person.own("/password"));
    }
}
