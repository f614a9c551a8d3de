package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Security: no client can fill the metrics with labels of its own, so that routes are no longer measured. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class MetricLabelsResourceTest {

    private static final String MARK = "q7w8";

    @Inject
    MeterRegistry meters;

    @Inject
    OutboundHttp outbound;

    @Test
    void namesRequestsByTheirRouteWhateverTheirPath() {
        int before = tags("uri").size();
        for (int i = 0; i < 120; i++) {
            for (String path : List.of(
                    "/" + MARK + i,
                    "/api/" + MARK + i,
                    "/api/auth/" + MARK + i,
                    "/api/auth/verify/" + MARK + i,
                    "/api/auth/verify/envoy/" + MARK + i,
                    "/api/auth/reset-password/" + MARK + i,
                    "/api/users/" + MARK + i,
                    "/links/" + MARK + i,
                    "/oauth/" + MARK + i,
                    "/.well-known/" + MARK + i)) {
                RestAssured.given().redirects().follow(false).get(path);
            }
        }
        Person.refresh("x");

        // A request is measured after its response.
        Eventually.holds(
                "the route is measured", () -> !paths("/api/auth/refresh").isEmpty());
        Set<String> paths = tags("uri");
        assertTrue(paths.stream().noneMatch(path -> path.contains(MARK)), paths::toString);
        assertTrue(paths.contains("/api/users/{user_id}"), paths::toString);
        assertTrue(paths.size() <= before + 12, paths::toString);
    }

    @Test
    void measuresNoMethodThatAClientMadeUp() {
        for (int i = 0; i < 50; i++) {
            RestAssured.given().request(MARK.toUpperCase(Locale.ROOT) + i, "/api/auth/session");
            RestAssured.given().request("get" + i, "/api/auth/jwks");
        }
        RestAssured.given().request("PROPFIND", "/api/auth/jwks");

        Eventually.holds("the last one is measured", () -> tags("method").contains("PROPFIND"));
        Set<String> methods = tags("method");
        assertTrue(methods.stream().allMatch(method -> method.matches("[A-Z]+")), methods::toString);
    }

    // What a client sends is in no other metric either.
    @Test
    void hasNoTextOfAClientInAnyMetric() {
        RestAssured.given()
                .header("User-Agent", MARK)
                .header("X-Request-Id", MARK)
                .header("Origin", "https://" + MARK + ".example.com")
                .header("Host", MARK + ".example.com")
                .header("Authorization", "Bearer " + MARK)
                .header("Cookie", "latchkey_session=" + MARK)
                .get("/api/auth/session?q=" + MARK);
        Person.signIn(MARK + "@example.com", MARK);
        Eventually.holds(
                "the route is measured", () -> !paths("/api/auth/login").isEmpty());

        assertEquals(
                List.of(),
                meters.getMeters().stream()
                        .map(Meter::getId)
                        .filter(id -> id.getTags().stream().map(Tag::getValue).anyMatch(value -> value.contains(MARK)))
                        .toList());
    }

    // Security: such a path may hold a part of a password's hash.
    @Test
    void hasNothingOfRequestsToOtherServices() {
        String itself = "http://localhost:" + RestAssured.port + "/q/health/" + MARK;
        assertEquals(
                404,
                outbound.get(URI.create(itself), Map.of(), Duration.ofSeconds(5))
                        .join()
                        .status());
        assertEquals(
                List.of(),
                meters.getMeters().stream()
                        .map(Meter::getId)
                        .filter(id -> id.getName().startsWith("http.client")
                                || id.getTags().stream().map(Tag::getValue).anyMatch(value -> value.contains(MARK)))
                        .toList());
    }

    private List<Timer> paths(String path) {
        return List.copyOf(meters.find("http.server.requests").tag("uri", path).timers());
    }

    private Set<String> tags(String key) {
        return meters.find("http.server.requests").timers().stream()
                .map(timer -> String.valueOf(timer.getId().getTag(key)))
                .collect(Collectors.toSet());
    }
}
