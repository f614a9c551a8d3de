package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.latchkey.fixture.SelfSigned;
import dev.latchkey.fixture.TestHttp;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents of others are read in bounded time and size, from the server that was named and no other. */
class OutboundHttpTest {

    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(20);

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, '', /",
        "127.0.0.1, /, /",
        "127.0.0.1, ?a=b, /?a=b",
        "localhost, /range/%C3%A9%2F?x=%20y#part, /range/%C3%A9%2F?x=%20y",
        "[::1], /jwks, /jwks",
    })
    void asksForWhatTheUrlNames(String host, String rest, String target) throws IOException {
        List<HttpExchange> requests = new CopyOnWriteArrayList<>();
        HttpServer server = server(InetAddress.getByName(host), requests);
        try {
            String authority = host + ":" + server.getAddress().getPort();
            OutboundHttp.Response response = TestHttp.CLIENT
                    .get(URI.create("http://" + authority + rest), Map.of("X-Mark", "q7w8"), LONG)
                    .join();
            assertEquals(203, response.status());
            assertEquals("h\u00E9", response.body());
            assertEquals("yes", response.header("x-seen").orElseThrow());
            assertTrue(response.header("X-None").isEmpty());
            HttpExchange request = requests.getFirst();
            assertEquals("GET", request.getRequestMethod());
            assertEquals(target, request.getRequestURI().toString());
            assertEquals("q7w8", request.getRequestHeaders().getFirst("X-Mark"));
            assertEquals(authority, request.getRequestHeaders().getFirst("Host"));
        } finally {
            server.stop(0);
        }
    }

    /** The connection is closed then, or a server that answers byte by byte would hold one for ever. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbegin",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n",
            })
    void givesUpInTimeAndClosesTheConnection(String beginning) throws IOException {
        try (RawServer server = new RawServer(beginning)) {
            CompletionException failed = assertThrows(
                    CompletionException.class,
                    () -> TestHttp.CLIENT.get(server.url(), Map.of(), SHORT).join());
            assertInstanceOf(TimeoutException.class, failed.getCause());
            server.awaitClosedByClient();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no http\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            })
    void failsAfterAMalformedResponse(String response) throws IOException {
        try (RawServer server = new RawServer(response)) {
            assertThrows(
                    CompletionException.class,
                    () -> TestHttp.CLIENT.get(server.url(), Map.of(), LONG).join());
        }
    }

    @Test
    void failsAtABodyThatIsTooLargeAndClosesTheConnection() throws IOException {
        String body = "x".repeat(OutboundHttp.MAX_BYTES);
        try (RawServer server =
                new RawServer("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)) {
            assertEquals(
                    body,
                    TestHttp.CLIENT.get(server.url(), Map.of(), LONG).join().body());
        }
        try (RawServer server = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n" + body + "x")) {
            CompletionException failed = assertThrows(
                    CompletionException.class,
                    () -> TestHttp.CLIENT.get(server.url(), Map.of(), LONG).join());
            assertTrue(failed.getCause().getMessage().contains("larger than"), failed::toString);
            server.awaitClosedByClient();
        }
    }

    @Test
    void failsWhereNothingListens() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertThrows(
                CompletionException.class,
                () -> TestHttp.CLIENT
                        .get(URI.create("http://127.0.0.1:" + port + "/"), Map.of(), LONG)
                        .join());
    }

    // Security: over an unprotected connection, keys of an issuer or the answer about a password could be altered.
    @Nested
    class Tls {

        @TempDir
        Path folder;

        @Test
        void readsFromAServerWithATrustedCertificateOfItsName() throws IOException {
            assertEquals(203, get("localhost", true));
        }

        @Test
        void refusesATrustedCertificateOfAnotherName() {
            assertHandshakeFails("elsewhere.example.com", true, "name matching localhost found");
        }

        @Test
        void refusesACertificateThatIsNotTrusted() {
            assertHandshakeFails("localhost", false, "PKIX path building failed");
        }

        private void assertHandshakeFails(String name, boolean trusted, String reason) {
            CompletionException failed = assertThrows(CompletionException.class, () -> get(name, trusted));
            assertInstanceOf(SSLHandshakeException.class, failed.getCause());
            assertTrue(failed.getCause().getMessage().contains(reason), failed::toString);
        }

        private int get(String name, boolean trusted) throws IOException {
            Path certificate = folder.resolve("server.pem");
            HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(SelfSigned.context(name, certificate)));
            server.createContext("/", exchange -> {
                exchange.sendResponseHeaders(203, -1);
                exchange.close();
            });
            server.start();
            if (trusted) {
                System.setProperty("javax.net.ssl.trustStore", certificate + ".p12");
                System.setProperty("javax.net.ssl.trustStorePassword", "changeit");
            }
            Vertx vertx = Vertx.vertx();
            try {
                URI url = URI.create("https://localhost:" + server.getAddress().getPort() + "/");
                return new OutboundHttp(vertx).get(url, Map.of(), LONG).join().status();
            } finally {
                System.clearProperty("javax.net.ssl.trustStore");
                System.clearProperty("javax.net.ssl.trustStorePassword");
                vertx.close();
                server.stop(0);
            }
        }
    }

    private static HttpServer server(InetAddress address, List<HttpExchange> requests) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(address, 0), 0);
        server.createContext("/", exchange -> {
            requests.add(exchange);
            byte[] body = "h\u00E9".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("X-Seen", "yes");
            exchange.sendResponseHeaders(203, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    /** Sends these bytes to the first client, and nothing more. */
    private static final class RawServer implements AutoCloseable {

        private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final Thread thread;
        private volatile boolean isClosedByClient;

        RawServer(String response) throws IOException {
            thread = Thread.ofPlatform().daemon().start(() -> {
                try (Socket client = listening.accept()) {
                    client.getOutputStream().write(response.getBytes(StandardCharsets.UTF_8));
                    client.getOutputStream().flush();
                    while (client.getInputStream().read() >= 0) {
                        // The request.
                    }
                } catch (IOException reset) {
                    // As good as an end.
                }
                isClosedByClient = true;
            });
        }

        URI url() {
            return URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/");
        }

        void awaitClosedByClient() {
            try {
                thread.join(LONG);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            assertTrue(isClosedByClient, "the connection is still open");
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }
}
