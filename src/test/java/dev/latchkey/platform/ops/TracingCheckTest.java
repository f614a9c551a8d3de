package dev.latchkey.platform.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.platform.boot.ConfigurationProblem;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Says that a package without traces sends none; {@code it.BootIT} has the packages themselves. */
class TracingCheckTest {

    private static final String ENDPOINT = "http://collector.example:4317";

    @Test
    void warnsOfEachEndpointThatHasNoEffect() {
        assertEquals(
                List.of("QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT"),
                warned(Map.of("QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT", ENDPOINT)));
        assertEquals(
                TracingCheck.ENDPOINTS,
                warned(Map.of(
                        "QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT", ENDPOINT, "OTEL_EXPORTER_OTLP_ENDPOINT", ENDPOINT)));
    }

    @Test
    void saysNothingWithoutAnEndpoint() {
        assertEquals(List.of(), warned(Map.of()));
        assertEquals(List.of(), warned(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", " ")));
        assertEquals(List.of(), warned(Map.of("OTEL_SERVICE_NAME", "latchkey")));
    }

    private static List<String> warned(Map<String, String> settings) {
        return TracingCheck.problems(new SmallRyeConfigBuilder()
                        .withSources(new PropertiesConfigSource(settings, "test", 400))
                        .build())
                .stream()
                .filter(problem -> problem.severity() == ConfigurationProblem.Severity.WARNING)
                .map(ConfigurationProblem::property)
                .toList();
    }
}
