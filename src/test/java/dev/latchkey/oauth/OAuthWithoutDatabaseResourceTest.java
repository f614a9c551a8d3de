package dev.latchkey.oauth;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;

import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Relay;
import dev.latchkey.fixture.RelayedDatabaseResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The corner case "Database away", for backends with credentials. */
@QuarkusTest
@TestProfile(OAuthResourceTest.TwoBackends.class)
@WithTestResource(RelayedDatabaseResource.class)
class OAuthWithoutDatabaseResourceTest {

    Relay relay;
    private Person ada;

    @BeforeEach
    void cut() {
        ada = Person.signedUp();
        relay.cut();
    }

    @AfterEach
    void bringItBack() {
        relay.restore();
        // A pooled connection from before may fail once more, so both more than once.
        Eventually.holds(
                "reading and writing again",
                () -> IntStream.range(0, 5)
                        .allMatch(i -> ada.bearing().get(ada.own("")).statusCode() == 200
                                && Person.refresh(ada.refreshToken()).statusCode() != 503));
    }

    @Test
    void introspectsFromMemory() {
        asked("/oauth/introspect", OAuthResourceTest.DESK, ada.accessToken())
                .then()
                .statusCode(200)
                .body("active", is(true));
        asked("/oauth/introspect", OAuthResourceTest.DESK, ada.refreshToken())
                .then()
                .statusCode(200)
                .body(equalTo("{\"active\":false}"));
    }

    /** RFC 7009 section 2.2.1: the client must assume that the token still counts. */
    @Test
    void reportsThatNothingWasRevoked() {
        for (String token : new String[] {ada.accessToken(), ada.refreshToken()}) {
            asked("/oauth/revoke", OAuthResourceTest.DESK, token)
                    .then()
                    .statusCode(503)
                    .header("Retry-After", matchesPattern("[1-9]\\d*"))
                    .header("Cache-Control", "no-store")
                    .body("code", equalTo("DATABASE_UNAVAILABLE"));
        }
        ada.bearing().get("/api/auth/session").then().statusCode(200);
    }

    @Test
    void refusesUnknownClientsWithoutTheDatabase() {
        asked("/oauth/introspect", "wrong", ada.accessToken()).then().statusCode(401);
        asked("/oauth/revoke", "wrong", ada.accessToken()).then().statusCode(401);
        asked("/oauth/revoke", OAuthResourceTest.DESK, "").then().statusCode(400);
    }

    @Test
    void publishesMetadataWithoutTheDatabase() {
        given().get("/.well-known/oauth-authorization-server").then().statusCode(200);
    }

    private static Response asked(String path, String secret, String token) {
        return given().auth()
                .preemptive()
                .basic("desk", secret)
                .contentType("application/x-www-form-urlencoded")
                .formParam("token", token)
                .post(path);
    }
}
