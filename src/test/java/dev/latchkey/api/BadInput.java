package dev.latchkey.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.LogLines;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.RawResponse;
import dev.latchkey.fixture.Sql;
import dev.latchkey.platform.http.ProblemCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What holds for every bad input: no 500, no stack trace, no word of SQL and no hang, no ERROR in the log, and no user is
 * created by it. What the HTTP server refuses before it has read a request has a status and no body, see {@link
 * #SERVER_REFUSALS}.
 */
abstract class BadInput {

    static final String JSON = "Content-Type: application/json";

    /** The statuses of the HTTP server's own refusals: no request, a target or headers that are too long. */
    private static final Set<Integer> SERVER_REFUSALS = Set.of(400, 414, 431);

    private static final List<String> LEAKS = List.of(
            "at dev.",
            "at io.",
            "Exception",
            "java.",
            "org.",
            "com.fasterxml",
            "SQL",
            "select ",
            "insert ",
            "<html",
            "<!DOCTYPE",
            "Quarkus",
            "Vert.x",
            "Netty");

    /** A user whose sign-in is too old to delete the account without its password. */
    static Person user;

    private LogLines log;
    private long users;

    @BeforeEach
    void signUpAndCountUsers() {
        if (user == null) {
            user = Person.signedUp();
            Sql.update(
                    "update sessions set authenticated_at = now() - interval '1 day' where id = ?", user.sessionId());
        }
        users = Sql.count("select count(*) from users");
        // Not where it is declared: Quarkus makes a second instance of each test, whose capture would never be closed.
        log = new LogLines();
    }

    @AfterEach
    void assertNoUserCreatedAndNoErrorLogged() {
        log.close();
        assertEquals(users, Sql.count("select count(*) from users"));
        assertEquals(List.of(), log.errors());
    }

    // The next class may run against another database.
    @AfterAll
    static void forgetUser() {
        user = null;
    }

    /** A route that takes a body, with a body that has the right shape and is refused all the same. */
    enum Route {
        SIGN_UP(
                "POST",
                "/api/auth/signup",
                "{\"email\":\"a@example.com\",\"password\":\"fine enough\",\"name\":\"\\u0007\"}",
                400),
        LOGIN(
                "POST",
                "/api/auth/login",
                "{\"email\":\"nobody@example.com\",\"password\":\"x\",\"remember\":false}",
                401),
        REFRESH("POST", "/api/auth/refresh", "{\"refresh_token\":\"x\"}", 401),
        LOGOUT("POST", "/api/auth/logout", "{\"refresh_token\":\"x\"}", 204),
        // This service sends no e-mail.
        RESET("POST", "/api/auth/password-reset", "{\"email\":\"nobody@example.com\"}", 403),
        RESET_CONFIRMATION(
                "POST", "/api/auth/password-reset/confirm", "{\"token\":\"x\",\"new_password\":\"fine enough\"}", 400),
        VERIFICATION("POST", "/api/auth/email-verification/confirm", "{\"token\":\"x\"}", 400),
        PROFILE("PATCH", "", "{\"name\":\"\\u0007\",\"image\":null}", 400),
        DELETION("DELETE", "", "{\"password\":\"x\"}", 403),
        PASSWORD("PUT", "/password", "{\"current_password\":\"x\",\"new_password\":\"fine enough\"}", 403),
        EMAIL("PUT", "/email", "{\"email\":\"new@example.com\",\"password\":\"x\"}", 403);

        final String method;
        final String path;
        final String body;
        final int status;

        Route(String method, String path, String body, int status) {
            this.method = method;
            this.path = path;
            this.body = body;
            this.status = status;
        }

        boolean requiresToken() {
            return !path.startsWith("/api");
        }

        boolean bodyOptional() {
            return this == REFRESH || this == LOGOUT || this == DELETION;
        }

        /** Returns the body with another value, as JSON text, of one field. */
        byte[] with(String field, String value) {
            // A request with a valid name is refused for its password.
            String base = this == SIGN_UP && field.equals("name") ? body.replace("fine enough", "short") : body;
            String replaced = base.replaceFirst(
                    "\"" + field + "\":(\"[^\"]*\"|[a-z]+)", "\"" + field + "\":" + Matcher.quoteReplacement(value));
            return replaced.getBytes(UTF_8);
        }

        RawResponse send(byte[] body, String... headers) throws IOException {
            List<String> lines = new ArrayList<>(List.of(headers));
            if (requiresToken()) {
                lines.add("Authorization: Bearer " + user.accessToken());
            }
            return RawResponse.to(method, requiresToken() ? user.own(path) : path, lines, body);
        }
    }

    static String head(Route route) {
        return route.method + " " + (route.requiresToken() ? user.own(route.path) : route.path)
                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + JSON + "\r\n"
                + (route.requiresToken() ? "Authorization: Bearer " + user.accessToken() + "\r\n" : "");
    }

    static String shown(String text) {
        String shown = text.replaceAll("\\p{Cntrl}", "?");
        return shown.length() <= 40 ? shown : shown.substring(0, 40) + "… (" + text.length() + ")";
    }

    static void assertProblem(int status, String code, RawResponse response) {
        assertSound(response);
        assertEquals(status, response.status(), response::toString);
        if (code != null) {
            assertEquals(code, response.json().path("code").textValue(), response::body);
        }
    }

    /** Asserts that there is a response, that it is no server error, and that it reveals nothing of the implementation. */
    static void assertSound(RawResponse response) {
        assertTrue(response.status() != 0, () -> "no response: " + response);
        assertTrue(response.status() < 500, response::toString);
        for (String leak : LEAKS) {
            assertFalse(response.body().contains(leak), () -> leak + " in " + response.body());
        }
        if (response.status() < 400) {
            return;
        }
        if (response.body().isEmpty()) {
            assertTrue(SERVER_REFUSALS.contains(response.status()), () -> "no body: " + response);
            return;
        }
        assertEquals(
                "application/problem+json",
                response.header("Content-Type").replaceFirst(";.*", ""),
                response::toString);
        assertEquals("nosniff", response.header("X-Content-Type-Options"));
        assertEquals(
                response.header("X-Request-Id"),
                response.json().path("request_id").textValue());
        ProblemCode code = ProblemCode.valueOf(response.json().path("code").textValue());
        assertEquals(response.status(), response.json().path("status").intValue());
        assertTrue(code.status() == response.status() || response.status() == 403, response::toString);
        assertFalse(response.json().path("message").textValue().isBlank());
    }
}
