package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The ceilings of resident memory, under slow heads, slow bodies, large lists and floods at once. */
@Tag("alone")
class MemoryIT {

    private static final int CEILING_NATIVE = 192;
    private static final int CEILING_JVM = 448;

    private static final int IDLE_NATIVE = 64;

    private static final Duration DURATION = Duration.ofSeconds(40);
    private static final Duration LONGEST = Duration.ofMinutes(4);
    private static final int ENOUGH = 100;
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

    /** Addresses of the loopback network, each a client of its own. */
    private static final int CLIENTS = 20;

    private static final int SLOW_CONNECTIONS = 1_500;
    private static final int FLOODING_THREADS = 16;
    private static final int SESSIONS = 90;

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger requests = new AtomicInteger();

    @Test
    void staysBelowTheCeilingUnderAnyLoad() throws Exception {
        try (Packaged service = Packaged.readyAsShipped(
                        EmbeddedDatabaseResource.emptyDatabase(), Map.of("LATCHKEY_THROTTLE_ENABLED", "false"))
                .addressed()) {
            Person ada = Person.signedUp();
            for (int i = 0; i < SESSIONS; i++) {
                Person.signIn(ada.email(), ada.password());
            }
            long before = service.peakResidentMebibytes();

            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> attackers = new ArrayList<>();
                attackers.add(threads.submit(() -> holdSlow(service.port(), unfinishedHead())));
                attackers.add(threads.submit(() -> holdSlow(service.port(), unfinishedBody())));
                for (int i = 0; i < FLOODING_THREADS; i++) {
                    int kind = i;
                    attackers.add(threads.submit(() -> flood(service.port(), kind, ada)));
                }
                // Longer on a machine that is busy, so that the flood takes place there, too.
                long end = System.nanoTime() + LONGEST.toNanos();
                do {
                    TimeUnit.MILLISECONDS.sleep(DURATION.toMillis());
                } while (requests.get() <= ENOUGH && System.nanoTime() < end);
                over.set(true);
                for (Future<?> attacker : attackers) {
                    attacker.get();
                }
            }
            long peak = service.peakResidentMebibytes();
            System.out.printf(
                    "resident memory: %d MiB before, %d MiB at its peak, after %d requests of the flood%n",
                    before, peak, requests.get());

            assertTrue(service.isAlive(), service::output);
            int ceiling = Packaged.isNative() ? CEILING_NATIVE : CEILING_JVM;
            assertTrue(peak <= ceiling, "resident memory of " + peak + " MiB is above " + ceiling);
            assertTrue(requests.get() > ENOUGH, "the flood did not take place");
            Eventually.holds("it serves again", () -> signIn(ada).statusCode() == 200);
            assertEquals(200, service.managementStatus("/q/health/live"));
        }
    }

    // Most of the executable is of use to the start alone.
    @Test
    @EnabledIf(value = "dev.latchkey.fixture.Packaged#isNative", disabledReason = "the jar has no such pages")
    void keepsNoPagesThatOnlyTheStartNeeded() {
        try (Packaged service = Packaged.readyAsShipped(EmbeddedDatabaseResource.emptyDatabase(), Map.of())
                .addressed()) {
            Eventually.holds(
                    "less than " + IDLE_NATIVE + " MiB are resident", () -> service.residentMebibytes() < IDLE_NATIVE);
            Person ada = Person.signedUp();
            assertEquals(200, signIn(ada).statusCode(), "what was given back comes back");
        }
    }

    private static Response signIn(Person person) {
        return Person.signIn(person.email(), person.password());
    }

    /** Almost as much of a head as is accepted. */
    private static String unfinishedHead() {
        StringBuilder head = new StringBuilder("GET /api/auth/session HTTP/1.1\r\nHost: localhost\r\n");
        for (int i = 0; i < 3; i++) {
            head.append("X-Filler-" + i + ": ").append("x".repeat(10_000)).append("\r\n");
        }
        return head.toString();
    }

    /** All of a large body but its end. */
    private static String unfinishedBody() {
        return "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 65000\r\n\r\n" + "[".repeat(64_000);
    }

    /** Opens connections from many addresses, and opens each again when it is closed. */
    private Void holdSlow(int port, String beginning) throws Exception {
        byte[] octets = beginning.getBytes(StandardCharsets.US_ASCII);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < SLOW_CONNECTIONS; i++) {
                String client = "127.0.1." + (1 + i % CLIENTS);
                threads.submit(() -> {
                    while (!over.get()) {
                        try (Socket socket = connect(client, port)) {
                            socket.getOutputStream().write(octets);
                            socket.getOutputStream().flush();
                            // Until the service closes it, or the test is over.
                            while (!over.get() && !isEnded(socket)) {}
                        } catch (IOException refused) {
                            TimeUnit.MILLISECONDS.sleep(100);
                        }
                    }
                    return null;
                });
            }
        }
        return null;
    }

    private static boolean isEnded(Socket socket) throws IOException {
        socket.setSoTimeout(1_000);
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException stillOpen) {
            return false;
        }
    }

    /** Sends whole requests one after the other: sign-ins, large lists, large bodies, large heads. */
    private Void flood(int port, int kind, Person ada) throws Exception {
        String authorization = "Authorization: Bearer " + ada.accessToken() + "\r\n";
        String large = "{\"email\":\"" + "[{".repeat(30_000) + "\"}";
        String request = switch (kind % 4) {
            case 0 -> post("/api/auth/login", "{\"email\":\"" + ada.email() + "\",\"password\":\"not the password\"}");
            case 1 ->
                "GET " + ada.own("/sessions") + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + authorization
                        + "\r\n";
            case 2 -> post(kind % 8 == 2 ? "/api/auth/sign-in/email" : "/api/auth/login", large);
            default -> unfinishedHead() + "Connection: close\r\n\r\n";
        };
        byte[] octets = request.getBytes(StandardCharsets.US_ASCII);
        String client = "127.0.2." + (1 + kind);
        while (!over.get()) {
            try (Socket socket = connect(client, port)) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write(octets);
                socket.getOutputStream().flush();
                if (socket.getInputStream().readAllBytes().length > 0) {
                    requests.incrementAndGet();
                }
            } catch (IOException refused) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
        return null;
    }

    private static String post(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static Socket connect(String client, int port) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(client), 0));
        socket.connect(new InetSocketAddress("127.0.0.1", port), CONNECT_TIMEOUT_MILLIS);
        return socket;
    }
}
