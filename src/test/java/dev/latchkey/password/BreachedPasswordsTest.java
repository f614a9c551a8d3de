package dev.latchkey.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.latchkey.fixture.LogLines;
import dev.latchkey.fixture.SteppedClock;
import dev.latchkey.fixture.TestHttp;
import dev.latchkey.password.BreachedPasswords.Outage;
import dev.latchkey.password.Passwords.ChosenHashing;
import dev.latchkey.password.Passwords.Hashing;
import dev.latchkey.password.Passwords.Verification;
import dev.latchkey.platform.http.OutboundHttp;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A range API gets five digits of the hashes of chosen passwords, and its failures keep no password from being set. */
class BreachedPasswordsTest {

    private static final String RAW = "correct horse battery staple";
    private static final Password PASSWORD = Password.of(RAW);

    // printf 'correct horse battery staple' | sha1sum
    private static final String PREFIX = "ABF7A";
    private static final String REST = "AD6438836DBE526AA231ABDE2D0EEF74D42";
    private static final String OTHER = "0123456789ABCDEF0123456789ABCDEF012";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final SteppedClock clock = new SteppedClock();
    private final List<HttpExchange> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile Response response = exchange -> send(exchange, 200, OTHER + ":3\r\n" + REST + ":11\r\n");
    private HttpServer api;

    @FunctionalInterface
    private interface Response {
        void send(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        api.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        api.createContext("/", exchange -> {
            requests.add(exchange);
            response.send(exchange);
            exchange.close();
        });
        api.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        api.stop(0);
    }

    // --- Requests ---

    @Test
    void sendsFiveDigitsAndRequestsPadding() {
        assertTrue(breached().contains(PASSWORD));
        HttpExchange request = requests.getFirst();
        assertEquals("GET", request.getRequestMethod());
        assertEquals("/range/" + PREFIX, request.getRequestURI().toString());
        assertEquals("true", request.getRequestHeaders().getFirst("Add-Padding"));
        assertEquals("Latchkey", request.getRequestHeaders().getFirst("User-Agent"));
        assertEquals(1, count("breached"));
        assertFalse(request.getRequestHeaders().values().toString().contains(REST.substring(0, 5)));
    }

    @Test
    void hashesTheComposedFormInUtf8() {
        breached().contains(Password.of("pa\u0308sswo\u0308rd \uD83D\uDE00"));
        breached().contains(Password.of("p\u00E4ssw\u00F6rd \uD83D\uDE00"));
        // printf 'p\xc3\xa4ssw\xc3\xb6rd \xf0\x9f\x98\x80' | sha1sum
        assertEquals(
                List.of("/range/43318", "/range/43318"),
                requests.stream()
                        .map(request -> request.getRequestURI().toString())
                        .toList());
    }

    @Test
    void sendsNothingWithoutAUrl() {
        var off = new BreachedPasswords(PasswordsTest.CHEAP, TestHttp.CLIENT, clock, meters);
        assertFalse(off.contains(PASSWORD));
        assertTrue(meters.getMeters().isEmpty());
    }

    // --- Responses ---

