package dev.latchkey.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
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
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nothing that a client sends gives a 500, a stack trace, a word of SQL or a hang, and nothing is created by it. What the
 * HTTP server refuses before it has read a request has a bare status; every such row is in {@link #BARE} by its status.
 */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class BadInputResourceTest {

    private static final String JSON = "Content-Type: application/json";

    /** Refused by the HTTP server itself: no request, a target or headers that are too long. */
    private static final Set<Integer> BARE = Set.of(400, 414, 431);

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

    private static Person somebody;

    private final LogLines log = new LogLines();
    private long users;

    /** Who asks: their sign-in is too old to delete the account without its password. */
    @BeforeEach
    void begin() {
        if (somebody == null) {
            somebody = Person.signedUp();
            Sql.update(
                    "update sessions set authenticated_at = now() - interval '1 day' where id = ?",
                    somebody.sessionId());
        }
        users = Sql.count("select count(*) from users");
    }

    @AfterEach
    void nothingWasCreatedAndNobodyWasWoken() {
        log.close();
        assertEquals(users, Sql.count("select count(*) from users"));
        assertEquals(List.of(), log.errors());
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
        PROFILE("PATCH", "", "{\"name\":\"\\u0007\",\"image\":null}", 400),
        DELETION("DELETE", "", "{\"password\":\"x\"}", 403),
        PASSWORD("PUT", "/password", "{\"current_password\":\"x\",\"new_password\":\"fine enough\"}", 403);

        final String method;
        final String path;
        final String body;
        final int usual;

        Route(String method, String path, String body, int usual) {
            this.method = method;
            this.path = path;
            this.body = body;
            this.usual = usual;
        }

        boolean own() {
            return !path.startsWith("/api");
        }

        /** Those at which the body may be missing. */
        boolean bodyOptional() {
            return this == REFRESH || this == LOGOUT || this == DELETION;
        }

        /** The body with another value, as JSON text, in the place of one. */
        byte[] with(String field, String value) {
            // A request with a valid name is refused for its password.
            String base = this == SIGN_UP && field.equals("name") ? body.replace("fine enough", "short") : body;
            String replaced = base.replaceFirst(
                    "\"" + field + "\":(\"[^\"]*\"|[a-z]+)", "\"" + field + "\":" + Matcher.quoteReplacement(value));
            return replaced.getBytes(UTF_8);
        }

        RawResponse ask(byte[] body, String... headers) throws IOException {
            List<String> lines = new ArrayList<>(List.of(headers));
            if (own()) {
                lines.add("Authorization: Bearer " + somebody.accessToken());
            }
            return RawResponse.to(method, own() ? somebody.own(path) : path, lines, body);
        }
    }

    record Row(Route route, String what, byte[] body) {
        @Override
        public String toString() {
            return route + " " + what;
        }
    }

    /** Nothing here is the one JSON object that every route takes. */
    static Stream<Row> noObject() {
        List<String> texts = List.of(
                "{",
                "}",
                "[",
                "]",
                "\"",
                ",",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\" 1}",
                "{:1}",
                "{,}",
                "{\"a\":1,}",
                "{\"a\":1 \"b\":2}",
                "{a:1}",
                "{'email':'a@example.com'}",
                "{/* no */}",
                "{} // no",
                "# no\n{}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":-Infinity}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":0x1}",
                "{\"a\":1e}",
                "{\"a\":tru}",
                "{\"a\":TRUE}",
                "{\"a\":nul}",
                "{\"a\":undefined}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"x}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\u0000\"}",
                "{\"a\":\"\u001f\"}",
                "\u0000{}",
                "{}\u0000",
                "{} {}",
                "{}{}",
                "{}garbage",
                "{}]",
                "{},",
                "[]",
                "[{}]",
                "[[]]",
                "\"\"",
                "\"text\"",
                "\"{}\"",
                "0",
                "1",
                "-1.5",
                "true",
                "false",
                "<x/>",
                "email=a@example.com&password=x",
                "--b\r\n\r\nx\r\n--b--",
                "{\"a\":1,\"a\":1}",
                "{\"\\u0061\":1,\"a\":1}",
                "{\"a\":{\"b\":1,\"b\":2}}",
                "{\"a\":[{\"b\":1,\"b\":2}]}",
                "[".repeat(20_000),
                "[".repeat(20_000) + "]".repeat(20_000),
                "{\"a\":".repeat(10_000),
                "{\"a\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}",
                "{\"" + "n".repeat(60_000) + "\":1}",
                "{\"a\":" + "9".repeat(10_000) + "}",
                "{\"a\":1." + "9".repeat(10_000) + "}");
        Stream<Row> fixed = rows(texts.stream().map(text -> new Row(Route.LOGIN, shown(text), text.getBytes(UTF_8))));
        Stream<Row> bytes = rows(Stream.of(
                new Row(Route.LOGIN, "a byte that is no UTF-8", bytes("{\"a\":\"", 0xff)),
                new Row(Route.LOGIN, "an overlong form", bytes("{\"a\":\"", 0xc0, 0x80)),
                new Row(Route.LOGIN, "a surrogate in UTF-8", bytes("{\"a\":\"", 0xed, 0xa0, 0x80)),
                new Row(Route.LOGIN, "a character cut short", bytes("{\"a\":\"", 0xe2, 0x82)),
                new Row(Route.LOGIN, "a character beyond Unicode", bytes("{\"a\":\"", 0xf4, 0x90, 0x80, 0x80)),
                new Row(Route.LOGIN, "ISO 8859-1", "{\"a\":\"\u00e9\"}".getBytes(ISO_8859_1)),
                new Row(Route.LOGIN, "UTF-16 with a mark", "{\"a\":1}".getBytes(UTF_16)),
                new Row(Route.LOGIN, "UTF-16BE", "{\"a\":1}".getBytes(UTF_16BE)),
                new Row(Route.LOGIN, "UTF-16LE", "{\"a\":1}".getBytes(UTF_16LE)),
                new Row(Route.LOGIN, "UTF-32", "{\"a\":1}".getBytes(Charset.forName("UTF-32")))));
        Stream<Row> twice = Stream.of(Route.values())
                .map(route -> new Row(
                        route,
                        "a field twice",
                        (route.body.substring(0, route.body.length() - 1) + "," + route.body.substring(1))
                                .getBytes(UTF_8)));
        return Stream.of(fixed, bytes, twice).flatMap(rows -> rows);
    }

    @ParameterizedTest
    @MethodSource("noObject")
    void refusesWhatIsNoJsonObject(Row row) throws IOException {
        RawResponse answer = row.route().ask(row.body(), JSON);

        assertProblem(400, "MALFORMED_JSON", answer);
    }

    /** No body, no value, and blanks: where the body may be missing they are nothing, elsewhere they are refused. */
    static Stream<Row> nothing() {
        return rows(Stream.of("", "null", " ", "\r\n\t ", " null ")
                .map(text -> new Row(Route.LOGIN, "'" + shown(text) + "'", text.getBytes(UTF_8))));
    }

    @ParameterizedTest
    @MethodSource("nothing")
    void takesNothingForNothing(Row row) throws IOException {
        RawResponse answer = row.route().ask(row.body(), JSON);

        if (row.route().bodyOptional()) {
            assertSound(answer);
            assertEquals(row.route().usual, answer.status());
        } else {
            assertProblem(400, "MALFORMED_JSON", answer);
        }
    }

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
            new FieldRow(Route.PROFILE, "name", "", ""),
            new FieldRow(Route.PROFILE, "image", "", ""),
            new FieldRow(Route.DELETION, "password", "", ""),
            new FieldRow(Route.PASSWORD, "current_password", "", ""),
            new FieldRow(Route.PASSWORD, "new_password", "", ""));

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
    void namesTheFieldOfTheWrongType(FieldRow row) throws IOException {
        RawResponse answer = row.route().ask(row.route().with(row.field(), row.value()), JSON);

        assertProblem(400, "VALIDATION_FAILED", answer);
        assertTrue(
                answer.json().getList("errors.field").contains(row.field()),
                () -> "names another field: " + answer.body());
        assertTrue(answer.json().getList("errors.code").contains("WRONG_TYPE"), answer::body);
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
    void survivesEveryText(FieldRow row) throws IOException {
        RawResponse answer = row.route().ask(row.route().with(row.field(), row.value()), JSON);

        assertSound(answer);
        // A text is a name or a picture unless it says something that is none.
        boolean fine = row.route() == Route.PROFILE && row.field().equals("name") && answer.status() == 200;
        if (!fine) {
            List<Integer> expected = row.route() == Route.PASSWORD || row.route() == Route.LOGIN
                    ? List.of(400, row.route().usual)
                    : List.of(row.route().usual);
            assertTrue(expected.contains(answer.status()), () -> answer.status() + " " + answer.body());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\\u0000b\"", "\"\\ud800\"", "\"a\\nb\"", "\"\\udc00\\ud800\"", "\"\\u0085\""})
    void keepsWhatIsNoTextOutOfTheProfile(String value) throws IOException {
        for (String field : List.of("name", "image")) {
            byte[] body = ("{\"" + field + "\":" + value + "}").getBytes(UTF_8);
            RawResponse answer = Route.PROFILE.ask(body, JSON);

            assertProblem(400, "VALIDATION_FAILED", answer);
            assertEquals("NOT_TEXT", answer.json().getString("errors[0].code"));
            assertEquals(field, answer.json().getString("errors[0].field"));
        }
    }

    /** FR-003: a lone surrogate is no character, so a password with one would be another one after a round of encoding. */
    @ParameterizedTest
    @ValueSource(strings = {"abcdefgh\\ud800", "\\udc00abcdefgh", "abcd\\udc00\\ud800efgh"})
    void refusesAPasswordWithALoneSurrogate(String password) throws IOException {
        RawResponse signUp = Route.SIGN_UP.ask(
                ("{\"email\":\"" + UUID.randomUUID() + "@example.com\",\"password\":\"" + password + "\"}")
                        .getBytes(UTF_8),
                JSON);
        assertProblem(400, "VALIDATION_FAILED", signUp);
        assertEquals("NOT_TEXT", signUp.json().getString("errors[0].code"));

        RawResponse change = Route.PASSWORD.ask(
                ("{\"current_password\":\"" + Person.PASSWORD + "\",\"new_password\":\"" + password + "\"}")
                        .getBytes(UTF_8),
                JSON);
        assertProblem(400, "VALIDATION_FAILED", change);
    }

    @ParameterizedTest
    @MethodSource("routes")
    void ignoresUnknownFields(Route route) throws IOException {
        String more = ",\"admin\":true,\"roles\":[\"admin\"],\"user_id\":\"x\",\"id\":{\"a\":[1e999999,null]},\"\":0,"
                + "\"__proto__\":{},\"class\":\"java.lang.Runtime\",\"@type\":\"x\"}";
        RawResponse answer = route.ask((route.body.substring(0, route.body.length() - 1) + more).getBytes(UTF_8), JSON);

        assertSound(answer);
        assertEquals(route.usual, answer.status());
    }

    @ParameterizedTest
    @MethodSource("routes")
    void readsJsonBehindAByteOrderMark(Route route) throws IOException {
        RawResponse answer = route.ask(("\ufeff" + route.body).getBytes(UTF_8), JSON);

        assertSound(answer);
        assertEquals(route.usual, answer.status());
    }

    @ParameterizedTest
    @MethodSource("routes")
    void refusesAMegabyte(Route route) throws IOException {
        byte[] body = route.with(firstField(route), "\"" + "x".repeat(1_000_000) + "\"");

        assertProblem(413, "BODY_TOO_LARGE", route.ask(body, JSON));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void refusesAMegabyteInChunks(Route route) throws IOException {
        assertProblem(413, "BODY_TOO_LARGE", chunked(route, "10000\r\n" + "x".repeat(65_536) + "\r\n", 16));
    }

    static List<String> contentTypes() {
        return List.of(
                "text/plain",
                "text/json",
                "application/xml",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
                "multipart/form-data; boundary=b",
                "application/jsonx",
                "application/vnd.x+json",
                "image/png",
                "json",
                "/",
                ";",
                ";;;",
                "application/",
                "/json",
                "application json",
                "application/json application/json",
                "text/plain, application/json",
                "application/json, text/plain",
                "é",
                "a".repeat(5_000));
    }

    @ParameterizedTest
    @MethodSource("contentTypes")
    void refusesOtherContentTypes(String type) throws IOException {
        for (Route route : Route.values()) {
            assertProblem(
                    415, "UNSUPPORTED_MEDIA_TYPE", route.ask(route.body.getBytes(UTF_8), "Content-Type: " + type));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "APPLICATION/JSON",
                "application/json;charset=utf-8",
                "application/json; charset=\"UTF-8\"",
                "application/json;x=y",
                "application/json;"
            })
    void readsJsonHoweverItsTypeIsSpelt(String type) throws IOException {
        for (Route route : Route.values()) {
            RawResponse answer = route.ask(route.body.getBytes(UTF_8), "Content-Type: " + type);
            assertSound(answer);
            assertEquals(route.usual, answer.status(), route::name);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "application/json;charset=utf-16",
                "application/json;charset=x-unknown",
                "application/json;charset=",
                "application/json;charset=%00",
                "application/json;charset=\"",
                "application/json;charset=utf-7",
                "application/json;charset=é",
                "application/json;=;==;",
                "application/json;charset=a;charset=b"
            })
    void survivesOddParametersOfTheContentType(String type) throws IOException {
        for (Route route : Route.values()) {
            RawResponse answer = route.ask(route.body.getBytes(UTF_8), "Content-Type: " + type);
            assertSound(answer);
            assertTrue(List.of(400, 415, route.usual).contains(answer.status()), () -> route + ": " + answer);
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void survivesSeveralContentTypes(Route route) throws IOException {
        for (List<String> types : List.of(
                List.of("application/json", "text/plain"),
                List.of("text/plain", "application/json"),
                List.of("application/json", "application/json"))) {
            RawResponse answer = route.ask(
                    route.body.getBytes(UTF_8),
                    "Content-Type: " + types.getFirst(),
                    "Content-Type: " + types.getLast());
            assertSound(answer);
            assertTrue(List.of(400, 415, route.usual).contains(answer.status()), () -> route + ": " + answer);
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void survivesABodyWithoutAType(Route route) throws IOException {
        RawResponse answer = route.ask(route.body.getBytes(UTF_8));

        assertSound(answer);
        assertTrue(List.of(400, 415, route.usual).contains(answer.status()), answer::toString);
    }

    /** Framing that does not add up. The first bytes that are no request end the connection. */
    static List<String> framings() {
        String length = "Content-Length: ";
        return List.of(
                length + "-1\r\n\r\n{}",
                length + "+2\r\n\r\n{}",
                length + "2x\r\n\r\n{}",
                length + "0x2\r\n\r\n{}",
                length + "2, 2\r\n\r\n{}",
                length + "2,3\r\n\r\n{}",
                length + "\r\n\r\n{}",
                length + "99999999999999999999\r\n\r\n{}",
                length + "9223372036854775807\r\n\r\n{}",
                length + "2\r\n" + length + "3\r\n\r\n{} ",
                length + "3\r\n" + length + "2\r\n\r\n{} ",
                length + "0\r\n\r\n{}garbage",
                length + "1\r\n\r\n{}",
                "Transfer-Encoding: chunked\r\n\r\n{}",
                "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n2\r\n{}garbage\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n2;" + "x".repeat(20_000) + "\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n" + length + "2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nTrailer: x\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + "T: x\r\n".repeat(10_000) + "\r\n",
                "Expect: 100-continue\r\n" + length + "2\r\n\r\n{}",
                "Expect: nonsense\r\n" + length + "2\r\n\r\n{}",
                "Content-Encoding: gzip\r\n" + length + "2\r\n\r\n{}");
    }

    @ParameterizedTest
    @MethodSource("framings")
    void survivesFramingThatDoesNotAddUp(String framing) throws IOException {
        for (Route route : Route.values()) {
            RawResponse answer = RawResponse.to(head(route) + framing);
            assertSound(answer);
            assertTrue(answer.status() < 300 || answer.status() >= 400, answer::toString);
        }
    }

    static List<String> endless() {
        return List.of(
                "Content-Length: 3\r\n\r\n{}",
                "Content-Length: 65536\r\n\r\n{}",
                "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
                "Transfer-Encoding: gzip\r\n\r\n{}",
                "Transfer-Encoding: xchunked\r\n\r\n{}");
    }

    /** A body that never ends is given up in time (latchkey.http.body.timeout). */
    @Test
    void givesUpOnABodyThatDoesNotCome() throws Exception {
        List<String> framings = endless();
        List<FutureTask<RawResponse>> asked = framings.stream()
                .map(framing -> new FutureTask<>(() -> RawResponse.to(head(Route.LOGIN) + framing)))
                .peek(Thread::startVirtualThread)
                .toList();
        for (int i = 0; i < framings.size(); i++) {
            RawResponse answer = asked.get(i).get();
            String framing = framings.get(i);
            assertSound(answer);
            assertTrue(Set.of(400, 408, 501).contains(answer.status()), () -> framing + ": " + answer);
        }
    }

    record Bare(String what, String request) {
        @Override
        public String toString() {
            return what;
        }
    }

    static List<Bare> heads() {
        String get = "GET /api/auth/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
        return List.of(
                new Bare("64 KB in one header", get + "X: " + "x".repeat(65_536) + "\r\n\r\n"),
                new Bare("a token of 64 KB", get + "Authorization: Bearer " + "x".repeat(65_536) + "\r\n\r\n"),
                new Bare("a cookie of 64 KB", get + "Cookie: latchkey_session=" + "x".repeat(65_536) + "\r\n\r\n"),
                new Bare("a header name of 64 KB", get + "x".repeat(65_536) + ": x\r\n\r\n"),
                new Bare("ten thousand headers", get + "X-Header: x\r\n".repeat(10_000) + "\r\n"),
                new Bare("a target of 12 KB", "GET /" + "x".repeat(12_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                new Bare("a method of 12 KB", "G".repeat(12_000) + " / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                new Bare("no request", "garbage\r\n\r\n"),
                new Bare(
                        "a TLS greeting", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n"),
                new Bare("another protocol", "GET / FTP/1.1\r\nHost: localhost\r\n\r\n"),
                new Bare("a version of the future", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"),
                new Bare("a version that is none", "GET / HTTP/x\r\nHost: localhost\r\n\r\n"),
                new Bare("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                new Bare("a header without a colon", get + "nonsense\r\n\r\n"),
                new Bare("a header without a name", get + ": x\r\n\r\n"),
                new Bare("a blank before the colon", get + "X : x\r\n\r\n"),
                new Bare("a folded header", get + "X: a\r\n b\r\n\r\n"),
                new Bare("NUL in a header", get + "X: a\u0000b\r\n\r\n"),
                new Bare("NUL in the token", get + "Authorization: Bearer a\u0000b\r\n\r\n"),
                new Bare("control bytes in the token", get + "Authorization: Bearer \u0001\u0002\u007f\r\n\r\n"),
                new Bare("a lone CR in a header", get + "X: a\rY: b\r\n\r\n"),
                new Bare("no Host", "GET /api/auth/session HTTP/1.1\r\nConnection: close\r\n\r\n"),
                new Bare("two Hosts", get + "Host: example.com\r\n\r\n"),
                new Bare(
                        "a Host that is none",
                        "GET /api/auth/session HTTP/1.1\r\nHost: a b/?#\r\nConnection: close\r\n\r\n"),
                new Bare("an empty Host", "GET /api/auth/session HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n"),
                new Bare("HTTP/1.0", "GET /api/auth/session HTTP/1.0\r\n\r\n"),
                new Bare(
                        "an upgrade to HTTP/2",
                        get + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n"),
                new Bare("an upgrade to WebSocket", get + "Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n"),
                new Bare(
                        "another host's target",
                        "GET http://example.com/api/auth/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
                new Bare("no slash", "GET api HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
                new Bare("an asterisk", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
                new Bare("CONNECT", "CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
                new Bare("TRACE", "TRACE /api/auth/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    }

    /** What comes before a route: refused by the server itself or by us, or the 401 of the route. */
    @ParameterizedTest
    @MethodSource("heads")
    void survivesEveryHead(Bare row) throws IOException {
        RawResponse answer = RawResponse.to(row.request());

        assertSound(answer);
        assertTrue(answer.status() >= 400 || row.what().equals("an asterisk"), answer::toString);
        assertFalse(answer.body().contains("nonsense"), "TRACE and the like echo nothing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "CONNECT", "FOO", "get", "Post", "PROPFIND", "PURGE", "LINK", "M-SEARCH", "A.B"})
    void takesNoOddMethod(String method) throws IOException {
        for (String path : List.of("/api/auth/session", "/api/auth/login", "/.well-known/jwks.json")) {
            RawResponse answer = RawResponse.to(method, path, List.of(), new byte[0]);
            assertSound(answer);
            assertTrue(Set.of(400, 404, 405).contains(answer.status()), answer::toString);
        }
    }

    static List<String> authorizations() {
        return List.of(
                "",
                "Bearer",
                "Bearer ",
                "Bearer  ",
                "bearer",
                "Basic YTpi",
                "Digest x",
                "Negotiate",
                "Bearer x",
                "Bearer ..",
                "Bearer a.b.c",
                "Bearer eyJhbGciOiJub25lIn0.e30.",
                "Bearer a.b.c.d.e",
                "Bearer " + ".".repeat(20_000),
                "Bearer " + "x".repeat(20_000),
                "Bearer " + "eyJ".repeat(5_000) + ".e30.x",
                "Bearer \u00e9\u00ff",
                "\u00ff\u00fe",
                "Bearer '; drop table users; --",
                "Bearer ${jndi:ldap://127.0.0.1/x}",
                "Bearer a, Bearer b",
                "Bearer a b",
                "Bearer\ta.b.c",
                "Bearer =====",
                "Bearer null",
                "Bearer undefined",
                // A head of deep JSON, of none, and one with a key twice.
                "Bearer " + base64("[".repeat(5_000)) + ".e30.x",
                "Bearer " + base64("null") + ".e30.x",
                "Bearer " + base64("{\"alg\":\"HS256\",\"alg\":\"none\"}") + ".e30.x",
                "Bearer " + base64("{\"alg\":\"HS256\",\"kid\":{}}") + "." + base64("[]") + ".x",
                "Bearer " + base64("{\"alg\":\"PBES2-HS256+A128KW\",\"p2c\":2147483647}") + ".a.b.c.d");
    }

    @ParameterizedTest
    @MethodSource("authorizations")
    void knowsNobodyByGarbage(String authorization) throws IOException {
        for (String path : List.of("/api/auth/session", somebody.own(""), somebody.own("/events"))) {
            RawResponse answer = RawResponse.to("GET", path, List.of("Authorization: " + authorization), new byte[0]);
            assertProblem(401, null, answer);
            assertTrue(answer.header("WWW-Authenticate").startsWith("Bearer "), answer::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("authorizations")
    void ignoresGarbageWhereNobodyNeedsToBeKnown(String authorization) throws IOException {
        for (Route route : List.of(Route.LOGIN, Route.REFRESH, Route.LOGOUT)) {
            RawResponse answer = route.ask(route.body.getBytes(UTF_8), JSON, "Authorization: " + authorization);
            assertSound(answer);
            assertEquals(route.usual, answer.status());
        }
        RawResponse signOut = Route.LOGOUT.ask(new byte[0], "Authorization: " + authorization);
        assertSound(signOut);
        assertEquals(204, signOut.status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "latchkey_session",
                "latchkey_session=",
                "latchkey_session=x",
                "latchkey_session=\"x\"",
                "latchkey_session=\"",
                "latchkey_session=;latchkey_session=y",
                ";;;",
                "=",
                "=x",
                "a=b=c;;=;latchkey_session=.0.",
                "$Version=1; latchkey_session=x",
                "latchkey_session=\u00e9\u00ff",
                "latchkey_session=%00",
                "latchkey_session='; drop table sessions; --",
                "latchkey_session=a.b.c.d",
                "latchkey_session=x.99999999999999999999.y",
                "latchkey_session=x.-1.y",
                "\u0080",
                ","
            })
    void continuesNothingByAGarbledCookie(String cookie) throws IOException {
        for (Route route : List.of(Route.REFRESH, Route.LOGOUT)) {
            RawResponse answer = route.ask(new byte[0], "Cookie: " + cookie, "Origin: http://localhost:8080");
            assertSound(answer);
            assertEquals(route.usual, answer.status());
        }
        RawResponse long20k = Route.REFRESH.ask(
                new byte[0], "Cookie: latchkey_session=" + cookie.repeat(200), "Origin: http://localhost:8080");
        assertSound(long20k);
        assertEquals(401, long20k.status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: '; drop table users; --",
                "X-Forwarded-For: ,,,,",
                "X-Forwarded-Proto: gopher",
                "X-Forwarded-Host: a b",
                "X-Forwarded-Port: 99999999",
                "Forwarded: for=;;proto=",
                "X-Forwarded-Prefix: //x",
                "User-Agent: \u0080\u00ff ${x} '; --",
                "User-Agent:",
                "Origin: \u00ff",
                "Origin:",
                "Origin: null",
                "Referer: ::::",
                "Accept-Language: \u00e9;q=9",
                "Accept-Encoding: x;q=z",
                "Accept-Charset: utf-99",
                "Range: bytes=9-1",
                "If-Match: \"",
                "If-Modified-Since: yesterday",
                "X-Request-Id: ${x}\u00ff",
                "X-HTTP-Method-Override: GET",
                "X-Method-Override: DELETE",
                "Content-Language: \u00ff",
                "Date: x",
                "Via: x",
                "TE: x",
                "Cache-Control: \u00ff",
                "traceparent: 00-x-y-z",
                "baggage: =;="
            })
    void isNotMovedByOddHeaders(String header) throws IOException {
        for (Route route : Route.values()) {
            RawResponse answer = route.ask(route.body.getBytes(UTF_8), JSON, header);
            assertSound(answer);
            assertEquals(route.usual, answer.status(), route::name);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "x",
                "/",
                ";",
                ",",
                "application/json;q=0",
                "application/json;q=x",
                "*/json",
                "\u00ff",
                "text/html, text/plain"
            })
    void survivesEveryAccept(String accept) throws IOException {
        for (Route route : Route.values()) {
            RawResponse answer = route.ask(route.body.getBytes(UTF_8), JSON, "Accept: " + accept);
            assertSound(answer);
            assertTrue(List.of(406, route.usual).contains(answer.status()), () -> route + ": " + answer);
        }
    }

    @Test
    void servesAClientWithThousandsOfHeaders() throws IOException {
        String[] headers =
                IntStream.range(0, 2_500).mapToObj(i -> "X" + i + ": 1").toArray(String[]::new);
        RawResponse answer = Route.REFRESH.ask(new byte[0], headers);

        assertProblem(401, "INVALID_REFRESH_TOKEN", answer);
    }

    record QueryRow(String method, String rest, int status) {}

    static List<QueryRow> queries() {
        String events = "/events?";
        List<QueryRow> rows = new ArrayList<>();
        Stream.of(
                        "x",
                        "+",
                        "1.5",
                        "1e3",
                        "0x1",
                        "--1",
                        "NaN",
                        "null",
                        "true",
                        "%00",
                        "%F0%9F%98%80",
                        "%ED%A0%80",
                        "%FF",
                        "%D9%A1",
                        "1%00",
                        "%27%20or%201=1")
                .forEach(value -> rows.add(new QueryRow("GET", events + "limit=" + value, 400)));
        Stream.of("0", "-1", "1", "100", "101", "00000", "2147483648", "9223372036854775808", "9".repeat(5_000))
                .forEach(value -> rows.add(new QueryRow("GET", events + "limit=" + value, 200)));
        Stream.of(
                        "x",
                        "null",
                        "%00",
                        "%FF",
                        "%27",
                        "AAAA",
                        "-".repeat(32),
                        "_".repeat(32),
                        "A".repeat(32) + "=",
                        "f".repeat(32),
                        "A".repeat(31),
                        "A".repeat(33),
                        "A".repeat(5_000),
                        "%ED%A0%80")
                .forEach(value -> rows.add(new QueryRow("GET", events + "cursor=" + value, 400)));
        Stream.of("", "x", "CURRENT", "current%00", "true", "%FF", "x".repeat(5_000))
                .forEach(value -> rows.add(new QueryRow("DELETE", "/sessions?keep=" + value, 400)));
        // The framework takes an empty value for none and the first of several; we take neither for what was meant.
        rows.add(new QueryRow("GET", events + "limit=&cursor=", 400));
        rows.add(new QueryRow("GET", events + "limit=1&limit=x", 400));
        rows.add(new QueryRow("GET", events + "&&&==&limit&", 400));
        rows.add(new QueryRow("GET", events + "?".repeat(1_000), 200));
        rows.add(new QueryRow("GET", events + "a=b&".repeat(2_000), 200));
        rows.add(new QueryRow("GET", "/events?limit=%", 400));
        rows.add(new QueryRow("GET", "/events?limit=%zz", 400));
        rows.add(new QueryRow("GET", "/events?a=<b>|\"", 400));
        Stream.of(
                        "x",
                        "'",
                        "%27%20or%201=1",
                        "null",
                        "%F0%9F%98%80",
                        "x".repeat(7_000),
                        UUID.randomUUID().toString())
                .forEach(id -> rows.add(new QueryRow("DELETE", "/sessions/" + id, 404)));
        Stream.of("%00", "%0a", "%FF", "%2F", "..", "%2e%2e", "a;b", "a%5Cb", "%25%30%30", "x".repeat(9_000))
                .forEach(id -> rows.add(new QueryRow("DELETE", "/sessions/" + id, 400)));
        return rows;
    }

    @ParameterizedTest
    @MethodSource("queries")
    void checksParametersThatAreMissing(QueryRow row) throws IOException {
        RawResponse answer = RawResponse.to(
                row.method(),
                somebody.own(row.rest()),
                List.of("Authorization: Bearer " + somebody.accessToken()),
                new byte[0]);

        assertSound(answer);
        assertEquals(row.status(), answer.status(), answer::body);
    }

    private static Route[] routes() {
        return Route.values();
    }

    /** The same for every route. */
    private static Stream<Row> rows(Stream<Row> templates) {
        return templates.flatMap(row -> Stream.of(Route.values()).map(route -> new Row(route, row.what(), row.body())));
    }

    private static byte[] bytes(String start, int... more) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(start.getBytes(UTF_8));
        for (int b : more) {
            bytes.write(b);
        }
        bytes.writeBytes("\"}".getBytes(UTF_8));
        return bytes.toByteArray();
    }

    private static String shown(String text) {
        String shown = text.replaceAll("\\p{Cntrl}", "?");
        return shown.length() <= 40 ? shown : shown.substring(0, 40) + "… (" + text.length() + ")";
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }

    private static String firstField(Route route) {
        return route.body.split("\"", 3)[1];
    }

    private static String head(Route route) {
        return route.method + " " + (route.own() ? somebody.own(route.path) : route.path)
                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + JSON + "\r\n"
                + (route.own() ? "Authorization: Bearer " + somebody.accessToken() + "\r\n" : "");
    }

    private static RawResponse chunked(Route route, String chunk, int times) throws IOException {
        return RawResponse.to(head(route) + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(times) + "0\r\n\r\n");
    }

    private static void assertProblem(int status, String code, RawResponse answer) {
        assertSound(answer);
        assertEquals(status, answer.status(), answer::toString);
        if (code != null) {
            assertEquals(code, answer.json().getString("code"), answer::body);
        }
    }

    /** Whatever the answer is, there is one, it is no failure of ours, and it tells nothing of what runs here. */
    private static void assertSound(RawResponse answer) {
        assertTrue(answer.status() != 0, () -> "no answer: " + answer);
        assertTrue(answer.status() < 500, answer::toString);
        for (String leak : LEAKS) {
            assertFalse(answer.body().contains(leak), () -> leak + " in " + answer.body());
        }
        if (answer.status() < 400) {
            return;
        }
        if (answer.body().isEmpty()) {
            assertTrue(BARE.contains(answer.status()), () -> "bare: " + answer);
            return;
        }
        assertEquals(
                "application/problem+json", answer.header("Content-Type").replaceFirst(";.*", ""), answer::toString);
        assertEquals("nosniff", answer.header("X-Content-Type-Options"));
        assertEquals(answer.header("X-Request-Id"), answer.json().getString("request_id"));
        ProblemCode code = ProblemCode.valueOf(answer.json().getString("code"));
        assertEquals(answer.status(), answer.json().getInt("status"));
        assertTrue(code.status() == answer.status() || answer.status() == 403, answer::toString);
        assertFalse(answer.json().getString("message").isBlank());
    }
}
