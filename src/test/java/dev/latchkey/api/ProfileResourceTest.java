package dev.latchkey.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Bare;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One's own account: FR-018, FR-022, and the corner case of a deleted account. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class ProfileResourceTest {

    // FR-022
    @Test
    void returnsProfileOfTheTokensUserOnly() {
        Person ada = Person.signedUp();

        Response response =
                ada.bearing().get(ada.own("") + "?user_id=" + Person.signedUp().id());

        response.then().statusCode(200).body("id", equalTo(ada.id())).body("email", equalTo(ada.email()));
        assertEquals(
                Set.of("id", "email", "name", "image", "email_verified", "locale", "roles", "created_at", "updated_at"),
                response.jsonPath().getMap("").keySet());
    }

    @Test
    void changesSentFieldsAndKeepsTheOthers() {
        Person ada = Person.signedUp();

        change(ada, "{\"image\": \"https://example.com/ada.png\"}")
                .then()
                .statusCode(200)
                .body("name", equalTo("Ada"))
                .body("image", equalTo("https://example.com/ada.png"));
        change(ada, "{\"name\": \"Countess\"}")
                .then()
                .statusCode(200)
                .body("name", equalTo("Countess"))
                .body("image", equalTo("https://example.com/ada.png"));
        change(ada, "{\"name\": null}")
                .then()
                .statusCode(200)
                .body("", hasKey("name"))
                .body("name", nullValue())
                .body("image", equalTo("https://example.com/ada.png"));
        change(ada, "{}").then().statusCode(200).body("name", nullValue());
        ada.bearing().get(ada.own("")).then().body("image", equalTo("https://example.com/ada.png"));
    }

    @Test
    void storesAnyWellFormedLanguageInItsCanonicalForm() {
        Person ada = Person.signedUp();
        ada.bearing().get(ada.own("")).then().body("", hasKey("locale")).body("locale", nullValue());

        change(ada, "{\"locale\": \"DE-at\"}").then().statusCode(200).body("locale", equalTo("de-AT"));
        change(ada, "{\"name\": \"Ada\"}").then().statusCode(200).body("locale", equalTo("de-AT"));
        // A language that no e-mail is in.
        change(ada, "{\"locale\": \"tlh-x-abcdefgh-abcdefgh-abcdefgh\"}")
                .then()
                .statusCode(200)
                .body("locale", equalTo("tlh-x-abcdefgh-abcdefgh-abcdefgh"))
                .body("name", equalTo("Ada"));
        change(ada, "{\"locale\": null}").then().statusCode(200).body("locale", nullValue());
        ada.bearing().get(ada.own("")).then().body("locale", nullValue());
    }

    // FR-018, FR-022: a user id in the body changes nothing.
    @Test
    void ignoresFieldsThatCannotBeChanged() {
        Person ada = Person.signedUp();
        Person other = Person.signedUp();

        change(ada, """
                {"id": "%s", "user_id": "%s", "email": "x@example.com", "email_verified": true, "roles": ["admin"],
                 "name": "Mallory"}""".formatted(other.id(), other.id()))
                .then()
                .statusCode(200)
                .body("id", equalTo(ada.id()))
                .body("email", equalTo(ada.email()))
                .body("email_verified", equalTo(false))
                .body("roles", equalTo(List.of()));
        other.bearing().get(other.own("")).then().body("name", equalTo("Ada"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"name": 5}                    | name  | WRONG_TYPE
                    {"name": ["Ada"]}              | name  | WRONG_TYPE
                    {"name": false}                | name  | WRONG_TYPE
                    {"image": {}}                  | image | WRONG_TYPE
                    {"name": "a\\u0000"}           | name  | NOT_TEXT
                    {"image": "a\\nb"}             | image | NOT_TEXT
                    {"name": "\\udfff"}            | name  | NOT_TEXT
                    {"locale": 5}                  | locale | WRONG_TYPE
                    {"locale": true}               | locale | WRONG_TYPE
                    {"locale": ["de"]}             | locale | WRONG_TYPE
                    {"locale": {"tag": "de"}}      | locale | WRONG_TYPE
                    {"locale": ""}                 | locale | LOCALE_INVALID
                    {"locale": " de"}              | locale | LOCALE_INVALID
                    {"locale": "de_AT"}            | locale | LOCALE_INVALID
                    {"locale": "d"}                | locale | LOCALE_INVALID
                    {"locale": "x"}                | locale | LOCALE_INVALID
                    {"locale": "abcdefghi"}        | locale | LOCALE_INVALID
                    {"locale": "de-"}              | locale | LOCALE_INVALID
                    {"locale": "de,en"}            | locale | LOCALE_INVALID
                    {"locale": "de;q=1"}           | locale | LOCALE_INVALID
                    {"locale": "*"}                | locale | LOCALE_INVALID
                    {"locale": "ｄｅ"}              | locale | LOCALE_INVALID
                    {"locale": "../de"}            | locale | LOCALE_INVALID
                    {"locale": "de\\u0000"}        | locale | NOT_TEXT
                    {"locale": "de\\r\\nX: y"}     | locale | NOT_TEXT
                    {"locale": "\\ud800"}          | locale | NOT_TEXT
                    {"locale": "de-x-abcdefgh-abcdefgh-abcdefgh-abcd"} | locale | TOO_LONG""")
    void namesTheFieldThatWillNotDo(String body, String field, String code) {
        Person ada = Person.signedUp();
        change(ada, body)
                .then()
                .statusCode(400)
                .body("code", equalTo("VALIDATION_FAILED"))
                .body("errors.field", equalTo(List.of(field)))
                .body("errors.code", equalTo(List.of(code)));
        ada.bearing().get(ada.own("")).then().body("name", equalTo("Ada")).body("image", nullValue());
    }

    @Test
    void changesNothingWhenOneOfTwoFieldsIsInvalid() {
        Person ada = Person.signedUp();

        change(ada, "{\"name\": \"%s\", \"image\": \"%s\"}".formatted("n".repeat(201), "i".repeat(2049)))
                .then()
                .statusCode(400)
                .body("errors.field", equalTo(List.of("name", "image")));
        change(ada, "{\"name\": \"Countess\", \"image\": 5}").then().statusCode(400);

        ada.bearing().get(ada.own("")).then().body("name", equalTo("Ada"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "5", "\"x\"", "{\"name\": \"a\", \"name\": \"b\"}"})
    void refusesInvalidChange(String body) {
        Person ada = Person.signedUp();
        change(ada, body).then().statusCode(400).body("code", equalTo("MALFORMED_JSON"));
    }

    // Security: a change writes what it changes; it must not undo a ban that comes between its reading and its writing.
    @RepeatedTest(5)
    void keepsUserDisabledDuringConcurrentChanges() {
        Person ada = Person.signedUp();
        List<Callable<Integer>> tasks = new java.util.ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String name = "Name " + i;
            tasks.add(() -> change(ada, "{\"name\": \"" + name + "\"}").statusCode());
        }
        tasks.add(4, () -> Sql.update("update users set disabled_at = now() where id = ?", ada.id()));

        Together.all(tasks);

        assertEquals(1, Sql.count("select count(*) from users where id = ? and disabled_at is not null", ada.id()));
    }

    @RepeatedTest(3)
    void keepsBothOfTwoConcurrentChanges() {
        Person ada = Person.signedUp();

        Together.all(List.<Callable<Integer>>of(
                () -> change(ada, "{\"name\": \"Countess\"}").statusCode(),
                () -> change(ada, "{\"image\": \"a.png\"}").statusCode()));

        ada.bearing().get(ada.own("")).then().body("name", equalTo("Countess")).body("image", equalTo("a.png"));
    }

    // Corner case: account disabled; its token may not have been revoked yet.
    @Test
    void refusesDisabledUser() {
        Person ada = Person.signedUp();
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());

        ada.bearing().get(ada.own("")).then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
        change(ada, "{\"name\": \"Back\"}").then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
        assertEquals(401, delete(ada, null).statusCode());
        assertEquals(401, delete(ada, ada.password()).statusCode());
        assertEquals(1, Sql.count("select count(*) from users where id = ?", ada.id()));
    }

    // --- Deletion ---

    @Test
    void deletesAccountAfterRecentSignInWithoutBody() {
        Person ada = Person.signedUp();

        var response = Bare.send("DELETE", ada.own(""), "Authorization", "Bearer " + ada.accessToken());

        assertEquals(204, response.statusCode(), response::body);
        assertEquals(
                List.of("latchkey_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"),
                response.headers().allValues("set-cookie"));
        assertEquals(0, Sql.count("select count(*) from users where id = ?", ada.id()));
        assertEquals(0, Sql.count("select count(*) from credentials where user_id = ?", ada.id()));
        assertEquals(0, Sql.count("select count(*) from sessions where user_id = ?", ada.id()));
    }

    @Test
    void deletionRequiresPasswordAfterAnOldSignIn() {
        Person ada = Person.signedUp();
        signedInLongAgo(ada);

        delete(ada, null).then().statusCode(403).body("code", equalTo("NOT_FRESH"));
        Person refreshed = ada.with(Person.refresh(ada.refreshToken()));
        delete(refreshed, null).then().statusCode(403).body("code", equalTo("NOT_FRESH"));
        assertEquals(1, Sql.count("select count(*) from users where id = ?", ada.id()));

        delete(refreshed, ada.password()).then().statusCode(204);
        assertEquals(0, Sql.count("select count(*) from users where id = ?", ada.id()));
    }

    // The other device's fresh sign-in does not make this one fresh.
    @Test
    void recentSignInOfAnotherSessionIsNotEnoughToDelete() {
        Person ada = Person.signedUp();
        signedInLongAgo(ada);
        ada.signedInAgain();

        delete(ada, null).then().statusCode(403).body("code", equalTo("NOT_FRESH"));
    }

    @Test
    void refusesWrongPasswordEvenAfterRecentSignIn() {
        Person ada = Person.signedUp();

        delete(ada, "wrong wrong wrong")
                .then()
                .statusCode(403)
                .body("code", equalTo("INVALID_CREDENTIALS"))
                .header("WWW-Authenticate", nullValue());
        ada.bearing().get(ada.own("")).then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"password\": 5}", "{\"password\": {}}", "{\"password\": true}"})
    void refusesPasswordOfWrongType(String body) {
        Person ada = Person.signedUp();

        ada.bearing()
                .contentType(ContentType.JSON)
                .body(body)
                .delete(ada.own(""))
                .then()
                .statusCode(400)
                .body("errors.field", equalTo(List.of("password")));
        ada.bearing().get(ada.own("")).then().statusCode(200);
    }

    // Corner case: account deleted. FR-022, FR-026.
    @Test
    void refusesTokensOfDeletedUserOnEveryRoute() {
        Person ada = Person.signedUp();
        Person elsewhere = ada.signedInAgain();

        delete(elsewhere, ada.password()).then().statusCode(204);

        for (Person device : List.of(ada, elsewhere)) {
            gone(device.bearing().get("/api/auth/session"));
            gone(device.bearing().get(ada.own("")));
            gone(change(device, "{\"name\": \"Ghost\"}"));
            gone(delete(device, null));
            gone(delete(device, ada.password()));
            gone(device.bearing()
                    .contentType(ContentType.JSON)
                    .body("{\"current_password\": \"%s\", \"new_password\": \"another good phrase\"}"
                            .formatted(ada.password()))
                    .put(ada.own("/password")));
            gone(device.bearing().get(ada.own("/sessions")));
            gone(device.bearing().delete(ada.own("/sessions")));
            gone(device.bearing().delete(ada.own("/sessions/" + ada.sessionId())));
            gone(device.bearing().get(ada.own("/events")));
            Person.refresh(device.refreshToken()).then().statusCode(401);
        }
        assertEquals(
                1,
                Sql.count(
                        "select count(*) from audit_events where user_id = ? and type = 'account_deletion' and outcome = 'success'",
                        ada.id()));
    }

    @Test
    void deletionFreesTheAddressForANewAccount() {
        Person ada = Person.signedUp();
        delete(ada, null).then().statusCode(204);
        Person.signIn(ada.email(), ada.password()).then().statusCode(401);

        Person heir = Person.signedUp(ada.email());

        assertNotEquals(ada.id(), heir.id());
        heir.bearing().get(heir.own("/events")).then().body("events.size()", equalTo(1));
        heir.bearing().get(ada.own("")).then().statusCode(403);
        ada.bearing().get(heir.own("")).then().statusCode(401);
    }

    @RepeatedTest(5)
    void opensNoSessionWhileTheAccountIsDeleted() {
        Person ada = Person.signedUp();
        List<Callable<Response>> tasks = new java.util.ArrayList<>();
        for (int i = 0; i < 5; i++) {
            tasks.add(() -> Person.signIn(ada.email(), ada.password()));
        }
        tasks.add(2, () -> delete(ada, ada.password()));
        tasks.add(4, () -> change(ada, "{\"name\": \"Busy\"}"));

        List<Response> responses = Together.all(tasks);

        assertEquals(204, responses.remove(2).statusCode());
        for (Response response : responses) {
            assertTrue(Set.of(200, 401).contains(response.statusCode()), response::asString);
            if (response.statusCode() == 200 && response.path("access_token") != null) {
                ada.with(response).bearing().get("/api/auth/session").then().statusCode(401);
            }
        }
        assertEquals(0, Sql.count("select count(*) from sessions where user_id = ?", ada.id()));
    }

    // FR-026, SC-009
    @Test
    void recordsWrongPassword() {
        Person ada = Person.signedUp();
        signedInLongAgo(ada);
        delete(ada, null).then().statusCode(403);
        delete(ada, "wrong wrong wrong").then().statusCode(403);

        Eventually.holds(
                "both have rows",
                () -> Set.copyOf(Sql.column("""
                                select details ->> 'reason' from audit_events
                                where user_id = ? and type = 'account_deletion' and outcome = 'failure'""", ada.id())).equals(Set.of("not_fresh", "wrong_password")));
    }

    private static void gone(Response response) {
        response.then()
                .statusCode(401)
                .contentType("application/problem+json")
                .body("code", equalTo("INVALID_TOKEN"))
                .header("set-auth-jwt", nullValue());
    }

    private static Response change(Person person, String body) {
        return person.bearing().contentType(ContentType.JSON).body(body).patch(person.own(""));
    }

    private static Response delete(Person person, String password) {
        var request = password == null
                ? given()
                : given().contentType(ContentType.JSON).body("{\"password\": \"" + password + "\"}");
        return request.header("Authorization", "Bearer " + person.accessToken()).delete(person.own(""));
    }

    private static void signedInLongAgo(Person person) {
        Sql.update(
                "update sessions set authenticated_at = now() - interval '10 minutes' where id = ?",
                person.sessionId());
    }
}
