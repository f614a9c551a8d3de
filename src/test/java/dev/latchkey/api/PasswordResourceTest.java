package dev.latchkey.api;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The corner case of a changed password, and what speaks against a change. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class PasswordResourceTest {

    private static final String WANTED = "another good phrase";

    // Corner case: password changed.
    @Test
    void endsAllOtherSessionsAndTheirAccessTokens() {
        Person ada = Person.signedUp();
        Person elsewhere = ada.signedInAgain();

        Response response = change(ada, ada.password(), WANTED);

        response.then().statusCode(200).body("user.id", equalTo(ada.id()));
        for (Person device : List.of(ada, elsewhere)) {
            device.bearing().get(ada.own("")).then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
            Person.refresh(device.refreshToken()).then().statusCode(401);
        }
        Person renewed = ada.with(response);
        assertNotEquals(ada.sessionId(), renewed.sessionId());
        assertTrue(
                response.header("Set-Cookie").startsWith("latchkey_session=" + renewed.refreshToken() + "; Max-Age="));
        renewed.bearing().get(ada.own("")).then().statusCode(200);
        Person.refresh(renewed.refreshToken()).then().statusCode(200);
        Person.signIn(ada.email(), WANTED).then().statusCode(200);
        Person.signIn(ada.email(), ada.password()).then().statusCode(401);
    }

    @Test
    void keepsSessionCookieTemporaryWhenItWas() {
        Person ada = Person.signedUp();
        Response forgetful = Person.post("/api/auth/login", """
                {"email": "%s", "password": "%s", "remember": false}""".formatted(ada.email(), ada.password()));

        Response response = change(ada.with(forgetful), ada.password(), WANTED);

        assertFalse(response.header("Set-Cookie").contains("Max-Age"));
    }

    @Test
    void refusesWrongCurrentPasswordWithoutChallenge() {
        Person ada = Person.signedUp();

        change(ada, "not the right one", WANTED)
                .then()
                .statusCode(403)
                .body("code", equalTo("INVALID_CREDENTIALS"))
                .body("status", equalTo(403))
                .body("title", equalTo("Forbidden"))
                .header("WWW-Authenticate", nullValue())
                .header("Set-Cookie", nullValue());
        ada.bearing().get(ada.own("")).then().statusCode(200);
        Person.signIn(ada.email(), ada.password()).then().statusCode(200);
    }

    // FR-003
    @ParameterizedTest
    @ValueSource(strings = {"", "x9 kq!z", "password", "\\ud800 no text at all"})
    void refusesWeakNewPassword(String wanted) {
        Person ada = Person.signedUp();

        change(ada, ada.password(), wanted)
                .then()
                .statusCode(400)
                .body("code", equalTo("VALIDATION_FAILED"))
                .body("errors.field", equalTo(List.of("new_password")));
        Person.signIn(ada.email(), ada.password()).then().statusCode(200);
    }

    // FR-003
    @Test
    void refusesNewPasswordThatResemblesTheAddress() {
        Person ada = Person.signedUp();

        change(ada, ada.password(), "this is " + ada.email())
                .then()
                .statusCode(400)
                .body("errors.code", hasItem("PASSWORD_RESEMBLES_EMAIL"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"current_password\": 5, \"new_password\": \"another good phrase\"}",
                "{\"new_password\": \"another good phrase\"}"
            })
    void wantsBothPasswordsAsTexts(String body) {
        Person ada = Person.signedUp();

        ada.bearing()
                .contentType(ContentType.JSON)
                .body(body)
                .put(ada.own("/password"))
                .then()
                .statusCode(400)
                .body("code", equalTo("VALIDATION_FAILED"))
                .body("errors.field", hasItem("current_password"));
    }

    @Test
    void refusesUserWithoutPassword() {
        Person ada = Person.signedUp();
        // Not deleted, which would end the session.
        Sql.update("update credentials set kind = 'other' where user_id = ?", ada.id());

        change(ada, ada.password(), WANTED).then().statusCode(403).body("code", equalTo("INVALID_CREDENTIALS"));
    }

    // Corner case: account disabled; nothing of it changes any more.
    @Test
    void refusesDisabledUser() {
        Person ada = Person.signedUp();
        List<String> stored = Sql.column("select secret from credentials where user_id = ?", ada.id());
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());

        change(ada, ada.password(), WANTED).then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));

        assertEquals(stored, Sql.column("select secret from credentials where user_id = ?", ada.id()));
    }

    @RepeatedTest(3)
    void acceptsOneOfTwoConcurrentChanges() {
        Person ada = Person.signedUp();

        List<Response> responses = Together.times(2, i -> change(ada, ada.password(), WANTED + i));

        assertEquals(
                List.of(200, 403),
                responses.stream().map(Response::statusCode).sorted().toList());
        int winner = responses.getFirst().statusCode() == 200 ? 0 : 1;
        Person.signIn(ada.email(), WANTED + winner).then().statusCode(200);
        ada.with(responses.get(winner)).bearing().get(ada.own("")).then().statusCode(200);
        Eventually.holds("SC-009: the loser is on record", () -> Sql.count("""
                                select count(*) from audit_events
                                where user_id = ? and type = 'password_change' and outcome = 'failure'""", ada.id()) == 1);
    }

    // FR-026
    @Test
    void recordsTheChangeAndTheRefusal() {
        Person ada = Person.signedUp();
        change(ada, "not the right one", WANTED).then().statusCode(403);
        change(ada, ada.password(), WANTED).then().statusCode(200);

        Eventually.holds("both have rows", () -> List.of("failure", "success").equals(Sql.column("""
                                select outcome from audit_events
                                where user_id = ? and type = 'password_change' order by outcome""", ada.id())));
    }

    private static Response change(Person person, String current, String wanted) {
        return person.bearing()
                .contentType(ContentType.JSON)
                .body("""
                        {"current_password": "%s", "new_password": "%s"}""".formatted(current, wanted))
                .put(person.own("/password"));
    }
}
