package dev.latchkey.platform.http;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.RawResponse;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.URL;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers that every response carries, whichever layer sends it. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class ResponseHeadersResourceTest {

    @TestHTTPResource(value = "/health", management = true)
    URL health;

    record Row(int status, String what, Supplier<Response> request) {
        @Override
        public String toString() {
            return status + " " + what;
        }
    }

    static Stream<Row> api() {
        return Stream.of(
                new Row(200, "a user", () -> {
                    Person person = Person.signedUp();
                    return person.bearing().get(person.own(""));
                }),
                new Row(
                        201,
                        "tokens",
                        () -> Person.post("/api/auth/signup", """
                        {"email": "%s@example.com", "password": "%s"}""".formatted(UUID.randomUUID(), Person.PASSWORD))),
                new Row(
                        204,
                        "signed out",
                        () -> given().contentType(ContentType.JSON).post("/api/auth/logout")),
                new Row(
                        400,
                        "a bad path",
                        () -> given().urlEncodingEnabled(false).get("/api/a%2fb")),
                new Row(400, "no JSON", () -> Person.post("/api/auth/login", "{")),
                new Row(401, "no token", () -> given().get("/api/auth/session")),
                new Row(403, "not the owner", () -> Person.signedUp().bearing().get("/api/users/x")),
                new Row(404, "nothing", () -> given().get("/api/nothing")),
                new Row(404, "the root of the API", () -> given().get("/api")),
                new Row(405, "another method", () -> given().get("/api/auth/login")),
                new Row(406, "another type", () -> given().accept("image/png").get("/api/auth/session")),
                new Row(413, "too large", () -> Person.post("/api/auth/login", " ".repeat(70_000))),
                new Row(
                        415,
                        "no JSON type",
                        () -> given().contentType(ContentType.XML).body("x").post("/api/auth/login")),
                new Row(200, "options", () -> given().options("/api/auth/login")),
                new Row(
                        403,
                        "a stranger's preflight",
                        () -> given().header("Origin", "https://evil.example")
                                .header("Access-Control-Request-Method", "POST")
                                .options("/api/auth/login")));
    }

    static Stream<Row> elsewhere() {
        return Stream.of(
                new Row(404, "the root", () -> given().get("/")),
                new Row(404, "nothing", () -> given().get("/nothing")),
                new Row(404, "what only looks like the API", () -> given().get("/apis")),
                new Row(500, "a failure", () -> given().get("/test/failing/unexpectedly")));
    }

    static Stream<Row> keys() {
        return Stream.of(
                new Row(200, "keys", () -> given().get("/api/auth/jwks")),
                new Row(200, "keys where clients look", () -> given().get("/.well-known/jwks.json")));
    }

    static Stream<Row> everything() {
        return Stream.of(api(), elsewhere(), keys()).flatMap(rows -> rows);
    }

    @ParameterizedTest
    @MethodSource("everything")
    void everyResponseHasTheHeaders(Row row) {
        Response response = row.request().get();

        assertEquals(row.status(), response.statusCode(), response::asString);
        assertEquals(List.of("nosniff"), response.headers().getValues("X-Content-Type-Options"));
        assertEquals(
                List.of("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
                response.headers().getValues("Content-Security-Policy"));
        assertEquals(List.of("same-origin"), response.headers().getValues("Cross-Origin-Opener-Policy"));
        assertEquals(
                List.of("camera=(), geolocation=(), microphone=(), payment=()"),
                response.headers().getValues("Permissions-Policy"));
        assertEquals(List.of("no-referrer"), response.headers().getValues("Referrer-Policy"));
        assertEquals(1, response.headers().getValues("X-Request-Id").size());
        assertEquals(
                1,
                response.headers().getValues("Vary").stream()
                        .filter("Origin"::equals)
                        .count());
    }

    /** No name or version of what runs here, and no promise of HTTPS where there is none (FR-024). */
    @ParameterizedTest
    @MethodSource("everything")
    void noResponseHasOtherHeaders(Row row) {
        Response response = row.request().get();

        for (String name : List.of("Server", "X-Powered-By", "Via", "X-AspNet-Version", "Strict-Transport-Security")) {
            assertNull(response.header(name), name);
        }
        assertFalse(response.headers().toString().toLowerCase(Locale.ROOT).contains("quarkus"));
    }

    @ParameterizedTest
    @MethodSource("api")
    void apiResponsesAreNotStored(Row row) {
        assertEquals(List.of("no-store"), row.request().get().headers().getValues("Cache-Control"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void keysAreCacheable(Row row) {
        assertEquals(
                List.of("public, max-age=300"), row.request().get().headers().getValues("Cache-Control"));
    }

    @ParameterizedTest
    @MethodSource("elsewhere")
    void setsNoCacheControlElsewhere(Row row) {
        assertNull(row.request().get().header("Cache-Control"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "abc-DEF_1.2", "----", "..", "5b0f7c1e-3a52-4f0f-9f5e-0d9a3f3c2b1a"})
    void keepsSafeRequestId(String id) throws IOException {
        assertEquals(id, asked("X-Request-Id: " + id).header("X-Request-Id"));
        String longest = id.repeat(64).substring(0, 64);
        assertEquals(longest, asked("X-Request-Id: " + longest).header("X-Request-Id"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a b",
                "a,b",
                "a;b",
                "a\"b",
                "a'b",
                "a/b",
                "a\\b",
                "<b>",
                "${x}",
                "%0d%0a",
                "é",
                "a\tb",
                "a:b",
                "a=b",
                "x1234567890123456789012345678901234567890123456789012345678901234"
            })
    void replacesARequestIdThatIsNot(String id) throws IOException {
        RawResponse response = asked("X-Request-Id: " + id);

        assertNotEquals(id, response.header("X-Request-Id"));
        assertTrue(RequestIds.isSafe(response.header("X-Request-Id")), response::toString);
        assertEquals(
                response.header("X-Request-Id"),
                response.json().path("request_id").textValue());
    }

    @Test
    void generatesRequestIds() throws IOException {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            ids.add(asked("X: y").header("X-Request-Id"));
        }
        assertEquals(20, ids.size());
    }

    @Test
    void managementPortHasTheHeaders() {
        for (String path : List.of("", "/ready", "/live", "/started", "/nothing")) {
            Response response = given().header("X-Request-Id", "mine").get(health + path);

            assertEquals("mine", response.header("X-Request-Id"), path);
            assertEquals("nosniff", response.header("X-Content-Type-Options"), path);
            assertNull(response.header("Server"), path);
        }
    }

    /** Health, metrics and the description of the API are for the operator. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/q",
                "/q/",
                "/q/health",
                "/q/health/ready",
                "/q/health/live",
                "/q/metrics",
                "/q/openapi",
                "/q/swagger-ui",
                "/q/swagger-ui/",
                "/q/dev-ui",
                "/q/info",
                "/q/arc",
                "/health",
                "/metrics",
                "/openapi"
            })
    void nothingOfTheManagementIsOnTheMainPort(String path) {
        assertEquals(404, given().redirects().follow(false).get(path).statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/q/health/ready", "/q/health/live", "/q/health/started", "/q/metrics", "/q/openapi"})
    void managementPortServesOperations(String path) {
        assertEquals(
                200, given().get(health.toString().replace("/q/health", path)).statusCode());
    }

    @Test
    void readinessListsItsChecks() {
        Response response = given().get(health + "/ready");

        assertEquals(200, response.statusCode());
        Set<String> checks = Set.copyOf(response.<List<String>>path("checks.name"));
        assertTrue(checks.containsAll(Set.of("database", "migrations", "keys", "revocations")), checks::toString);
        assertEquals(Set.of("UP"), Set.copyOf(response.<List<String>>path("checks.status")));
    }

    private static RawResponse asked(String header) throws IOException {
        return RawResponse.to("GET", "/api/auth/session", List.of(header), new byte[0]);
    }
}
