package dev.latchkey.platform.http;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The requests of one client address are limited on every route but the gate's. */
@QuarkusTest
@TestProfile(RequestLimitResourceTest.Limited.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class RequestLimitResourceTest {

    private static final int LIMIT = 5;

    /** A small limit, and a proxy on this machine whose word about addresses is believed. */
    public static class Limited implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "latchkey.http.request-limit-enabled", "true",
                    "latchkey.http.request-limit", String.valueOf(LIMIT),
                    "latchkey.http.ipv6-site-factor", "2",
                    "latchkey.http.trusted-origins", "https://app.example.com",
                    "latchkey.http.trusted-proxies", "127.0.0.1,::1");
        }
    }

    // One after another, on the own API, a backend's route, an unknown one, and one whose token is refused.
    @ParameterizedTest
    @CsvSource({
        "198.51.100.11, GET, /api/auth/jwks",
        "198.51.100.12, POST, /api/auth/login",
        "198.51.100.13, POST, /oauth/introspect",
        "198.51.100.14, GET, /nothing/here",
        "198.51.100.15, GET, /api/auth/session"
    })
    void refusesRequestsOverTheLimitWithAProblem(String ip, String method, String path) {
        for (int i = 0; i < LIMIT; i++) {
            assertTrue(from(ip, method, path).statusCode() != 429);
        }

        Response refused = from(ip, method, path);

        refused.then()
                .statusCode(429)
                .contentType("application/problem+json")
                .body("code", equalTo("TOO_MANY_REQUESTS"))
                .body("request_id", notNullValue())
                .header("X-Content-Type-Options", "nosniff");
        assertRetryAfter(refused);
        assertTrue(from("198.51.100.99", method, "/api/auth/jwks").statusCode() != 429, "another client is served");
    }

    @Test
    void countsAllRoutesTogether() {
        String ip = "198.51.100.20";
        for (String path :
                List.of("/api/auth/jwks", "/.well-known/jwks.json", "/api/auth/ok", "/none", "/api/auth/x")) {
            assertTrue(from(ip, "GET", path).statusCode() != 429);
        }

        assertEquals(429, from(ip, "GET", "/api/auth/session").statusCode());
    }

    @Test
    void refusesBetterAuthPathsInTheirOwnFormat() {
        String ip = "198.51.100.21";
        exhaust(ip);

        Response refused = from(ip, "POST", "/api/auth/sign-in/email");

        refused.then()
                .statusCode(429)
                .body("message", equalTo("Too many requests. Please try again later."))
                .header("X-Retry-After", refused.header("Retry-After"));
        assertRetryAfter(refused);
    }

    @Test
    void letsTrustedFrontEndsReadTheRefusal() {
        String ip = "198.51.100.22";
        exhaust(ip);

        given().header("X-Forwarded-For", ip)
                .header("Origin", "https://app.example.com")
                .get("/api/auth/jwks")
                .then()
                .statusCode(429)
                .header("Access-Control-Allow-Origin", "https://app.example.com");
    }

    @Test
    void gateIsExempt() {
        for (int i = 0; i < 3 * LIMIT; i++) {
            given().header("X-Original-Method", "GET")
                    .header("X-Original-URI", "/nothing")
                    .get("/api/auth/verify")
                    .then()
                    .statusCode(403);
        }
    }

    @Test
    void countsIpv6By64AndWithAWiderBudgetBy48() {
        for (int i = 0; i < LIMIT; i++) {
            assertEquals(200, jwks("2001:db8:7:1::" + i));
        }
        assertEquals(429, jwks("2001:db8:7:1::ffff"), "the same /64");
        for (int network = 2; network < 7; network++) {
            assertEquals(200, jwks("2001:db8:7:" + network + "::1"));
        }

        assertEquals(429, jwks("2001:db8:7:9::1"), "the /48 has twice the limit");
        assertEquals(200, jwks("2001:db8:8:1::1"), "another /48");
    }

    @Test
    void refusedRequestWithABodyDoesNotSpoilTheNext() {
        String ip = "198.51.100.23";
        exhaust(ip);

        for (int i = 0; i < 3; i++) {
            from(ip, "POST", "/api/auth/login").then().statusCode(429).body("code", equalTo("TOO_MANY_REQUESTS"));
        }
    }

    private static void exhaust(String ip) {
        for (int i = 0; i < LIMIT; i++) {
            from(ip, "GET", "/api/auth/jwks");
        }
    }

    private static int jwks(String ip) {
        return from(ip, "GET", "/api/auth/jwks").statusCode();
    }

    private static Response from(String ip, String method, String path) {
        var request = given().header("X-Forwarded-For", ip);
        return method.equals("POST")
                ? request.contentType("application/json").body("{}").post(path)
                : request.request(method, path);
    }

    private static void assertRetryAfter(Response response) {
        int seconds = Integer.parseInt(response.header("Retry-After"));
        assertTrue(seconds >= 1 && seconds <= 60, () -> "Retry-After: " + seconds);
    }
}
