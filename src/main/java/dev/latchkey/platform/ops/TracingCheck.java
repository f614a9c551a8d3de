package dev.latchkey.platform.ops;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/** Checks that traces are not expected of a package that was built without them, as the executable is by default. */
@Singleton
class TracingCheck implements ConfigurationCheck {

    static final List<String> ENDPOINTS = List.of("QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT");

    private static final boolean HAS_TRACES = hasTraces();

    private final Config config;

    TracingCheck(Config config) {
        this.config = config;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        return HAS_TRACES ? List.of() : problems(config);
    }

    static List<ConfigurationProblem> problems(Config config) {
        return given(config)
                .map(name -> ConfigurationProblem.warning(
                        name,
                        "has no effect, for this package was built without traces; use the image with the JVM, build with"
                                + " -Ptracing, or remove it"))
                .toList();
    }

    private static Stream<String> given(Config config) {
        return ENDPOINTS.stream()
                .filter(name -> config.getOptionalValue(name, String.class)
                        .filter(value -> !value.isBlank())
                        .isPresent());
    }

    private static boolean hasTraces() {
        try {
            Class.forName("io.opentelemetry.sdk.trace.SpanProcessor", false, TracingCheck.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }
}
