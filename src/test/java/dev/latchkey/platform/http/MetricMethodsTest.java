package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricMethodsTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    MetricMethodsTest() {
        meters.config().meterFilter(new MetricMethods());
    }

    @Test
    void keepsNoMeterOfAMethodThatAClientMadeUp() {
        for (int i = 0; i < 1_000; i++) {
            meters.timer("http.server.requests", "method", "Q" + i, "uri", "/other");
        }
        for (String method : List.of("get", "Get", "", "GET ", "QUERYX")) {
            meters.timer("http.server.requests", "method", method);
            meters.counter("http.server.bytes.read", "method", method);
        }
        assertEquals(List.of(), meters.getMeters());
    }

    @Test
    void keepsMetersOfKnownMethodsAndOfOtherMetrics() {
        for (String method :
                List.of("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "PROPFIND", "UNKNOWN")) {
            meters.timer("http.server.requests", "method", method);
        }
        meters.counter("latchkey.example", "method", "made up");
        meters.counter("http.server.connections");
        assertEquals(11, meters.getMeters().size());
    }
}
