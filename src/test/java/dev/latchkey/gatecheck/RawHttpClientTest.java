package dev.latchkey.gatecheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.SelfSigned;
import dev.latchkey.gatecheck.RawResponse.Received;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are hostile, slow, or have an untrusted certificate. */
@Timeout(60)
class RawHttpClientTest {

    private static final TestRequest REQUEST = TestRequest.refused("dots", "/api/ada/../bob/tasks");
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private final List<ServerSocket> servers = new CopyOnWriteArrayList<>();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() throws IOException {
        for (ServerSocket server : servers) {
            server.close();
        }
    }

    @Test
    void sendsTheRequestExactlyAsWritten() throws IOException {
        int port = serving(plain(), client -> {
            seen.add(head(client));
            write(client, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
        });
        assertEquals(new Received(403, "", true), send("http://localhost:" + port, LONG));
        assertEquals(
                List.of("GET /api/ada/../bob/tasks HTTP/1.1\r\nHost: localhost:" + port
                        + "\r\nUser-Agent: latchkey-gate-check\r\nAccept: */*\r\n"
                        + "Authorization: Bearer head.claims.signature\r\nConnection: close\r\n\r\n"),
                seen);
    }

    /** A server may keep the connection open after the response. */
    @Test
    void doesNotWaitForTheServerToCloseTheConnection() throws IOException {
        int port = serving(plain(), client -> {
            write(client, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody");
            pause(LONG);
        });
        assertEquals(new Received(200, "body", true), send("http://localhost:" + port, LONG));
    }

    @Test
    void timesOutOnASilentServer() throws IOException {
        int port = serving(plain(), client -> pause(LONG));
        assertEquals(new RawResponse.Unclear("no response within 1 s"), send("http://localhost:" + port, SHORT));
    }

    /** Each octet arrives before the timeout, but the head never ends. */
    @Test
    void timesOutOnASlowHead() throws IOException {
        int port = serving(plain(), client -> {
            for (String next = "HTTP/1.1 200 OK\r\n"; ; next = "X: y\r\n") {
                for (char c : next.toCharArray()) {
                    write(client, Character.toString(c));
                    pause(Duration.ofMillis(20));
                }
            }
        });
        assertEquals(new RawResponse.Unclear("no response within 1 s"), send("http://localhost:" + port, SHORT));
    }

    @Test
    void keepsTheStatusOfAResponseWithASlowBody() throws IOException {
        int port = serving(plain(), client -> {
            write(client, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            while (true) {
                write(client, "x");
                pause(Duration.ofMillis(20));
            }
        });
        Received received = assertInstanceOf(Received.class, send("http://localhost:" + port, Duration.ofSeconds(3)));
        assertEquals(200, received.status());
        assertTrue(received.body().startsWith("x"));
        assertEquals(false, received.isComplete());
    }

    @Test
    void readsAResponseSentBeforeTheRequestWasRead() throws IOException {
        int port = serving(plain(), client -> {
            write(client, "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n");
            client.shutdownOutput();
            head(client);
        });
        assertEquals(new Received(400, "", true), send("http://localhost:" + port, LONG));
    }

    @Test
    void reportsAClosedConnection() throws IOException {
        int silent = serving(plain(), RawHttpClientTest::head);
        assertEquals(new RawResponse.Closed(), send("http://localhost:" + silent, LONG));
        int reset = serving(plain(), client -> {
            // Otherwise the reset may come while the client still connects.
            head(client);
            client.setSoLinger(true, 0);
        });
        assertEquals(new RawResponse.Closed(), send("http://localhost:" + reset, LONG));
    }

    @Test
    void reportsARefusedConnection() throws IOException {
        int port;
        try (ServerSocket gone = plain()) {
            port = gone.getLocalPort();
        }
        RawResponse.Unclear unclear =
                assertInstanceOf(RawResponse.Unclear.class, send("http://localhost:" + port, LONG));
        assertTrue(unclear.reason().startsWith("no connection: "), unclear.reason());
    }

    @Test
    void reportsAnUnknownHost() {
        // A label of more than 63 letters needs no resolver.
        String name = "x".repeat(64) + ".invalid";
        assertEquals(new RawResponse.Unclear("the host is unknown"), send("http://" + name, LONG));
    }

    @Test
    void sendsServerNameAndHttp11InTheTlsHandshake() throws Exception {
        Path authority = folder.resolve("localhost.pem");
        int port = serving(SelfSigned.server("localhost", authority), client -> {
            SSLSocket socket = (SSLSocket) client;
            socket.startHandshake();
            ExtendedSSLSession session = (ExtendedSSLSession) socket.getSession();
            for (SNIServerName name : session.getRequestedServerNames()) {
                seen.add(new String(name.getEncoded(), StandardCharsets.US_ASCII));
            }
            seen.add(socket.getApplicationProtocol());
            head(client);
            write(client, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody");
        });
        assertEquals(new Received(200, "body", true), send("https://localhost:" + port, LONG, trust(authority)));
        assertEquals(List.of("localhost", "http/1.1"), seen);
    }

    /** Security: the token must not go to a server with an untrusted certificate; such a server sees no request. */
    @Test
    void sendsNothingToAServerWithAnUntrustedCertificate() throws Exception {
        Path authority = folder.resolve("localhost.pem");
        int unknown = serving(SelfSigned.server("localhost", authority), client -> seen.add(head(client)));
        assertRefusesTls(send("https://localhost:" + unknown, LONG, TrustedCertificates.platformDefault()));

        Path other = folder.resolve("other.pem");
        int misnamed = serving(SelfSigned.server("other.example.com", other), client -> seen.add(head(client)));
        assertRefusesTls(send("https://localhost:" + misnamed, LONG, trust(other)));

        int address =
                serving(SelfSigned.server("localhost", folder.resolve("again.pem")), client -> seen.add(head(client)));
        assertRefusesTls(send("https://127.0.0.1:" + address, LONG, trust(folder.resolve("again.pem"))));

        int plain = serving(plain(), client -> write(client, "HTTP/1.1 200 OK\r\n\r\n"));
        assertRefusesTls(send("https://localhost:" + plain, LONG, trust(authority)));
        assertTrue(seen.stream().allMatch(String::isEmpty), seen::toString);
    }

    @Test
    void timesOutOnAnUnfinishedTlsHandshake() throws Exception {
        int port = serving(plain(), client -> pause(LONG));
        assertEquals(
                new RawResponse.Unclear("no response within 1 s"),
                send("https://localhost:" + port, SHORT, TrustedCertificates.platformDefault()));
    }

    @Test
    void refusesFilesWithoutCertificates() {
        for (String text :
                List.of("", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")) {
            assertInstanceOf(Parsed.Invalid.class, TrustedCertificates.parse(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static void assertRefusesTls(RawResponse response) {
        RawResponse.Unclear unclear = assertInstanceOf(RawResponse.Unclear.class, response);
        assertTrue(unclear.reason().startsWith("TLS failed: "), unclear.reason());
    }

    private static RawResponse send(String url, Duration timeout) {
        return send(url, timeout, TrustedCertificates.platformDefault());
    }

    private static RawResponse send(String url, Duration timeout, SSLSocketFactory trust) {
        return new RawHttpClient(
                        DeploymentTest.deployment(url), trust, BearerTokenTest.token("head.claims.signature"), timeout)
                .send(REQUEST);
    }

    private static SSLSocketFactory trust(Path pem) throws IOException {
        return assertInstanceOf(
                SSLSocketFactory.class,
                assertInstanceOf(Parsed.Valid.class, TrustedCertificates.parse(Files.readAllBytes(pem)))
                        .value());
    }

    private static ServerSocket plain() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /** What the server does with a connection. */
    private interface Service {
        void serve(Socket client) throws IOException, InterruptedException;
    }

    private int serving(ServerSocket server, Service service) {
        servers.add(server);
        Thread.ofPlatform().daemon().name("hostile").start(() -> {
            while (!server.isClosed()) {
                try (Socket client = server.accept()) {
                    service.serve(client);
                } catch (IOException | InterruptedException ended) {
                    // The next connection is served all the same.
                }
            }
        });
        return server.getLocalPort();
    }

    private static String head(Socket client) throws IOException {
        StringBuilder head = new StringBuilder();
        InputStream in = client.getInputStream();
        for (int c = in.read(); c >= 0; c = in.read()) {
            head.append((char) c);
            if (head.indexOf("\r\n\r\n") >= 0) {
                return head.toString();
            }
        }
        return head.toString();
    }

    private static void write(Socket client, String text) throws IOException {
        OutputStream out = client.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static void pause(Duration duration) throws InterruptedException {
        Thread.sleep(duration);
    }
}
