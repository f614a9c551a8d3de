package dev.latchkey.api;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Bare;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Corner case: several devices. FR-022. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class SessionsResourceTest {

    private static final String CLEARED = "latchkey_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax";

    // FR-022
    @Test
    void listsOwnSessionsAndMarksTheCurrentOne() {
        Person ada = Person.signedUp();
        Person elsewhere = ada.signedInAgain();
        Person.signedUp();

        Response response = elsewhere.bearing().get(ada.own("/sessions"));

        response.then()
                .statusCode(200)
                .body("sessions.id", equalTo(List.of(elsewhere.sessionId(), ada.sessionId())))
                .body("sessions.current", equalTo(List.of(true, false)));
        assertEquals(
                Set.of("id", "created_at", "last_used_at", "expires_at", "ip", "user_agent", "current"),
                response.jsonPath().getMap("sessions[0]").keySet());
        assertTrue(response.<String>path("sessions[0].created_at").matches("....-..-..T..:..:..\\....Z"));
        assertTrue(response.<String>path("sessions[0].user_agent").startsWith("Apache-HttpClient"));
    }

    @Test
    void listsTenThousandSessionsByPages() {
        Person ada = Person.signedUp();
        insertSessions(ada, 9_999);

        Response first = ada.bearing().get(ada.own("/sessions"));
        assertEquals(100, first.<List<String>>path("sessions.id").size());
        Set<String> ids = new HashSet<>(first.<List<String>>path("sessions.id"));
        String next = first.path("next_cursor");
        int pages = 1;
        while (next != null) {
            Response page = ada.bearing().queryParam("cursor", next).get(ada.own("/sessions"));
            ids.addAll(page.<List<String>>path("sessions.id"));
            next = page.path("next_cursor");
            pages++;
        }
        assertEquals(100, pages);
        assertEquals(10_000, ids.size());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "0, 1", "-5, 1", "3, 3", "100, 4", "101, 4", "99999999999999999999999, 4"})
    void clampsTheLimit(String limit, int listed) {
        Person ada = Person.signedUp();
        insertSessions(ada, 3);

        Response page = ada.bearing().queryParam("limit", limit).get(ada.own("/sessions"));

        page.then().statusCode(200);
        assertEquals(listed, page.<List<String>>path("sessions.id").size());
        assertEquals(listed == 4, page.path("next_cursor") == null);
    }

    @ParameterizedTest
    @CsvSource({
        "limit, ''",
        "limit, x",
        "limit, 1.5",
        "cursor, ''",
        "cursor, x",
        "cursor, AAAAAAAAAAA",
        "cursor, AAAAAAAAAAA$",
        "cursor, f_________8x",
        "cursor, AAAAAAAAAAAAAAAA",
    })
    void refusesInvalidPageParameters(String name, String value) {
        Person ada = Person.signedUp();

        ada.bearing()
                .queryParam(name, value)
                .get(ada.own("/sessions"))
                .then()
                .statusCode(400)
                .body("code", equalTo("VALIDATION_FAILED"))
                .body("errors.field", equalTo(List.of(name)));
    }

    // However a user came to so many, they can end them, and change or delete what is theirs.
    @Test
    void endsTenThousandSessionsInEveryWay() {
        Person ada = Person.signedUp();
        insertSessions(ada, 10_000);
        ada.bearing().delete(ada.own("/sessions?keep=current")).then().statusCode(204);
        ada.bearing().get(ada.own("/sessions")).then().body("sessions.id", equalTo(List.of(ada.sessionId())));

        insertSessions(ada, 10_000);
        Response changed = ada.bearing()
                .contentType("application/json")
                .body(Map.of("current_password", ada.password(), "new_password", "quite another one"))
                .put(ada.own("/password"));
        changed.then().statusCode(200);
        ada.bearing().get("/api/auth/session").then().statusCode(401);
        Person later = ada.with(changed);
        later.bearing()
                .get(ada.own("/sessions"))
                .then()
                .statusCode(200)
                .body("sessions.id", equalTo(List.of(later.sessionId())));

        insertSessions(ada, 10_000);
        later.bearing().delete(ada.own("/sessions")).then().statusCode(204);
        later.bearing().get("/api/auth/session").then().statusCode(401);
        Person.refresh(later.refreshToken()).then().statusCode(401);

        Person again = Person.of(Person.signIn(ada.email(), "quite another one"), ada.email(), "quite another one");
        insertSessions(ada, 10_000);
        again.bearing().delete(ada.own("")).then().statusCode(204);
        Person.refresh(again.refreshToken()).then().statusCode(401);
        assertEquals(0, Sql.count("select count(*) from users where id = ?", ada.id()));
    }

    @Test
    void signingInBeyondTheMaximumEndsTheLeastRecentlyUsedSession() {
        Person ada = Person.signedUp();
        insertSessions(ada, 99);
        Sql.update("update sessions set last_used_at = now() - interval '1 day' where id = ?", ada.sessionId());

        Person hundredAndFirst = ada.signedInAgain();

        ada.bearing().get("/api/auth/session").then().statusCode(401);
        Person.refresh(ada.refreshToken()).then().statusCode(401);
        hundredAndFirst.bearing().get("/api/auth/session").then().statusCode(200);
        assertEquals(100, Sql.count("select count(*) from sessions where user_id = ?", ada.id()));
    }

    // Two that race must not both find the last place free.
    @Test
    void concurrentSignInsDoNotExceedTheMaximum() {
        Person ada = Person.signedUp();
        insertSessions(ada, 98);

        List<Response> responses = Together.times(4, n -> Person.signIn(ada.email(), ada.password()));

        responses.forEach(response -> assertEquals(200, response.statusCode()));
        assertEquals(100, Sql.count("select count(*) from sessions where user_id = ?", ada.id()));
    }

    private static void insertSessions(Person person, int number) {
        Sql.update("""
                insert into sessions (id, user_id, last_used_at, idle_expires_at, absolute_expires_at, remembered, ip,
                    user_agent, refresh_hash)
                select gen_random_uuid()::text, ?, now() - make_interval(secs => n), now() + interval '1 day',
                    now() + interval '2 days', true, '192.0.2.7', 'a browser', decode(md5(n::text), 'hex')
                from generate_series(1, cast(? as integer)) n""", person.id(), Integer.toString(number));
    }

    @Test
    void listsNoExpiredSessions() {
        Person ada = Person.signedUp();
        Person over = ada.signedInAgain();
        Sql.update("update sessions set idle_expires_at = now() where id = ?", over.sessionId());

        ada.bearing().get(ada.own("/sessions")).then().body("sessions.id", equalTo(List.of(ada.sessionId())));
    }

    /** Its tokens may still count: they are renewed without a look at the row. */
    @Test
    void revokesTokensOfIdleSession() {
        Person ada = Person.signedUp();
        Person idle = ada.signedInAgain();
        Sql.update("update sessions set idle_expires_at = now() where id = ?", idle.sessionId());

        ada.bearing().delete(ada.own("/sessions/" + idle.sessionId())).then().statusCode(204);

        idle.bearing().get("/api/auth/session").then().statusCode(401);
    }

    @Test
    void endsAnotherSession() {
        Person ada = Person.signedUp();
        Person elsewhere = ada.signedInAgain();

        var response = Bare.send(
                "DELETE",
                ada.own("/sessions/" + elsewhere.sessionId()),
                "Authorization",
                "Bearer " + ada.accessToken());

        assertEquals(204, response.statusCode(), response::body);
        assertTrue(response.headers().firstValue("set-cookie").isEmpty(), "one's own cookie stays");
        elsewhere.bearing().get(ada.own("")).then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
        Person.refresh(elsewhere.refreshToken()).then().statusCode(401);
        ada.bearing().get(ada.own("")).then().statusCode(200);
    }

    @Test
    void endsCurrentSessionAndClearsItsCookie() {
        Person ada = Person.signedUp();

        ada.bearing()
                .delete(ada.own("/sessions/" + ada.sessionId()))
                .then()
                .statusCode(204)
                .header("Set-Cookie", equalTo(CLEARED))
                .header("set-auth-jwt", nullValue());
        ada.bearing().get(ada.own("")).then().statusCode(401);
    }

    // FR-022: the same response for a session of another user and for one that never existed.
    @Test
    void hidesWhetherAnotherUsersSessionExists() {
        Person ada = Person.signedUp();
        Person other = Person.signedUp();

        Map<String, Object> foreign = refusal(ada, other.sessionId());
        Map<String, Object> unknown = refusal(ada, UUID.randomUUID().toString());
        Map<String, Object> odd = refusal(ada, "x".repeat(300));

        assertEquals("NOT_FOUND", foreign.get("code"));
        assertEquals(foreign, unknown);
        assertEquals(foreign, odd);
        other.bearing().get(other.own("")).then().statusCode(200);
        Person.refresh(other.refreshToken()).then().statusCode(200);
    }

    @Test
    void endsAllSessions() {
        Person ada = Person.signedUp();
        Person elsewhere = ada.signedInAgain();
        Person other = Person.signedUp();

        var response = Bare.send("DELETE", ada.own("/sessions"), "Authorization", "Bearer " + ada.accessToken());

        assertEquals(204, response.statusCode(), response::body);
        assertEquals(List.of(CLEARED), response.headers().allValues("set-cookie"));
        for (Person device : List.of(ada, elsewhere)) {
            device.bearing().get(ada.own("")).then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
            Person.refresh(device.refreshToken()).then().statusCode(401);
        }
        other.bearing().get(other.own("")).then().statusCode(200);
    }

    @Test
    void keepsCurrentSessionOnRequest() {
        Person ada = Person.signedUp();
        Person elsewhere = ada.signedInAgain();

        ada.bearing()
                .delete(ada.own("/sessions?keep=current"))
                .then()
                .statusCode(204)
                .header("Set-Cookie", nullValue());

        ada.bearing().get(ada.own("/sessions")).then().body("sessions.id", equalTo(List.of(ada.sessionId())));
        elsewhere.bearing().get(ada.own("")).then().statusCode(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "all", "Current", "current,", "current%20", "current&keep=all"})
    void refusesInvalidKeepParameter(String keep) {
        Person ada = Person.signedUp();

        var response =
                Bare.send("DELETE", ada.own("/sessions?keep=" + keep), "Authorization", "Bearer " + ada.accessToken());

        assertEquals(400, response.statusCode(), response::body);
        assertTrue(
                response.body().contains("VALIDATION_FAILED") && response.body().contains("\"keep\""));
        ada.bearing().get(ada.own("")).then().statusCode(200);
    }

    private static Map<String, Object> refusal(Person person, String sessionId) {
        Response response = person.bearing().delete(person.own("/sessions/" + sessionId));
        assertEquals(404, response.statusCode());
        Map<String, Object> body = new HashMap<>(response.jsonPath().getMap(""));
        body.remove("request_id");
        return body;
    }
}
