package dev.latchkey.emaillink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.platform.boot.ConfigurationProblem;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmailLinkCheckTest {

    @Test
    void acceptsPositiveLifetimes() {
        assertEquals(List.of(), problems(Map.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"password-reset", "email-verification", "email-change", "email-change-undo", "account-deletion"})
    void refusesLinksThatAreNeverValid(String name) {
        List<ConfigurationProblem> problems = problems(Map.of("latchkey.link." + name, "0s"));
        assertEquals(
                List.of("latchkey.link." + name),
                problems.stream()
                        .filter(problem -> problem.severity().stops(true))
                        .map(ConfigurationProblem::property)
                        .toList());
    }

    private static List<ConfigurationProblem> problems(Map<String, String> changed) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "latchkey.link.password-reset", "1h",
                "latchkey.link.email-verification", "1h",
                "latchkey.link.email-change", "1h",
                "latchkey.link.email-change-undo", "7d",
                "latchkey.link.confirm-page", "true",
                "latchkey.link.account-deletion", "24h"));
        settings.putAll(changed);
        return new EmailLinkCheck(new SmallRyeConfigBuilder()
                        .withSources(new PropertiesConfigSource(settings, "test", 100))
                        .withConverter(Duration.class, 200, new DurationConverter())
                        .withMapping(EmailLinkConfig.class)
                        .build()
                        .getConfigMapping(EmailLinkConfig.class))
                .problems();
    }
}
