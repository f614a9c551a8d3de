package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.SlowBody;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that send their bodies slowly, or not at all. */
@QuarkusTest
@TestProfile(RequestBodyLimitResourceTest.FewPlaces.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class RequestBodyLimitResourceTest {

    private static final int PLACES = 40;
    private static final String SLOW_CLIENT = "127.0.0.2";
    private static final String OTHER_CLIENT = "127.0.0.3";

    /** Few places, and more time than this test takes. */
    public static class FewPlaces implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "latchkey.http.body.max-concurrent",
                    Integer.toString(PLACES),
                    "latchkey.http.body.timeout",
                    "60s",
                    "latchkey.http.body.start-timeout",
                    "60s",
                    "latchkey.http.max-requests",
                    Integer.toString(PLACES));
        }
    }

    private final List<SlowBody> opened = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (SlowBody body : opened) {
            body.close();
        }
    }

    @Test
    void letsOneClientHoldATenthOfThePlaces() throws IOException {
        List<SlowBody> slow = open(SLOW_CLIENT, 2 * PLACES);

        Eventually.holds("the rest was refused", () -> count(slow) == 2 * PLACES - PLACES / 10);
        for (SlowBody body : slow) {
            if (body.isAnswered()) {
                assertRefused(body);
            }
        }
        SlowBody other = open(OTHER_CLIENT, 1).getFirst();
        other.finish();
        assertTrue(other.response().startsWith("HTTP/1.1 401 "));
    }

    /** What one client holds is given back, by a body that arrives as by one that is given up. */
    @Test
    void givesPlacesBack() throws IOException {
        for (int round = 0; round < PLACES; round++) {
            SlowBody slow = open(SLOW_CLIENT, 1).getFirst();
            if (round % 2 == 0) {
                slow.close();
            } else {
                slow.finish();
                assertTrue(slow.response().startsWith("HTTP/1.1 401 "), "round " + round);
            }
        }
    }

    /** A place is held until the response ends: also by a request without a body, which would wait for others. */
    @Test
    void refusesFurtherRequestsWhenTooManyAreInFlight() throws IOException {
        List<SlowBody> held = new ArrayList<>();
        for (int client = 10; client < 20; client++) {
            // As many as each may hold for long.
            held.addAll(open("127.0.0." + client, PLACES / 10));
        }
        Eventually.holds(
                "all places are taken",
                () -> RestAssured.get("/api/auth/session").statusCode() == 503);

        var refused = RestAssured.get("/api/auth/session");
        assertEquals("BUSY", refused.path("code"));
        assertEquals("1", refused.header("Retry-After"));
        assertEquals(403, RestAssured.get("/api/auth/verify").statusCode(), "the gate decides from memory");

        for (SlowBody body : held) {
            body.finish();
        }
        Eventually.holds(
                "places are free again",
                () -> RestAssured.get("/api/auth/session").statusCode() == 401);
    }

    private List<SlowBody> open(String client, int count) throws IOException {
        List<SlowBody> bodies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            bodies.add(SlowBody.from(client, RestAssured.port));
        }
        opened.addAll(bodies);
        return bodies;
    }

    private static long count(List<SlowBody> bodies) {
        return bodies.stream().filter(SlowBody::isAnswered).count();
    }

    private static void assertRefused(SlowBody body) throws IOException {
        String response = body.response();
        assertTrue(response.startsWith("HTTP/1.1 503 "), response);
        assertTrue(response.contains("Retry-After: 1\r\n"), response);
    }
}
