package dev.latchkey.platform.db;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManagerFactory;
import java.util.Map;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.junit.jupiter.api.Test;

/**
 * Requests have no query parsed: each thread that finds one unparsed parses it, and takes a MiB or more meanwhile, which on a
 * hundred threads at once is more than the heap of the executable holds.
 */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class NoQueryParsingDatabaseTest {

    @Inject
    EntityManagerFactory factory;

    @Test
    void requestsHaveNothingParsed() {
        Person ada = Person.signedUp();
        Person again = ada.signedInAgain();
        Person.refresh(again.refreshToken()).then().statusCode(200);
        Response signedIn = given().contentType("application/json")
                .body(Map.of("email", ada.email(), "password", ada.password()))
                .post("/api/auth/sign-in/email");
        signedIn.then().statusCode(200);
        given().cookies(signedIn.cookies()).get("/api/auth/get-session").then().statusCode(200);
        ada.bearing().get(ada.own("/sessions")).then().statusCode(200);
        ada.bearing().get(ada.own("/events")).then().statusCode(200);

        assertEquals(
                0,
                factory.unwrap(SessionFactoryImplementor.class)
                        .getQueryEngine()
                        .getInterpretationCache()
                        .getNumberOfCachedHqlInterpretations());
    }
}
