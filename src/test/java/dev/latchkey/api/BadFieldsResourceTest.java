package dev.latchkey.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.RawResponse;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields of the wrong type, and texts that are hostile or no text at all. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class BadFieldsResourceTest extends BadInput {

    record FieldRow(Route route, String field, String what, String value) {
        @Override
        public String toString() {
            return route + " " + field + " " + what;
        }
    }

    private static final List<FieldRow> TEXTS = List.of(
            new FieldRow(Route.SIGN_UP, "email", "", ""),
            new FieldRow(Route.SIGN_UP, "password", "", ""),
            new FieldRow(Route.SIGN_UP, "name", "", ""),
            new FieldRow(Route.LOGIN, "email", "", ""),
            new FieldRow(Route.LOGIN, "password", "", ""),
            new FieldRow(Route.REFRESH, "refresh_token", "", ""),
            new FieldRow(Route.LOGOUT, "refresh_token", "", ""),
            new FieldRow(Route.RESET, "email", "", ""),
            new FieldRow(Route.RESET_CONFIRMATION, "token", "", ""),
            new FieldRow(Route.RESET_CONFIRMATION, "new_password", "", ""),
            new FieldRow(Route.VERIFICATION, "token", "", ""),
            new FieldRow(Route.PROFILE, "name", "", ""),
            new FieldRow(Route.PROFILE, "image", "", ""),
            new FieldRow(Route.DELETION, "password", "", ""),
            new FieldRow(Route.PASSWORD, "current_password", "", ""),
            new FieldRow(Route.PASSWORD, "new_password", "", ""),
            new FieldRow(Route.EMAIL, "email", "", ""),
            new FieldRow(Route.EMAIL, "password", "", ""));

    static Stream<FieldRow> wrongTypes() {
        Stream<FieldRow> texts = TEXTS.stream()
                .flatMap(place -> Stream.of(
                                "0",
                                "1",
                                "-1",
                                "1.5",
                                "1e999999",
                                "-0.0",
                                "9".repeat(900),
                                "true",
                                "false",
                                "[]",
                                "[\"x\"]",
                                "[[[]]]",
                                "{}",
                                "{\"a\":{\"b\":[1]}}")
                        .map(value -> new FieldRow(place.route(), place.field(), shown(value), value)));
        Stream<FieldRow> truths = Stream.of(
                        "0",
                        "1",
                        "-1",
                        "1.0",
                        "1e999999",
                        "\"\"",
                        "\" \"",
                        "\"true\"",
                        "\"false\"",
                        "\"x\"",
                        "[]",
                        "[true]",
                        "{}")
                .map(value -> new FieldRow(Route.LOGIN, "remember", value, value));
        return Stream.concat(texts, truths);
    }

    /** The spec, Input: a value of the wrong type is VALIDATION_FAILED naming the field; nothing is converted. */
    @ParameterizedTest
    @MethodSource("wrongTypes")
    void namesFieldOfWrongType(FieldRow row) throws IOException {
        RawResponse response = row.route().send(row.route().with(row.field(), row.value()), JSON);

        assertProblem(400, "VALIDATION_FAILED", response);
        assertTrue(
                response.json().path("errors").findValuesAsText("field").contains(row.field()),
                () -> "names another field: " + response.body());
        assertTrue(response.json().path("errors").findValuesAsText("code").contains("WRONG_TYPE"), response::body);
    }

    static Stream<FieldRow> hostileTexts() {
        List<List<String>> values = List.of(
                List.of("empty", ""),
                List.of("blank", "   "),
                List.of("NUL", "a\\u0000b"),
                List.of("control characters", "a\\u0001\\u001b[31m\\u007f\\u0085b"),
                List.of("a line of log", "x\\r\\nERROR forged"),
                List.of("high surrogate", "a\\ud800@example.com"),
                List.of("low surrogate", "\\udc00bcdefgh"),
                List.of("surrogates the wrong way round", "abcdefgh\\udc00\\ud800"),
                List.of("no characters", "\\uffff\\ufffe"),
                List.of("direction marks", "\\u202eadA\\u2066"),
                List.of("zero width", "\\u200b\\ufeff"),
                List.of("SQL", "'; drop table users; --"),
                List.of("more SQL", "a@example.com' or '1'='1"),
                List.of("a wildcard", "%"),
                List.of("an expression", "${jndi:ldap://127.0.0.1/x} #{1+1} {{7*7}}"),
                List.of("a format", "%s%n%d%x"),
                List.of("a script", "<script>alert(1)</script>"),
                List.of("a path", "../../etc/passwd"),
                List.of("JSON", "{\\\"a\\\":1}"),
                List.of("10 KB", "a".repeat(10_000) + "@example.com"),
                List.of("10 KB of labels", "a@" + "b.".repeat(5_000) + "com"),
                List.of("60 KB", "x".repeat(60_000)),
                List.of("60 KB of combining marks", "a" + "\u0301".repeat(29_000)),
                List.of("60 KB of dots", ".".repeat(60_000)));
        return TEXTS.stream()
                .flatMap(place -> values.stream()
                        .map(value -> new FieldRow(
                                place.route(), place.field(), value.getFirst(), "\"" + value.getLast() + "\"")));
    }

    @ParameterizedTest
    @MethodSource("hostileTexts")
    void hostileTextCausesNoServerError(FieldRow row) throws IOException {
        RawResponse response = row.route().send(row.route().with(row.field(), row.value()), JSON);

        assertSound(response);
        // Most of these texts are valid names.
        boolean fine = row.route() == Route.PROFILE && row.field().equals("name") && response.status() == 200;
        if (!fine) {
            List<Integer> expected = Set.of(Route.PASSWORD, Route.LOGIN, Route.EMAIL, Route.RESET)
                            .contains(row.route())
                    ? List.of(400, row.route().status)
                    : List.of(row.route().status);
            assertTrue(expected.contains(response.status()), () -> response.status() + " " + response.body());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\\u0000b\"", "\"\\ud800\"", "\"a\\nb\"", "\"\\udc00\\ud800\"", "\"\\u0085\""})
    void refusesControlCharactersAndLoneSurrogatesInProfile(String value) throws IOException {
        for (String field : List.of("name", "image")) {
            byte[] body = ("{\"" + field + "\":" + value + "}").getBytes(UTF_8);
            RawResponse response = Route.PROFILE.send(body, JSON);

            assertProblem(400, "VALIDATION_FAILED", response);
            assertEquals("NOT_TEXT", response.json().at("/errors/0/code").textValue());
            assertEquals(field, response.json().at("/errors/0/field").textValue());
        }
    }

    /** FR-003: a lone surrogate is no character, so a password with one would be another one after a round of encoding. */
    @ParameterizedTest
    @ValueSource(strings = {"abcdefgh\\ud800", "\\udc00abcdefgh", "abcd\\udc00\\ud800efgh"})
    void refusesPasswordWithLoneSurrogate(String password) throws IOException {
        RawResponse signUp = Route.SIGN_UP.send(
                ("{\"email\":\"" + UUID.randomUUID() + "@example.com\",\"password\":\"" + password + "\"}")
                        .getBytes(UTF_8),
                JSON);
        assertProblem(400, "VALIDATION_FAILED", signUp);
        assertEquals("NOT_TEXT", signUp.json().at("/errors/0/code").textValue());

        RawResponse change = Route.PASSWORD.send(
                ("{\"current_password\":\"" + Person.PASSWORD + "\",\"new_password\":\"" + password + "\"}")
                        .getBytes(UTF_8),
                JSON);
        assertProblem(400, "VALIDATION_FAILED", change);
    }
}
