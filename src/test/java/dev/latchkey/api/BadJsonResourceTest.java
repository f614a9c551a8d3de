package dev.latchkey.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.RawResponse;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies that are not the JSON object a route expects, and those that are in an unusual form. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class BadJsonResourceTest extends BadInput {

    record Row(Route route, String what, byte[] body) {
        @Override
        public String toString() {
            return route + " " + what;
        }
    }

    /** None of these is the one JSON object that every route expects. */
    static Stream<Row> malformedJson() {
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
    @MethodSource("malformedJson")
    void refusesMalformedJson(Row row) throws IOException {
        RawResponse response = row.route().send(row.body(), JSON);

        assertProblem(400, "MALFORMED_JSON", response);
    }

    /** No body, null, and blanks: accepted as an absent body where the body is optional, refused elsewhere. */
    static Stream<Row> blankBodies() {
        return rows(Stream.of("", "null", " ", "\r\n\t ", " null ")
                .map(text -> new Row(Route.LOGIN, "'" + shown(text) + "'", text.getBytes(UTF_8))));
    }

    @ParameterizedTest
    @MethodSource("blankBodies")
    void acceptsBlankBodyOnlyWhereItIsOptional(Row row) throws IOException {
        RawResponse response = row.route().send(row.body(), JSON);

        if (row.route().bodyOptional()) {
            assertSound(response);
            assertEquals(row.route().status, response.status());
        } else {
            assertProblem(400, "MALFORMED_JSON", response);
        }
    }

    @ParameterizedTest
    @EnumSource
    void ignoresUnknownFields(Route route) throws IOException {
        String more = ",\"admin\":true,\"roles\":[\"admin\"],\"user_id\":\"x\",\"id\":{\"a\":[1e999999,null]},\"\":0,"
                + "\"__proto__\":{},\"class\":\"java.lang.Runtime\",\"@type\":\"x\"}";
        RawResponse response =
                route.send((route.body.substring(0, route.body.length() - 1) + more).getBytes(UTF_8), JSON);

        assertSound(response);
        assertEquals(route.status, response.status());
    }

    @ParameterizedTest
    @EnumSource
    void acceptsByteOrderMark(Route route) throws IOException {
        RawResponse response = route.send(("\ufeff" + route.body).getBytes(UTF_8), JSON);

        assertSound(response);
        assertEquals(route.status, response.status());
    }

    /** Repeats each row for every route. */
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
}