    @Test
    void comparesDigitsInEitherCase() {
        response = exchange -> send(exchange, 200, REST.toLowerCase(Locale.ROOT) + ":1");
        assertTrue(breached().contains(PASSWORD));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                OTHER + ":5",
                REST + ":0",
                REST + ":000",
                OTHER + ":0\r\n" + REST + ":0\r\n",
                OTHER + ":7\n\n",
            })
    void acceptsWhatIsNotListedOrPaddingOnly(String body) {
        response = exchange -> send(exchange, 200, body);
        assertFalse(breached().contains(PASSWORD));
        assertEquals(1, count("clean"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"not a line", OTHER, OTHER + ":", OTHER + ":-1", ":1", "\u0000", OTHER + ":1:1"})
    void findsABreachedPasswordBesideAMalformedLine(String line) {
        response = exchange -> send(exchange, 200, line + "\r\n" + REST + ":2");
        assertTrue(breached().contains(PASSWORD));
        response = exchange -> send(exchange, 200, OTHER + ":2\r\n" + line);
        assertFalse(breached().contains(PASSWORD));
        assertEquals(1, count("breached"));
        assertEquals(1, count("failed"));
    }

    // --- Failures ---

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>Sign in to this network</html>",
                REST,
                REST + ":",
                REST + ":x",
                REST + ":1x",
                REST + " :1",
                "A" + REST + ":1",
                "AD6438836DBE526AA231ABDE2D0EEF74D4:1",
                REST + ":1234567890123456789",
            })
    void acceptsAfterAResponseThatIsNoList(String body) {
        response = exchange -> send(exchange, 200, body);
        assertAcceptsAsFailed();
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 304, 400, 401, 404, 429, 500, 503})
    void acceptsAfterAnotherStatus(int status) {
        response = exchange -> send(exchange, status, REST + ":1");
        assertAcceptsAsFailed();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void followsNoRedirect(int status) {
        response = exchange -> {
            boolean first = requests.size() == 1;
            exchange.getResponseHeaders().set("Location", "/elsewhere/" + PREFIX);
            send(exchange, first ? status : 200, REST + ":1");
        };
        assertAcceptsAsFailed();
        assertEquals(1, requests.size());
    }

    @Test
    void acceptsAfterAHugeResponse() {
        response = exchange -> send(exchange, 200, (OTHER + ":1\r\n").repeat(10_000) + REST + ":1");
        assertAcceptsAsFailed();
        response = exchange -> {
            // Without an end.
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                while (true) {
                    body.write((OTHER + ":1\r\n").getBytes(StandardCharsets.US_ASCII));
                }
            }
        };
        assertFalse(breached().contains(PASSWORD));
        assertEquals(2, count("failed"));
    }

    @Test
    void readsTheLargestResponseThatIsAllowed() {
        String last = REST + ":1";
        response = exchange -> send(exchange, 200, "\n".repeat(OutboundHttp.MAX_BYTES - last.length()) + last);
        assertTrue(breached().contains(PASSWORD));
        response = exchange -> send(exchange, 200, "\n".repeat(OutboundHttp.MAX_BYTES - last.length() + 1) + last);
        assertAcceptsAsFailed();
    }

    @Test
    void acceptsWhenTheResponseDoesNotCome() {
        response = exchange -> await();
        assertAcceptsAsFailed(breached(Duration.ofMillis(200)));
    }

    @Test
    void acceptsWhenTheResponseDoesNotEnd() {
        response = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write((OTHER + ":1\r\n").getBytes(StandardCharsets.US_ASCII));
            exchange.getResponseBody().flush();
            await();
        };
        assertAcceptsAsFailed(breached(Duration.ofMillis(200)));
    }

    @Test
    void acceptsWhenTheConnectionIsClosed() {
        response = HttpExchange::close;
        assertAcceptsAsFailed();
    }

    @Test
    void acceptsWhenTheConnectionIsRefused() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var config = PasswordsTest.CHEAP.withBreachCheck("http://127.0.0.1:" + port + "/", Duration.ofSeconds(5));
        assertAcceptsAsFailed(new BreachedPasswords(config, TestHttp.CLIENT, clock, meters));
    }

    @Test
    void acceptsWhenInterruptedWhichIsNoFailureOfTheApi() {
        BreachedPasswords breached = breached();
        response = exchange -> await();
        for (int i = 0; i < Outage.FAILURES; i++) {
            Thread.currentThread().interrupt();
            assertFalse(breached.contains(PASSWORD));
            assertTrue(Thread.interrupted());
        }
        assertEquals(Outage.FAILURES, count("skipped"));
        assertEquals(0, count("failed"));

        response = exchange -> send(exchange, 200, REST + ":1");
        assertTrue(breached.contains(PASSWORD));
    }

    @Test
    void usesNoProxy() {
        ProxySelector before = ProxySelector.getDefault();
        // Nothing listens on this port.
        ProxySelector.setDefault(ProxySelector.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)));
        try {
            assertTrue(breached().contains(PASSWORD));
        } finally {
            ProxySelector.setDefault(before);
        }
    }

    // --- Outages ---

    // Else each sign-up would wait for the timeout.
    @Test
    void sendsRequestsNowAndThenOnlyDuringAnOutage() {
        BreachedPasswords breached = breached();
        response = exchange -> send(exchange, 503, "");
        for (int i = 0; i < 2 * Outage.FAILURES; i++) {
            assertFalse(breached.contains(PASSWORD));
        }
        assertEquals(Outage.FAILURES, requests.size());
        assertEquals(Outage.FAILURES, count("failed"));
        assertEquals(Outage.FAILURES, count("skipped"));

        clock.stepTo(Outage.PAUSE);
        assertFalse(breached.contains(PASSWORD));
        assertFalse(breached.contains(PASSWORD));
        assertEquals(Outage.FAILURES + 1, requests.size());

        response = exchange -> send(exchange, 200, REST + ":1");
        clock.stepTo(Outage.PAUSE.multipliedBy(2));
        assertTrue(breached.contains(PASSWORD));
        assertTrue(breached.contains(PASSWORD));
    }

    @Test
    void sendsARequestDuringAnOutageAfterTheClockWasPutBack() {
        BreachedPasswords breached = breached();
        response = exchange -> send(exchange, 503, "");
        for (int i = 0; i < Outage.FAILURES; i++) {
            breached.contains(PASSWORD);
        }
        response = exchange -> send(exchange, 200, REST + ":1");
        assertFalse(breached.contains(PASSWORD));

        clock.stepTo(Duration.ofHours(-1));
        assertTrue(breached.contains(PASSWORD));
    }

    @Test
    void failuresBetweenSuccessesAreNoOutage() {
        BreachedPasswords breached = breached();
        for (int i = 0; i < Outage.FAILURES; i++) {
            for (int j = 1; j < Outage.FAILURES; j++) {
                response = exchange -> send(exchange, 500, "");
                assertFalse(breached.contains(PASSWORD));
            }
            response = exchange -> send(exchange, 200, REST + ":1");
            assertTrue(breached.contains(PASSWORD));
        }
        assertEquals(0, count("skipped"));
    }

    @Test
    void checksNoMorePasswordsAtOnceThanItMay() throws Exception {
        BreachedPasswords breached = breached(Duration.ofSeconds(5));
        Semaphore arrived = new Semaphore(0);
        response = exchange -> {
            arrived.release();
            await();
            send(exchange, 200, REST + ":1");
        };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = IntStream.range(0, BreachedPasswords.MAX_CONCURRENT)
                    .mapToObj(i -> threads.submit(() -> breached.contains(PASSWORD)))
                    .toList();
            arrived.acquire(BreachedPasswords.MAX_CONCURRENT);
            assertFalse(breached.contains(PASSWORD));
            assertEquals(1, count("skipped"));
            end.countDown();
            for (var result : waiting) {
                assertTrue(result.get());
            }
        }
        assertTrue(breached.contains(PASSWORD));
    }

    // --- Privacy ---

    @Test
    void logsNothingOfThePassword() {
        try (LogLines log = new LogLines()) {
            BreachedPasswords breached = breached();
            breached.contains(PASSWORD);
            for (Response failure : List.<Response>of(
                    exchange -> send(exchange, 500, REST + ":1"),
                    exchange -> send(exchange, 200, REST + " of " + PREFIX),
                    exchange -> {
                        exchange.getResponseHeaders().set("Location", "/range/" + PREFIX);
                        send(exchange, 302, "");
                    },
                    HttpExchange::close)) {
                response = failure;
                for (int i = 0; i < Outage.FAILURES; i++) {
                    breached.contains(PASSWORD);
                }
                response = exchange -> send(exchange, 200, "");
                clock.stepTo(Outage.PAUSE);
                breached.contains(PASSWORD);
                clock.stepTo(Duration.ZERO);
            }
            List<String> lines = log.all().stream()
                    .filter(line -> line.contains("BreachedPasswords"))
                    .toList();
            assertTrue(lines.stream().anyMatch(line -> line.contains("status 500")), lines::toString);
            String all = String.join("\n", log.all()).toUpperCase(Locale.ROOT);
            for (String part : List.of(RAW, PREFIX, REST)) {
                assertFalse(all.contains(part.toUpperCase(Locale.ROOT)), part);
            }
        }
    }

    // --- Where passwords are looked up ---

    @Test
    void looksChosenPasswordsUpOnlyAndHashesNoneThatIsBreached() {
        var config = PasswordsTest.CHEAP.withBreachCheck(url(), Duration.ofSeconds(5));
        Passwords passwords = PasswordsTest.of(config, meters);
        PasswordHash stored =
                assertInstanceOf(Hashing.Hashed.class, passwords.hash(PASSWORD)).hash();
        assertEquals(new Verification.Matches(false), passwords.verify(PASSWORD, stored));
        assertEquals(List.of(), passwords.errors(PASSWORD, "ada@example.com"));
        assertEquals(0, requests.size());

        assertEquals(new ChosenHashing.Refused(List.of(new PasswordError.Breached())), passwords.hashChosen(PASSWORD));
        assertEquals(1, requests.size());
        assertEquals(1, hashed());
        response = exchange -> send(exchange, 500, "");
        assertInstanceOf(Hashing.Hashed.class, passwords.hashChosen(PASSWORD));
        assertEquals(2, hashed());
    }

    // The permits of hashing are few, and a slow API must not hold them.
    @Test
    void holdsNoPermitToHashWhileItLooksAPasswordUp() {
        var config = PasswordsTest.CHEAP
                .withBreachCheck(url(), Duration.ofSeconds(5))
                .withPermits(1)
                .withMaxWait(Duration.ZERO);
        Passwords passwords = PasswordsTest.of(config, meters);
        response = exchange -> {
            boolean hashes = passwords.hash(PASSWORD) instanceof Hashing.Hashed;
            send(exchange, hashes ? 200 : 500, REST + ":1");
        };
        assertInstanceOf(ChosenHashing.Refused.class, passwords.hashChosen(PASSWORD));
    }

    private double hashed() {
        return meters.counter("latchkey.password.hashes", "purpose", "hash").count();
    }

    private void assertAcceptsAsFailed() {
        assertAcceptsAsFailed(breached());
    }

    private void assertAcceptsAsFailed(BreachedPasswords breached) {
        assertFalse(breached.contains(PASSWORD));
        assertEquals(1, count("failed"));
        assertEquals(0, count("clean"));
    }

    private BreachedPasswords breached() {
        return breached(Duration.ofSeconds(5));
    }

    private BreachedPasswords breached(Duration timeout) {
        return new BreachedPasswords(
                PasswordsTest.CHEAP.withBreachCheck(url(), timeout), TestHttp.CLIENT, clock, meters);
    }

    private String url() {
        return "http://127.0.0.1:" + api.getAddress().getPort() + "/range/";
    }

    private double count(String outcome) {
        return meters.counter("latchkey.password.breach.checks", "outcome", outcome)
                .count();
    }

    private void await() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        boolean none = status == 204 || status == 304 || bytes.length == 0;
        exchange.sendResponseHeaders(status, none ? -1 : bytes.length);
        if (!none) {
            exchange.getResponseBody().write(bytes);
        }
    }
}
