package dev.latchkey.signin;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.platform.db.Migrations;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManagerFactory;
import java.util.Map;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.junit.jupiter.api.Test;

/** What many may request at once right after a start has been parsed by then. */
@QuarkusTest
@TestProfile(QueryWarmUpDatabaseTest.StartedAnew.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class QueryWarmUpDatabaseTest {

    @Inject
    EntityManagerFactory factory;

    @Inject
    Migrations migrations;

    /** So that no other test has had anything parsed. */
    public static final class StartedAnew implements QuarkusTestProfile {}

    @Test
    void firstRequestsHaveNothingParsed() {
        Eventually.holds("it is ready", migrations::isDone);
        int before = parsed();
        assertTrue(before > 0);

        Person ada = Person.signedUp();
        Person again = ada.signedInAgain();
        Person.refresh(again.refreshToken()).then().statusCode(200);
        Response signedIn = given().contentType("application/json")
                .body(Map.of("email", ada.email(), "password", ada.password()))
                .post("/api/auth/sign-in/email");
        signedIn.then().statusCode(200);
        given().cookies(signedIn.cookies()).get("/api/auth/get-session").then().statusCode(200);
        ada.bearing().get(ada.own("/sessions")).then().statusCode(200);

        assertEquals(before, parsed());
    }

    private int parsed() {
        return factory.unwrap(SessionFactoryImplementor.class)
                .getQueryEngine()
                .getInterpretationCache()
                .getNumberOfCachedHqlInterpretations();
    }
}
