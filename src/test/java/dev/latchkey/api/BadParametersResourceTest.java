package dev.latchkey.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.RawResponse;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Malformed query parameters and path parameters. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class BadParametersResourceTest extends BadInput {

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
        // The framework reads an empty value as none, and the first of several; we refuse both.
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
    void validatesParameters(QueryRow row) throws IOException {
        RawResponse response = RawResponse.to(
                row.method(),
                user.own(row.rest()),
                List.of("Authorization: Bearer " + user.accessToken()),
                new byte[0]);

        assertSound(response);
        assertEquals(row.status(), response.status(), response::body);
    }
}
