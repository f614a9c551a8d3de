package dev.latchkey.gatecheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.gatecheck.RawResponse.Closed;
import dev.latchkey.gatecheck.RawResponse.Received;
import dev.latchkey.gatecheck.RawResponse.Unclear;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RawResponseReaderTest {

    private static final int LIMIT = RawResponseReader.BODY_LIMIT;

    @Test
    void readsABodyByContentLength() {
        assertEquals(
                new Received(200, "body", true),
                read("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX: y\r\n\r\nbodyHTTP/1.1 403 Next\r\n\r\n"));
        assertEquals(new Received(200, "", true), read("HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n"));
        assertEquals(new Received(403, "no", true), read("HTTP/1.0 403 \r\nCONTENT-LENGTH: 2 \r\n\r\nno"));
    }

    @Test
    void readsAChunkedBody() {
        assertEquals(
                new Received(200, "one, two", true),
                read(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\none, \r\n03\r\ntwo\r\n0\r\nT: r\r\n\r\n"));
        assertEquals(
                new Received(200, "0123456789abcdef", true),
                read("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\nContent-Length: 3\r\n\r\n"
                        + "10\r\n0123456789abcdef\r\n0\r\n\r\n"));
    }

    @Test
    void readsABodyUntilTheConnectionCloses() {
        assertEquals(new Received(200, "all of it", true), read("HTTP/1.1 200 OK\r\n\r\nall of it"));
        assertEquals(new Received(200, "x", true), read("HTTP/1.1 200\nContent-Length: x\n\nx"));
        assertEquals(
                new Received(200, "xy", true),
                read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy"),
                "of two different lengths neither is used");
    }

    @Test
    void keepsRawOctets() {
        assertEquals(new Received(200, "\0\u00ff\r\n", true), read("HTTP/1.1 200 OK\r\n\r\n\0\u00ff\r\n"));
    }

    @Test
    void skipsInterimResponses() {
        assertEquals(
                new Received(403, "", true),
                read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
                        + "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
    }

    @Test
    void readsAnUpgradeAsAFinalResponse() {
        assertEquals(
                new Received(101, "", true),
                read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\u0081"));
    }

    @ParameterizedTest
    @CsvSource({"HEAD, 200", "GET, 204", "GET, 304"})
    void readsResponsesThatHaveNoBody(String method, int status) {
        assertEquals(
                new Received(status, "", true),
                RawResponseReader.read(octets("HTTP/1.1 " + status + " X\r\nContent-Length: 10\r\n\r\n"), method));
    }

    /** A success that breaks off is a success: data have been sent. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\n\r\nbody",
                "Content-Length: 999999999999999999\r\n\r\nbody",
                "Transfer-Encoding: chunked\r\n\r\n4\r\nbody",
                "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n",
                "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\nxyz\r\n",
                "Transfer-Encoding: chunked\r\n\r\n4\r\nbodyandmore\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nbody",
                "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n-1\r\n",
                "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\nfffffffffffffffff\r\n",
            })
    void keepsTheStatusWhenTheBodyBreaksOff(String rest) {
        assertEquals(new Received(200, "body", false), read("HTTP/1.1 200 OK\r\n" + rest));
    }

    @Test
    void keepsTheStatusWhenTheConnectionBreaks() {
        InputStream broken = new SequenceInputStream(octets("HTTP/1.1 200 OK\r\n\r\nbody"), new Broken());
        assertEquals(new Received(200, "body", false), RawResponseReader.read(broken, "GET"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Content-Length: 100000000000\r\n", "Transfer-Encoding: chunked\r\n"})
    void stopsReadingABodyAtTheLimit(String header) {
        String size = header.startsWith("Transfer") ? "7fffffffffffffe\r\n" : "";
        InputStream endless =
                new SequenceInputStream(octets("HTTP/1.1 200 OK\r\n" + header + "\r\n" + size), new Endless('x'));
        Received received = assertInstanceOf(Received.class, RawResponseReader.read(endless, "GET"));
        assertEquals(LIMIT, received.body().length());
        assertEquals(false, received.isComplete());
    }

    @Test
    void readsABodyOfExactlyTheLimit() {
        String body = "x".repeat(LIMIT);
        assertEquals(new Received(200, body, true), read("HTTP/1.1 200 OK\r\n\r\n" + body));
        assertEquals(
                new Received(200, body, true), read("HTTP/1.1 200 OK\r\nContent-Length: " + LIMIT + "\r\n\r\n" + body));
        assertEquals(new Received(200, body, false), read("HTTP/1.1 200 OK\r\n\r\n" + body + "x"));
    }

    @Test
    void stopsReadingEndlessHeaders() {
        for (InputStream endless : new InputStream[] {
            new SequenceInputStream(octets("HTTP/1.1 200 OK\r\n"), new Endless("X: y\r\n")),
            new SequenceInputStream(octets("HTTP/1.1 200 OK\r\nX: "), new Endless('y')),
            new SequenceInputStream(octets("HTTP/1.1 200 "), new Endless('y')),
            new Endless('y'),
            new Endless('\n'),
            new Endless("HTTP/1.1 100 Continue\r\n\r\n"),
        }) {
            assertInstanceOf(Unclear.class, RawResponseReader.read(endless, "GET"));
        }
    }

    /** The lines of chunks count towards the limit for lines, so that long extensions cannot evade it. */
    @Test
    void stopsReadingEndlessChunks() {
        InputStream endless = new SequenceInputStream(
                octets("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
                new Endless("1;aaaaaaaaaaaaaaa\r\nx\r\n"));
        Received received = assertInstanceOf(Received.class, RawResponseReader.read(endless, "GET"));
        assertTrue(received.body().length() < LIMIT, "the lines of the chunks were not counted");
        assertEquals(false, received.isComplete());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage",
                "garbage\r\n\r\n",
                "<html>200</html>",
                "\r\n",
                "HTTP/1.1\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 099 OK\r\n\r\n",
                "HTTP/1.1 -20 OK\r\n\r\n",
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/1.1  200 OK\r\n\r\n",
                "http/1.1 200 OK\r\n\r\n",
                " HTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK",
                "HTTP/1.1 200 OK\r\n",
                "HTTP/1.1 200 OK\r\nX: y\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n",
                "\u0015\u0003\u0001\0\u0002\u0002P"
            })
    void reportsMalformedResponsesAsUnclear(String text) {
        assertInstanceOf(Unclear.class, read(text));
    }

    @Test
    void reportsAClosedConnection() {
        assertEquals(new Closed(), read(""));
        assertEquals(new Closed(), RawResponseReader.read(new Broken(), "GET"));
        assertInstanceOf(
                Unclear.class,
                RawResponseReader.read(new SequenceInputStream(octets("HTTP/1.1 2"), new Broken()), "GET"));
    }

    private static RawResponse read(String text) {
        return RawResponseReader.read(octets(text), "GET");
    }

    private static InputStream octets(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Repeats a text endlessly. */
    private static final class Endless extends InputStream {

        private final String text;
        private int next;

        private Endless(String text) {
            this.text = text;
        }

        private Endless(char c) {
            this(Character.toString(c));
        }

        @Override
        public int read() {
            return text.charAt(next++ % text.length());
        }
    }

    private static final class Broken extends InputStream {

        @Override
        public int read() throws IOException {
            throw new IOException("Connection reset");
        }
    }
}
