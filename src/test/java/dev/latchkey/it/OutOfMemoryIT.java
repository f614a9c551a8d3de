package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.ExternalProcess;
import dev.latchkey.fixture.Packaged;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A process that runs out of memory ends by itself, so that a new one is started, and does not serve with what is left of it. */
@Tag("alone")
class OutOfMemoryIT {

    /** The exit code of {@code -XX:+ExitOnOutOfMemoryError}. */
    private static final int EXIT_CODE = 3;

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** Settings by which one request may take more than any heap that the service is shipped with. */
    private static final Map<String, String> UNBOUNDED_BODIES = Map.of(
            "LATCHKEY_HTTP_BODY_LIMIT", "1G",
            "LATCHKEY_HTTP_BODY_MEMORY", "1G",
            "LATCHKEY_HTTP_BODY_TIMEOUT", "60s");

    private static final int BODY = 600_000_000;

    /** By the option of the images and of the executable, which sees every error, also one that something catches. */
    @Test
    void endsAsShipped() {
        try (Packaged service = Packaged.readyAsShipped(EmbeddedDatabaseResource.emptyDatabase(), UNBOUNDED_BODIES)) {
            assertEndsWith("Terminating due to java.lang.OutOfMemoryError", service);
        }
    }

    /** By {@code java -jar} and no more, as an operator may start the jar. */
    @Test
    void endsWithoutTheOption() {
        assumeFalse(Packaged.isNative(), "the executable has the option built in");
        try (Packaged service = Packaged.ready(EmbeddedDatabaseResource.emptyDatabase(), UNBOUNDED_BODIES)) {
            assertEndsWith("Latchkey ran out of memory and ends", service);
        }
    }

    private static void assertEndsWith(String message, Packaged service) {
        sendBody(service.port());

        OptionalInt code = service.exitCode(TIMEOUT);
        assertTrue(code.isPresent(), () -> "it goes on without memory:\n" + service.output());
        assertEquals(EXIT_CODE, code.getAsInt(), service::output);
        assertTrue(service.output().contains(message), service::output);
        assertFalse(ExternalProcess.isListening(service.port()), "something still listens");
    }

    /** Sends a body until the service takes no more of it. */
    private static void sendBody(int port) {
        byte[] part = new byte[1 << 20];
        Arrays.fill(part, (byte) ' ');
        try (Socket socket = new Socket("127.0.0.1", port)) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: " + BODY + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            for (int sent = 0; sent < BODY; sent += part.length) {
                out.write(part, 0, Math.min(part.length, BODY - sent));
            }
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            int unused = socket.getInputStream().read();
        } catch (IOException ended) {
            // As it should: the process ends before its response.
        }
    }
}
