package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.LogLines;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class ForwardedHeadersCheckTest {

    private final ForwardedHeadersCheck check = new ForwardedHeadersCheck();

    @Test
    void reportsNothingByItself() {
        assertEquals(Status.UP, check.call().getStatus());
        assertEquals(Optional.empty(), check.call().getData());
    }

    @Test
    void reportsTheFirstPeerOnceAndStaysUp() {
        try (LogLines lines = new LogLines()) {
            check.ignored(InetAddress.ofLiteral("10.1.2.3"));
            check.ignored(InetAddress.ofLiteral("10.1.2.3"));
            check.ignored(InetAddress.ofLiteral("192.0.2.9"));
            List<String> warnings = lines.all().stream()
                    .filter(line -> line.contains("LATCHKEY_TRUSTED_PROXIES"))
                    .toList();
            assertEquals(1, warnings.size(), warnings.toString());
            assertTrue(warnings.getFirst().contains("10.1.2.3"), warnings.toString());
        }
        HealthCheckResponse response = check.call();
        assertEquals(Status.UP, response.getStatus());
        assertEquals("10.1.2.3", response.getData().orElseThrow().get("ignored-from"));
    }
}
