package dev.latchkey.api;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.RawResponse;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests whose length, encoding, request line or header lines are wrong, and bodies that are too large or never end. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class BadFramingResourceTest extends BadInput {

    @ParameterizedTest
    @EnumSource
    void refusesBodyThatIsTooLarge(Route route) throws IOException {
        byte[] body = route.with(firstField(route), "\"" + "x".repeat(1_000_000) + "\"");

        assertProblem(413, "BODY_TOO_LARGE", route.send(body, JSON));
    }

    @ParameterizedTest
    @EnumSource
    void refusesChunkedBodyThatIsTooLarge(Route route) throws IOException {
        assertProblem(413, "BODY_TOO_LARGE", chunked(route, "10000\r\n" + "x".repeat(65_536) + "\r\n", 16));
    }

    /** Lengths and encodings that contradict the body. The first bytes that are no request end the connection. */
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
    void malformedFramingCausesNoServerError(String framing) throws IOException {
        for (Route route : Route.values()) {
            RawResponse response = RawResponse.to(head(route) + framing);
            assertSound(response);
            assertTrue(response.status() < 300 || response.status() >= 400, response::toString);
        }
    }

    static List<String> incompleteBodies() {
        return List.of(
                "Content-Length: 3\r\n\r\n{}",
                "Content-Length: 65536\r\n\r\n{}",
                "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
                "Transfer-Encoding: gzip\r\n\r\n{}",
                "Transfer-Encoding: xchunked\r\n\r\n{}");
    }

    /** Reading a body that never ends is given up in time (latchkey.http.body.timeout). */
    @Test
    void timesOutOnIncompleteBody() throws Exception {
        List<String> framings = incompleteBodies();
        List<FutureTask<RawResponse>> responses = framings.stream()
                .map(framing -> new FutureTask<>(() -> RawResponse.to(head(Route.LOGIN) + framing)))
                .peek(Thread::startVirtualThread)
                .toList();
        for (int i = 0; i < framings.size(); i++) {
            RawResponse response = responses.get(i).get();
            String framing = framings.get(i);
            assertSound(response);
            assertTrue(Set.of(400, 408, 501).contains(response.status()), () -> framing + ": " + response);
        }
    }

    record RawRequest(String what, String request) {
        @Override
        public String toString() {
            return what;
        }
    }

    static List<RawRequest> requestHeads() {
        String get = "GET /api/auth/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
        return List.of(
                new RawRequest("64 KB in one header", get + "X: " + "x".repeat(65_536) + "\r\n\r\n"),
                new RawRequest("a token of 64 KB", get + "Authorization: Bearer " + "x".repeat(65_536) + "\r\n\r\n"),
                new RawRequest(
                        "a cookie of 64 KB", get + "Cookie: latchkey_session=" + "x".repeat(65_536) + "\r\n\r\n"),
                new RawRequest("a header name of 64 KB", get + "x".repeat(65_536) + ": x\r\n\r\n"),
                new RawRequest("ten thousand headers", get + "X-Header: x\r\n".repeat(10_000) + "\r\n"),
                new RawRequest(
                        "a target of 12 KB", "GET /" + "x".repeat(12_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                new RawRequest("a method of 12 KB", "G".repeat(12_000) + " / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                new RawRequest("no request", "garbage\r\n\r\n"),
                new RawRequest(
                        "a TLS greeting", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n"),
                new RawRequest("another protocol", "GET / FTP/1.1\r\nHost: localhost\r\n\r\n"),
                new RawRequest("a version of the future", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"),
                new RawRequest("a version that is none", "GET / HTTP/x\r\nHost: localhost\r\n\r\n"),
                new RawRequest("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                new RawRequest("a header without a colon", get + "nonsense\r\n\r\n"),
                new RawRequest("a header without a name", get + ": x\r\n\r\n"),
                new RawRequest("a blank before the colon", get + "X : x\r\n\r\n"),
                new RawRequest("a folded header", get + "X: a\r\n b\r\n\r\n"),
                new RawRequest("NUL in a header", get + "X: a\u0000b\r\n\r\n"),
                new RawRequest("NUL in the token", get + "Authorization: Bearer a\u0000b\r\n\r\n"),
                new RawRequest("control bytes in the token", get + "Authorization: Bearer \u0001\u0002\u007f\r\n\r\n"),
                new RawRequest("a lone CR in a header", get + "X: a\rY: b\r\n\r\n"),
                new RawRequest("no Host", "GET /api/auth/session HTTP/1.1\r\nConnection: close\r\n\r\n"),
                new RawRequest("two Hosts", get + "Host: example.com\r\n\r\n"),
                new RawRequest(
                        "a Host that is none",
                        "GET /api/auth/session HTTP/1.1\r\nHost: a b/?#\r\nConnection: close\r\n\r\n"),
                new RawRequest("an empty Host", "GET /api/auth/session HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n"),
                new RawRequest("HTTP/1.0", "GET /api/auth/session HTTP/1.0\r\n\r\n"),
                new RawRequest(
                        "an upgrade to HTTP/2",
                        get + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n"),
                new RawRequest("an upgrade to WebSocket", get + "Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n"),
                new RawRequest(
                        "another host's target",
                        "GET http://example.com/api/auth/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
                new RawRequest("no slash", "GET api HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
                new RawRequest("an asterisk", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
                new RawRequest(
                        "CONNECT", "CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
                new RawRequest(
                        "TRACE", "TRACE /api/auth/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    }

    /** Refused by the server itself, by a filter, or with the 401 of the route. */
    @ParameterizedTest
    @MethodSource("requestHeads")
    void malformedRequestHeadCausesNoServerError(RawRequest row) throws IOException {
        RawResponse response = RawResponse.to(row.request());

        assertSound(response);
        assertTrue(response.status() >= 400 || row.what().equals("an asterisk"), response::toString);
        assertFalse(response.body().contains("nonsense"), "TRACE and the like echo nothing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "CONNECT", "FOO", "get", "Post", "PROPFIND", "PURGE", "LINK", "M-SEARCH", "A.B"})
    void refusesUnknownMethods(String method) throws IOException {
        for (String path : List.of("/api/auth/session", "/api/auth/login", "/.well-known/jwks.json")) {
            RawResponse response = RawResponse.to(method, path, List.of(), new byte[0]);
            assertSound(response);
            assertTrue(Set.of(400, 404, 405).contains(response.status()), response::toString);
        }
    }

    private static String firstField(Route route) {
        return route.body.split("\"", 3)[1];
    }

    private static RawResponse chunked(Route route, String chunk, int times) throws IOException {
        return RawResponse.to(head(route) + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(times) + "0\r\n\r\n");
    }
}
