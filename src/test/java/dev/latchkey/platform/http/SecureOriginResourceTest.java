package dev.latchkey.platform.http;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.RawResponse;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A deployment as it should be, behind HTTPS (FR-024) and with a front end on another origin. */
@QuarkusTest
@TestProfile(SecureOriginResourceTest.BehindHttps.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class SecureOriginResourceTest {

    private static final String OURS = "https://auth.example.com";
    private static final String APP = "https://app.example.com";
    private static final String STRANGER = "https://evil.example";

    /** The settings of such a deployment. */
    public static class BehindHttps implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("LATCHKEY_PUBLIC_URL", OURS, "LATCHKEY_TRUSTED_ORIGINS", APP);
        }
    }

    /** RFC 6797: this host only, for its neighbours are not ours. */
    @ParameterizedTest
    @ValueSource(strings = {"/api/auth/jwks", "/api/auth/session", "/api/nothing", "/", "/.well-known/jwks.json"})
    void sendsStrictTransportSecurity(String path) {
        assertEquals(List.of("max-age=31536000"), given().get(path).headers().getValues("Strict-Transport-Security"));
    }

    /** FR-013: out of reach of scripts, of plain HTTP and of neighbouring hosts. */
    @Test
    void setsSecureHostPrefixedCookie() {
        Response response = signUp();
        List<String> cookies = response.headers().getValues("Set-Cookie");

        assertEquals(2, cookies.size());
        assertTrue(cookies.getFirst().startsWith("__Host-latchkey_device="));
        assertTrue(cookies.getLast().startsWith("__Host-latchkey_session=" + response.path("refresh_token") + ";"));
        for (String cookie : cookies) {
            List<String> parts = List.of(cookie.split("; "));
            assertEquals(
                    Set.of("Max-Age", "Path=/", "HttpOnly", "SameSite=Lax", "Secure"),
                    Set.copyOf(parts.subList(1, parts.size()).stream()
                            .map(part -> part.startsWith("Max-Age=") ? "Max-Age" : part)
                            .toList()));
        }
    }

    @Test
    void clearsCookieWithTheSameAttributes() {
        assertEquals(
                "__Host-latchkey_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure",
                given().contentType(ContentType.JSON).post("/api/auth/logout").header("Set-Cookie"));
    }

    /** The name without the prefix is what a neighbouring host could plant. */
    @Test
    void ignoresCookieOfPlainHttp() {
        String token = signUp().path("refresh_token");
        Response response = given().contentType(ContentType.JSON)
                .header("Cookie", "latchkey_session=" + token)
                .header("Origin", OURS)
                .post("/api/auth/refresh");

        assertEquals(401, response.statusCode());
        assertEquals(200, Person.refresh(token).statusCode());
    }

    @ParameterizedTest
    @CsvSource({OURS + ",200", APP + ",200", STRANGER + ",403", "null,403", "http://auth.example.com,403"})
    void acceptsCookieFromTrustedOriginsOnly(String origin, int status) {
        String token = signUp().path("refresh_token");
        Response response = given().contentType(ContentType.JSON)
                .header("Cookie", "__Host-latchkey_session=" + token)
                .header("Origin", origin)
                .post("/api/auth/refresh");

        assertEquals(status, response.statusCode());
    }

    @Test
    void refusesCookieWithoutOrigin() {
        String token = signUp().path("refresh_token");
        assertEquals(
                403,
                given().contentType(ContentType.JSON)
                        .header("Cookie", "__Host-latchkey_session=" + token)
                        .post("/api/auth/refresh")
                        .statusCode());
        assertEquals(
                200,
                given().contentType(ContentType.JSON)
                        .header("Cookie", "__Host-latchkey_session=" + token)
                        .header("Referer", APP + "/page?x")
                        .post("/api/auth/refresh")
                        .statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {OURS, APP})
    void respondsToPreflightOfTrustedOrigin(String origin) {
        Response response = preflight(origin, "/api/auth/login");

        assertEquals(204, response.statusCode());
        assertEquals(origin, response.header("Access-Control-Allow-Origin"));
        assertEquals("true", response.header("Access-Control-Allow-Credentials"));
        assertEquals("GET, POST, PUT, PATCH, DELETE", response.header("Access-Control-Allow-Methods"));
        assertEquals("authorization, content-type, x-request-id", response.header("Access-Control-Allow-Headers"));
        assertEquals("600", response.header("Access-Control-Max-Age"));
        assertEquals("Origin", response.header("Vary"));
        assertEquals("nosniff", response.header("X-Content-Type-Options"));
        assertEquals("", response.asString());
    }

    /** Its own routes need a token, which a preflight never has. */
    @Test
    void respondsToPreflightOfProtectedRoute() {
        assertEquals(204, preflight(APP, "/api/users/x").statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {STRANGER, "null", "http://app.example.com", "https://app.example.com.evil.example"})
    void refusesPreflightOfUntrustedOrigin(String origin) {
        Response response = preflight(origin, "/api/auth/login");

        assertEquals(403, response.statusCode());
        assertEquals("FORBIDDEN", response.path("code"));
        assertNoAccess(response);
    }

    @ParameterizedTest
    @CsvSource({"/api/auth/jwks,200", "/api/auth/session,401", "/api/users/x,401", "/api/nothing,404", "/api//x,400"})
    void allowsTrustedOriginToReadEveryResponse(String path, int status) throws IOException {
        RawResponse response = RawResponse.to("GET", path, List.of("Origin: " + APP), new byte[0]);

        assertEquals(status, response.status());
        assertEquals(APP, response.header("Access-Control-Allow-Origin"));
        assertEquals("true", response.header("Access-Control-Allow-Credentials"));
        assertEquals("Origin", response.header("Vary"));
        Set<String> exposed =
                Set.of(response.header("Access-Control-Expose-Headers").split(", "));
        assertTrue(exposed.containsAll(Set.of("set-auth-jwt", "X-Request-Id", "Retry-After")), exposed::toString);
    }

    @Test
    void allowsTrustedOriginToReadBodyTooLarge() {
        Response response = given().header("Origin", APP)
                .contentType(ContentType.JSON)
                .body(" ".repeat(70_000))
                .post("/api/auth/login");

        assertEquals(413, response.statusCode());
        assertEquals(APP, response.header("Access-Control-Allow-Origin"));
    }

    /** Served, for a browser withholds the response, and everybody else has no origin. */
    @ParameterizedTest
    @ValueSource(strings = {STRANGER, "null", "*"})
    void sendsNoCorsHeadersToUntrustedOrigin(String origin) {
        Response response = given().header("Origin", origin).get("/api/auth/jwks");

        assertEquals(200, response.statusCode());
        assertNoAccess(response);
    }

    @Test
    void refusesTwoOrigins() throws IOException {
        RawResponse response =
                RawResponse.to("GET", "/api/auth/jwks", List.of("Origin: " + APP, "Origin: " + STRANGER), new byte[0]);

        assertEquals("", response.header("Access-Control-Allow-Origin"));
    }

    /** A cache must not give the response without CORS headers to a page that needs them. */
    @Test
    void sendsVaryOriginWithoutOrigin() {
        assertEquals("Origin", given().get("/api/auth/jwks").header("Vary"));
    }

    private static Response signUp() {
        Response response = Person.post("/api/auth/signup", """
                {"email": "%s@example.com", "password": "%s"}""".formatted(UUID.randomUUID(), Person.PASSWORD));
        assertEquals(201, response.statusCode());
        return response;
    }

    private static Response preflight(String origin, String path) {
        return given().header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "content-type")
                .options(path);
    }

    private static void assertNoAccess(Response response) {
        assertNull(response.header("Access-Control-Allow-Origin"));
        assertNull(response.header("Access-Control-Allow-Credentials"));
        assertNull(response.header("Access-Control-Expose-Headers"));
        assertEquals("Origin", response.header("Vary"));
    }
}
