package dev.latchkey.platform.db;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Relay;
import dev.latchkey.fixture.RelayedDatabaseResource;
import dev.latchkey.fixture.Sql;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many statements a request takes, counted on the wire to the database. */
@QuarkusTest
@TestProfile(StatementsResourceTest.WithRateLimits.class)
@WithTestResource(RelayedDatabaseResource.class)
class StatementsResourceTest {

    private static final int TRIES = 20;

    /** What begins and ends one. */
    private static final int TRANSACTION = 2;

    /** As in production, with room for the sign-ups of these tests. */
    public static class WithRateLimits implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "latchkey.signin.rate-limit.enabled", "true", "latchkey.signin.rate-limit.sign-up.limit", "1000");
        }
    }

    Relay relay;
    Person ada;

    @BeforeEach
    void signUp() {
        ada = Person.signedUp();
        // Attempts of other tests, which would not be deleted with those of this one.
        Sql.update("delete from throttle_buckets");
    }

    @Test
    void verifyingATokenTakesNone() {
        assertEquals(0, statements(() -> ada.bearing().get("/api/auth/session")));
    }

    @Test
    void readingOnesProfileTakesOne() {
        assertEquals(1, statements(() -> ada.bearing().get(ada.own(""))));
    }

    @Test
    void readingTheSessionOfACookieTakesOne() {
        Response signedIn = given().contentType("application/json")
                .body(Map.of("email", ada.email(), "password", ada.password()))
                .post("/api/auth/sign-in/email");

        assertEquals(1, statements(() -> given().cookies(signedIn.cookies()).get("/api/auth/get-session")));
    }

    @Test
    void refreshTakesThreeInATransaction() {
        AtomicReference<String> current = new AtomicReference<>(ada.refreshToken());

        assertEquals(3 + TRANSACTION, statements(() -> {
            Response refreshed = Person.refresh(current.get());
            current.set(refreshed.path("refresh_token"));
            return refreshed;
        }));
    }

    /** One counts the attempt, in a transaction of its own, and one takes it back. */
    @Test
    void signInTakesSixInTwoTransactions() {
        assertEquals(6 + 2 * TRANSACTION, statements(() -> Person.signIn(ada.email(), ada.password())));
    }

    /** Without this, a relay that counts nothing would make the others pass. */
    @Test
    void countsTransactionsToo() {
        assertTrue(statements(() -> ada.bearing().get(ada.own("/events"))) >= 3);
    }

    /** Returns the least that several of the same requests took: jobs of the service have statements of their own meanwhile. */
    private long statements(Supplier<Response> request) {
        return LongStream.range(0, TRIES)
                .map(i -> {
                    long before = relay.statements();
                    request.get().then().statusCode(200);
                    return relay.statements() - before;
                })
                .min()
                .orElseThrow();
    }
}
