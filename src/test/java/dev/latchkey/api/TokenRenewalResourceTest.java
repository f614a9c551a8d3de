package dev.latchkey.api;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.SteppedClock;
import dev.latchkey.revocation.Revocations;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** US5: close to expiry an authorised request is answered with a fresh token; and what an expired one is good for. */
@QuarkusTest
@TestProfile(TokenRenewalResourceTest.ClockThatSteps.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class TokenRenewalResourceTest {

    private static final Duration LONG_BEFORE_EXPIRY = Duration.ofMinutes(9);
    private static final Duration NEAR_EXPIRY = Duration.ofMinutes(11);
    private static final Duration AFTER_EXPIRY = Duration.ofMinutes(16);

    @Inject
    SteppedClock clock;

    /** The service lives by a clock that can be put forward. */
    public static class ClockThatSteps implements QuarkusTestProfile {
        @Override
        public Set<Class<?>> getEnabledAlternatives() {
            return Set.of(SteppedClock.class);
        }
    }

    @Inject
    Revocations revocations;

    @AfterEach
    void now() {
        stepTo(Duration.ZERO);
    }

    /** A replica that has not read the revocations for a while renews nothing, so it reads them at the new time too. */
    private void stepTo(Duration fromNow) {
        clock.stepTo(fromNow);
        revocations.read();
    }

    // US5
    @ParameterizedTest
    @ValueSource(strings = {"", "/sessions", "/events"})
    void returnsNewTokenCloseToExpiry(String route) {
        Person ada = Person.signedUp();
        stepTo(NEAR_EXPIRY);

        String fresh = ada.bearing().get(ada.own(route)).header("set-auth-jwt");

        assertNotNull(fresh);
        stepTo(AFTER_EXPIRY);
        ada.bearing().get(ada.own("")).then().statusCode(401).body("code", equalTo("TOKEN_EXPIRED"));
        Response response = bearing(fresh).get("/api/auth/session");
        response.then().statusCode(200).body("user_id", equalTo(ada.id())).body("session_id", equalTo(ada.sessionId()));
        // US4: the fresh one goes the way of its session.
        Person.post("/api/auth/logout", "{\"refresh_token\": \"" + ada.refreshToken() + "\"}");
        bearing(fresh).get("/api/auth/session").then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
    }

    @Test
    void returnsNoNewTokenFarFromExpiry() {
        Person ada = Person.signedUp();
        ada.bearing().get(ada.own("")).then().statusCode(200).header("set-auth-jwt", nullValue());
        stepTo(LONG_BEFORE_EXPIRY);
        ada.bearing().get(ada.own("")).then().statusCode(200).header("set-auth-jwt", nullValue());
    }

    @Test
    void returnsNoNewTokenAfterExpiry() {
        Person ada = Person.signedUp();
        stepTo(AFTER_EXPIRY);
        ada.bearing()
                .get(ada.own(""))
                .then()
                .statusCode(401)
                .body("code", equalTo("TOKEN_EXPIRED"))
                .header("set-auth-jwt", nullValue());
    }

    @Test
    void returnsNoNewTokenWithRefusedRequest() {
        Person ada = Person.signedUp();
        Person other = Person.signedUp();
        stepTo(NEAR_EXPIRY);

        ada.bearing().get(other.own("")).then().statusCode(403).header("set-auth-jwt", nullValue());
        ada.bearing()
                .contentType(ContentType.JSON)
                .body("{\"password\": \"wrong\"}")
                .delete(ada.own(""))
                .then()
                .statusCode(403)
                .header("set-auth-jwt", nullValue());
    }

    // US5: a dead session is sent back to sign-in.
    @Test
    void returnsNoNewTokenForRevokedSession() {
        Person ada = Person.signedUp();
        Person elsewhere = ada.signedInAgain();
        stepTo(NEAR_EXPIRY);

        elsewhere
                .bearing()
                .delete(ada.own("/sessions/" + ada.sessionId()))
                .then()
                .statusCode(204);
        ada.bearing().get(ada.own("")).then().statusCode(401).header("set-auth-jwt", nullValue());
        elsewhere.bearing().delete(ada.own("/sessions")).then().statusCode(204).header("set-auth-jwt", nullValue());
    }

    @Test
    void returnsNoNewTokenAtSignOut() {
        Person ada = Person.signedUp();
        stepTo(NEAR_EXPIRY);

        ada.bearing()
                .contentType(ContentType.JSON)
                .post("/api/auth/logout")
                .then()
                .statusCode(204)
                .header("set-auth-jwt", nullValue());

        Person other = Person.signedUp();
        stepTo(NEAR_EXPIRY.multipliedBy(2));
        other.bearing().delete(other.own("")).then().statusCode(204).header("set-auth-jwt", nullValue());
    }

    // FR-012: no token outlives its session, so at the session's end there is no fresher one.
    @Test
    void returnsNoNewTokenBeyondTheEndOfTheSession() {
        Person ada = Person.signedUp();
        Sql.update(
                "update sessions set absolute_expires_at = now() + interval '15 minutes' where id = ?",
                ada.sessionId());
        Person last = ada.with(Person.refresh(ada.refreshToken()));
        stepTo(NEAR_EXPIRY);

        assertNull(last.bearing().get(last.own("")).header("set-auth-jwt"));
    }

    // US4: an expired bearer ends nothing.
    @Test
    void expiredTokenEndsNoSession() {
        Person ada = Person.signedUp();
        stepTo(AFTER_EXPIRY);

        ada.bearing()
                .contentType(ContentType.JSON)
                .post("/api/auth/logout")
                .then()
                .statusCode(204);

        assertEquals(1, Sql.count("select count(*) from sessions where id = ?", ada.sessionId()));
        Person.refresh(ada.refreshToken()).then().statusCode(200);
    }

    // A stale bearer on an open route is ignored.
    @Test
    void ignoresExpiredTokenOnOpenRoute() {
        Person ada = Person.signedUp();
        stepTo(AFTER_EXPIRY);

        ada.bearing()
                .contentType(ContentType.JSON)
                .body("{\"refresh_token\": \"" + ada.refreshToken() + "\"}")
                .post("/api/auth/refresh")
                .then()
                .statusCode(200)
                .header("set-auth-jwt", nullValue());
    }

    private static io.restassured.specification.RequestSpecification bearing(String token) {
        return io.restassured.RestAssured.given().header("Authorization", "Bearer " + token);
    }
}
