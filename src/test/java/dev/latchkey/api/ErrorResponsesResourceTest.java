package dev.latchkey.api;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.LogLines;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.RawResponse;
import dev.latchkey.fixture.Sql;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.token.AccessTokens;
import dev.latchkey.token.TestSubjects;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every refusal there is, as it stands on the wire: one vocabulary, RFC 9457, and what each status asks for. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class ErrorResponsesResourceTest {

    private static final Set<String> MEMBERS = Set.of("type", "title", "status", "code", "message", "request_id");

    @Inject
    AccessTokens tokens;

    @Test
    void hasTheMembersOfAProblemAndNoOthers() {
        Response response = given().get("/api/auth/session");

        assertEquals(MEMBERS, response.jsonPath().getMap("").keySet());
        assertEquals("about:blank", response.path("type"));
        assertEquals("Unauthorized", response.path("title"));
        assertEquals(401, response.<Integer>path("status"));
        assertEquals(response.header("X-Request-Id"), response.path("request_id"));
        assertEquals("application/problem+json", response.contentType().replaceFirst(";.*", ""));
    }

    /** SC-008: what to change, field by field, everything at once. */
    @Test
    void listsEveryInvalidField() {
        Response response = Person.post("/api/auth/signup", """
                {"email": "no address", "password": "sh0rt!!", "name": "\\u0007"}""");

        assertProblem(response, 400, ProblemCode.VALIDATION_FAILED);
        Set<String> members = new TreeSet<>(MEMBERS);
        members.add("errors");
        assertEquals(
                members,
                new TreeSet<>(response.jsonPath().<String, Object>getMap("").keySet()));
        assertEquals(List.of("email", "password", "name"), response.path("errors.field"));
        List<Map<String, String>> errors = response.path("errors");
        for (Map<String, String> error : errors) {
            assertEquals(Set.of("field", "code", "message"), error.keySet());
            assertFalse(error.get("message").isBlank());
        }
        assertTrue(response.<String>path("message").contains("password"), response::asString);
    }

    @Test
    void namesMissingFields() {
        Response signUp = Person.post("/api/auth/signup", "{}");
        assertProblem(signUp, 400, ProblemCode.VALIDATION_FAILED);
        assertEquals(Set.of("email", "password"), Set.copyOf(signUp.<List<String>>path("errors.field")));
        assertEquals(Set.of("REQUIRED"), Set.copyOf(signUp.<List<String>>path("errors.code")));

        Response login = Person.post("/api/auth/login", "{}");
        assertProblem(login, 400, ProblemCode.VALIDATION_FAILED);
        assertEquals(Set.of("email", "password"), Set.copyOf(login.<List<String>>path("errors.field")));

        Person person = Person.signedUp();
        Response change = json(person).body("{}").put(person.own("/password"));
        assertProblem(change, 400, ProblemCode.VALIDATION_FAILED);
        assertEquals(Set.of("current_password", "new_password"), Set.copyOf(change.<List<String>>path("errors.field")));
    }

    @Test
    void refusesMalformedJson() {
        assertProblem(Person.post("/api/auth/login", "{"), 400, ProblemCode.MALFORMED_JSON);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/users//session",
                "/api/users/./session",
                "/api/users/x/../session",
                "/api/users/%2e/session",
                "/api/users/session;x",
                "/api/users/a%2fb",
                "/api/users/%00",
                "/api/users/%zz",
                "/api/users/%",
                "/nothing//",
                "/a|b"
            })
    void refusesAmbiguousPaths(String path) throws IOException {
        RawResponse response = RawResponse.to("GET", path, List.of(), new byte[0]);

        assertEquals(400, response.status());
        assertEquals("MALFORMED_PATH", response.json().path("code").textValue());
        assertEquals(
                response.header("X-Request-Id"),
                response.json().path("request_id").textValue());
    }

    /** FR-020 and RFC 6750, 3.1: a request without a token is told the scheme, and no error. */
    @Test
    void challengesRequestsWithoutToken() {
        Response response = given().get("/api/auth/session");

        assertProblem(response, 401, ProblemCode.UNAUTHENTICATED);
        assertEquals("Bearer realm=\"latchkey\"", response.header("WWW-Authenticate"));
    }

    /** RFC 6750, 3.1: a request with a bad token is told {@code invalid_token}. */
    @Test
    void reportsInvalidToken() {
        Response response = given().header("Authorization", "Bearer x.y.z").get("/api/auth/session");

        assertProblem(response, 401, ProblemCode.INVALID_TOKEN);
        assertTrue(
                response.header("WWW-Authenticate").startsWith("Bearer realm=\"latchkey\", error=\"invalid_token\""),
                response.header("WWW-Authenticate"));
    }

    /** FR-017. */
    @Test
    void reportsExpiredToken() {
        Person person = Person.signedUp();
        String expired = tokens.mint(TestSubjects.of(
                        person.id(),
                        person.email(),
                        person.sessionId(),
                        Instant.now().minusSeconds(60)))
                .value();
        Response response = given().header("Authorization", "Bearer " + expired).get("/api/auth/session");

        assertProblem(response, 401, ProblemCode.TOKEN_EXPIRED);
        assertTrue(response.header("WWW-Authenticate").contains("error=\"invalid_token\""));
    }

    /** The finer points: every 401 carries a challenge. */
    @Test
    void challengesAtSignInAndRefreshToo() {
        Response login = Person.signIn(UUID.randomUUID() + "@example.com", "x");
        assertProblem(login, 401, ProblemCode.INVALID_CREDENTIALS);
        assertEquals("Bearer realm=\"latchkey\"", login.header("WWW-Authenticate"));

        Response refresh = Person.refresh("x");
        assertProblem(refresh, 401, ProblemCode.INVALID_REFRESH_TOKEN);
        assertEquals("Bearer realm=\"latchkey\"", refresh.header("WWW-Authenticate"));
    }

    /** FR-021. */
    @Test
    void refusesRoutesOfOtherUsers() {
        Response response = Person.signedUp().bearing().get("/api/users/" + UUID.randomUUID());

        assertProblem(response, 403, ProblemCode.NOT_OWNER);
        assertEquals("Forbidden", response.path("title"));
        assertEquals(null, response.header("WWW-Authenticate"));
    }

    /** A wrong password on one's own routes is no reason to sign in again. */
    @Test
    void wrongCurrentPasswordIsForbidden() {
        Person person = Person.signedUp();
        Response response = json(person)
                .body("{\"current_password\":\"x\",\"new_password\":\"quite another one\"}")
                .put(person.own("/password"));

        assertProblem(response, 403, ProblemCode.INVALID_CREDENTIALS);
        assertEquals("Forbidden", response.path("title"));
        assertEquals(null, response.header("WWW-Authenticate"));
    }

    @Test
    void refusesAccountDeletionWithoutRecentSignIn() {
        Person person = Person.signedUp();
        Sql.update(
                "update sessions set authenticated_at = now() - interval '11 minutes' where id = ?",
                person.sessionId());

        assertProblem(person.bearing().delete(person.own("")), 403, ProblemCode.NOT_FRESH);
    }

    // FR-007: the same response whether there is such an account or not.
    @Test
    void saysThatItSendsNoEmail() {
        Person person = Person.signedUp();
        for (String email : List.of(person.email(), UUID.randomUUID() + "@example.com")) {
            Response reset = Person.post("/api/auth/password-reset", "{\"email\": \"" + email + "\"}");
            assertProblem(reset, 403, ProblemCode.FORBIDDEN);
            assertTrue(reset.<String>path("message").contains("e-mail"), reset::asString);
        }
        assertProblem(person.bearing().post("/api/auth/email-verification"), 403, ProblemCode.FORBIDDEN);
    }

    @Test
    void refusesCookieFromUntrustedOrigin() {
        Response response = given().contentType(ContentType.JSON)
                .header("Cookie", "latchkey_session=x")
                .header("Origin", "https://evil.example")
                .post("/api/auth/refresh");

        assertProblem(response, 403, ProblemCode.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/nothing",
                "/api",
                "/api/",
                "/api/auth",
                "/api/users",
                "/api/users/x/nothing",
                "/",
                "/nothing",
                "/favicon.ico",
                "/index.html",
                "/.well-known/nothing",
                "/.well-known",
                "/q",
                "/q/health",
                "/q/metrics",
                "/q/openapi",
                "/q/swagger-ui/",
                "/q/dev-ui",
                "/test"
            })
    void respondsNotFoundToUnknownPaths(String path) {
        Response response = given().redirects().follow(false).get(path);

        assertProblem(response, 404, ProblemCode.NOT_FOUND);
    }

    /** RFC 9110, 15.5.6: a 405 says what the path does take. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    GET    | /api/auth/login                | OPTIONS, POST
                    DELETE | /api/auth/login                | OPTIONS, POST
                    FOO    | /api/auth/login                | OPTIONS, POST
                    TRACE  | /api/auth/signup               | OPTIONS, POST
                    HEAD   | /api/auth/refresh              | OPTIONS, POST
                    PUT    | /api/auth/logout               | OPTIONS, POST
                    POST   | /api/auth/session              | GET, HEAD, OPTIONS
                    POST   | /api/auth/jwks                 | GET, HEAD, OPTIONS
                    DELETE | /.well-known/jwks.json         | GET, HEAD, OPTIONS
                    GET    | /api/auth/password-reset       | OPTIONS, POST
                    PUT    | /api/auth/password-reset/confirm | OPTIONS, POST
                    GET    | /api/auth/email-verification   | OPTIONS, POST
                    GET    | /api/auth/email-verification/confirm | OPTIONS, POST
                    POST   | /api/users/x                   | DELETE, GET, HEAD, OPTIONS, PATCH
                    GET    | /api/users/x/password          | OPTIONS, PUT
                    PATCH  | /api/users/x/sessions          | DELETE, GET, HEAD, OPTIONS
                    GET    | /api/users/x/sessions/y        | DELETE, OPTIONS
                    POST   | /api/users/x/events            | GET, HEAD, OPTIONS
                    """)
    void listsAllowedMethods(String method, String path, String allowed) throws IOException {
        RawResponse response = RawResponse.to(method, path, List.of(), new byte[0]);

        assertEquals(405, response.status(), response::toString);
        assertEquals(allowed, response.header("Allow"));
        if (!method.equals("HEAD")) {
            assertEquals("METHOD_NOT_ALLOWED", response.json().path("code").textValue());
        }
    }

    /** A path below that of another route is no route itself. */
    @ParameterizedTest
    @CsvSource({"POST,/api/users/x/nothing", "PUT,/api/users/x/password/x", "DELETE,/api/users/x/sessions/y/z", "FOO,/x"
    })
    void ignoresMethodsOfShorterPaths(String method, String path) throws IOException {
        RawResponse response = RawResponse.to(method, path, List.of(), new byte[0]);

        assertEquals(404, response.status(), response::toString);
        assertEquals("", response.header("Allow"));
    }

    @Test
    void respondsInJsonOnly() {
        Response response = given().accept("text/html").get("/api/auth/jwks");

        assertProblem(response, 406, ProblemCode.NOT_ACCEPTABLE);
    }

    /** FR-004. */
    @Test
    void reportsTakenEmailAddress() {
        Person person = Person.signedUp();
        Response response = Person.post("/api/auth/signup", """
                {"email": "%s", "password": "%s"}""".formatted(person.email(), Person.PASSWORD));

        assertProblem(response, 409, ProblemCode.EMAIL_TAKEN);
    }

    @Test
    void refusesTooLargeContentLength() throws IOException {
        RawResponse response = RawResponse.to(
                "POST",
                "/api/auth/login",
                List.of("Content-Type: application/json"),
                (" ".repeat(65_536) + "{}").getBytes(UTF_8));

        assertEquals(413, response.status());
        assertEquals("BODY_TOO_LARGE", response.json().path("code").textValue());
        assertEquals("close", response.header("Connection"));
    }

    @Test
    void refusesTooLargeChunkedBody() throws IOException {
        RawResponse response = RawResponse.to("POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                + ("8000\r\n" + " ".repeat(0x8000) + "\r\n").repeat(3)
                + "0\r\n\r\n");

        assertEquals(413, response.status());
        assertEquals("BODY_TOO_LARGE", response.json().path("code").textValue());
    }

    @Test
    void acceptsBodyOfMaximumSize() throws IOException {
        String body = "{\"refresh_token\":\"x\"}";
        RawResponse response = RawResponse.to(
                "POST",
                "/api/auth/refresh",
                List.of("Content-Type: application/json"),
                (" ".repeat(65_536 - body.length()) + body).getBytes(UTF_8));

        assertEquals(401, response.status());
    }

    @Test
    void refusesOtherContentTypes() {
        Response response = given().contentType(ContentType.TEXT).body("{}").post("/api/auth/login");

        assertProblem(response, 415, ProblemCode.UNSUPPORTED_MEDIA_TYPE);
    }

    /** House style, Errors 4: logged once, with the request id; the client learns that id and nothing else. */
    @ParameterizedTest
    @ValueSource(strings = {"unexpectedly", "in-sql", "by-error", "with-a-status"})
    void hidesUnexpectedFailures(String way) {
        try (LogLines log = new LogLines()) {
            Response response = given().get("/test/failing/" + way);

            assertProblem(response, 500, ProblemCode.INTERNAL);
            assertEquals(ProblemCode.INTERNAL.message(), response.path("message"));
            assertFalse(response.asString().contains(FailingRoutes.SECRET));
            assertFalse(response.headers().toString().contains(FailingRoutes.SECRET));
            assertEquals(1, log.errors().size(), () -> log.errors().toString());
            assertEquals(List.of(response.header("X-Request-Id")), log.requestIdsOfErrors());
        }
    }

    @Test
    void asksToRetryWhenTheDatabaseIsUnavailable() {
        try (LogLines log = new LogLines()) {
            Response response = given().get("/test/failing/for-now");

            assertProblem(response, 503, ProblemCode.DATABASE_UNAVAILABLE);
            assertEquals("1", response.header("Retry-After"));
            assertFalse(response.asString().contains(FailingRoutes.SECRET));
            assertEquals(List.of(), log.errors());
        }
    }

    /** A request that is wrong in two ways, and which of them is said. */
    record TwoWrongs(
            String what,
            String method,
            String path,
            String caller,
            String type,
            String accept,
            String body,
            int status) {
        @Override
        public String toString() {
            return what;
        }
    }

    static List<TwoWrongs> twoWrongs() {
        String json = "application/json";
        return List.of(
                new TwoWrongs("path before route", "GET", "/api//nothing", "none", json, json, "", 400),
                new TwoWrongs("path before token", "GET", "/api/users/{other}//", "none", json, json, "", 400),
                new TwoWrongs("path before size", "POST", "/api/users//login", "none", json, json, "{", 400),
                new TwoWrongs(
                        "no route before token", "GET", "/api/users/{other}/nothing", "none", json, json, "", 404),
                new TwoWrongs("method before token", "POST", "/api/users/{other}", "none", json, json, "{}", 405),
                new TwoWrongs(
                        "method before type", "POST", "/api/users/{other}", "none", "text/plain", json, "{}", 405),
                new TwoWrongs(
                        "type before token", "PATCH", "/api/users/{other}", "none", "text/plain", json, "{}", 415),
                new TwoWrongs(
                        "type before owner", "PATCH", "/api/users/{other}", "self", "text/plain", json, "{}", 415),
                new TwoWrongs("type before body", "POST", "/api/auth/login", "none", "text/plain", json, "{", 415),
                new TwoWrongs(
                        "type before accept", "POST", "/api/auth/login", "none", "text/plain", "text/html", "{", 415),
                new TwoWrongs("accept before token", "GET", "/api/users/{other}", "none", json, "text/html", "", 406),
                new TwoWrongs("accept before body", "POST", "/api/auth/login", "none", json, "text/html", "{", 406),
                new TwoWrongs("token before owner", "GET", "/api/users/{other}", "bad", json, json, "", 401),
                new TwoWrongs("token before body", "PATCH", "/api/users/{other}", "bad", json, json, "{", 401),
                new TwoWrongs("token before own body", "PATCH", "/api/users/{self}", "none", json, json, "{", 401),
                new TwoWrongs("owner before body", "PATCH", "/api/users/{other}", "self", json, json, "{", 403),
                new TwoWrongs(
                        "owner before field", "PUT", "/api/users/{other}/password", "self", json, json, "{}", 403),
                new TwoWrongs(
                        "owner before query", "GET", "/api/users/{other}/events?limit=x", "self", json, json, "", 403),
                new TwoWrongs(
                        "owner before session", "DELETE", "/api/users/{other}/sessions/x", "self", json, json, "", 403),
                new TwoWrongs(
                        "body before password", "PUT", "/api/users/{self}/password", "self", json, json, "{", 400));
    }

    @ParameterizedTest
    @MethodSource("twoWrongs")
    void checksInTheOrderOfTheSpecification(TwoWrongs row) throws IOException {
        Person self = Person.signedUp();
        String path = row.path()
                .replace("{self}", self.id())
                .replace("{other}", UUID.randomUUID().toString());
        String token = row.caller().equals("bad") ? "x.y.z" : self.accessToken();
        List<String> headers = row.caller().equals("none")
                ? List.of("Content-Type: " + row.type(), "Accept: " + row.accept())
                : List.of("Content-Type: " + row.type(), "Accept: " + row.accept(), "Authorization: Bearer " + token);

        RawResponse response =
                RawResponse.to(row.method(), path, headers, row.body().getBytes(UTF_8));

        assertEquals(row.status(), response.status(), response::toString);
    }

    private static RequestSpecification json(Person person) {
        return person.bearing().contentType(ContentType.JSON);
    }

    private static void assertProblem(Response response, int status, ProblemCode code) {
        assertEquals(status, response.statusCode(), response::asString);
        assertEquals(
                "application/problem+json",
                response.contentType().replaceFirst(";.*", ""),
                () -> response.headers().toString());
        assertEquals(status, response.<Integer>path("status"));
        assertEquals(code.name(), response.path("code"));
        assertEquals(response.header("X-Request-Id"), response.path("request_id"));
    }
}
