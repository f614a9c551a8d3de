package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On SIGTERM the service says so, goes on for the delay, finishes what is in flight, and ends by itself. */
@Tag("alone")
class ShutdownIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(45);

    @Test
    void finishesRunningRequests() throws Exception {
        try (Packaged service = Packaged.ready(
                        EmbeddedDatabaseResource.emptyDatabase(), Map.of("QUARKUS_SHUTDOWN_DELAY", "4s"))
                .addressed()) {
            Person ada = Person.signedUp();
            String body = "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(ada.email(), ada.password());

            try (Socket slow = begun(body)) {
                service.terminate();
                Eventually.holds("readiness says no", () -> service.managementStatus("/q/health/ready") == 503);
                ada.bearing().get(ada.own("")).then().statusCode(200);
                assertEquals(200, service.managementStatus("/q/health/live"));

                Eventually.holds("the delay is over", () -> refuses(ada));
                finish(slow, body);
                String response = new String(slow.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(response.startsWith("HTTP/1.1 200 "), response);
                assertTrue(response.contains("access_token"), response);
            }

            OptionalInt code = service.exitCode(TIMEOUT);
            assertTrue(code.isPresent(), "it goes on:\n" + service.output());
            assertTrue(code.getAsInt() == 0 || code.getAsInt() == 143, "it ended with " + code.getAsInt());
        }
    }

    /** With the default delay: what was sent before the signal is answered, though it may not have been read yet. */
    @Test
    void answersWhatWasSentBeforeTheSignal() throws Exception {
        try (Packaged service = Packaged.ready(
                        EmbeddedDatabaseResource.emptyDatabase(),
                        Map.of("LATCHKEY_PASSWORD_MAX_WAIT", "8s", "LATCHKEY_THROTTLE_ENABLED", "false"))
                .addressed()) {
            Person ada = Person.signedUp();
            String body = "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(ada.email(), ada.password());
            List<Socket> sent = new ArrayList<>();
            try {
                for (int i = 0; i < 12; i++) {
                    sent.add(begun(body));
                }
                List<Socket> finishedLater = sent.subList(8, 12);
                for (Socket socket : sent.subList(0, 8)) {
                    finish(socket, body);
                }

                service.terminate();

                Eventually.holds("the delay is over", () -> refuses(ada));
                for (Socket socket : finishedLater) {
                    finish(socket, body);
                }
                for (Socket socket : sent) {
                    String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    assertTrue(response.startsWith("HTTP/1.1 200 "), response);
                }
            } finally {
                for (Socket socket : sent) {
                    socket.close();
                }
            }
            assertTrue(service.exitCode(TIMEOUT).isPresent(), "it goes on:\n" + service.output());
        }
    }

    /** With nothing in flight and no delay nothing is waited for. */
    @Test
    void exitsOnSigterm() throws Exception {
        try (Packaged service = Packaged.ready(EmbeddedDatabaseResource.emptyDatabase(), Map.of())) {
            service.terminate();

            OptionalInt code = service.exitCode(TIMEOUT);

            assertTrue(code.isPresent(), "it goes on:\n" + service.output());
            assertTrue(code.getAsInt() == 0 || code.getAsInt() == 143, "it ended with " + code.getAsInt());
        }
    }

    /** A 503, or nothing listens any more. */
    private static boolean refuses(Person ada) {
        try {
            return given().header("Authorization", "Bearer " + ada.accessToken())
                            .get(ada.own(""))
                            .statusCode()
                    == 503;
        } catch (Exception e) { // REST Assured throws the checked one of its HTTP client without declaring it
            return true;
        }
    }

    /** A sign-in all of which has arrived but the last byte. */
    private static Socket begun(String body) throws IOException {
        Socket socket = new Socket("localhost", io.restassured.RestAssured.port);
        socket.setSoTimeout((int) TIMEOUT.toMillis());
        String head = """
                POST /api/auth/login HTTP/1.1
                Host: localhost
                Content-Type: application/json
                Content-Length: %d

                """.replace("\n", "\r\n").formatted(body.length());
        send(socket, head + body.substring(0, body.length() - 1));
        return socket;
    }

    private static void finish(Socket socket, String body) throws IOException {
        send(socket, body.substring(body.length() - 1));
    }

    private static void send(Socket socket, String text) throws IOException {
        OutputStream stream = socket.getOutputStream();
        stream.write(text.getBytes(StandardCharsets.UTF_8));
        stream.flush();
    }
}
