package dev.latchkey.emaillink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.http.PublicUrl;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    @ParameterizedTest
    @CsvSource({
        "password-reset, 59s",
        "password-reset, 25h",
        "password-reset, 3650d",
        "email-verification, 8d",
        "email-change, 8d",
        "account-deletion, 8d",
        "email-change-undo, 1s",
        "email-change-undo, 31d",
    })
    void refusesLinksThatAreValidTooLongOrTooShortExceptOnOneMachine(String name, String lifetime) {
        Map<String, String> absurd = Map.of("latchkey.link." + name, lifetime);
        for (String url : List.of("https://id.example.com", "", "http://127.0.0.1:8080")) {
            List<ConfigurationProblem> problems = problems(absurd, url);
            assertEquals(1, problems.size());
            assertEquals("latchkey.link." + name, problems.getFirst().property());
            assertEquals(
                    !url.startsWith("http:"), problems.getFirst().severity().stops(true));
            assertEquals(false, problems.getFirst().severity().stops(false));
        }
    }

    @ParameterizedTest
    @CsvSource({"password-reset, 1m", "password-reset, 1d", "email-verification, 7d", "email-change-undo, 30d"})
    void acceptsTheBounds(String name, String lifetime) {
        assertEquals(List.of(), problems(Map.of("latchkey.link." + name, lifetime)));
    }

    private static List<ConfigurationProblem> problems(Map<String, String> changed) {
        return problems(changed, "https://id.example.com");
    }

    private static List<ConfigurationProblem> problems(Map<String, String> changed, String publicUrl) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "latchkey.link.password-reset", "1h",
                "latchkey.link.email-verification", "1h",
                "latchkey.link.email-change", "1h",
                "latchkey.link.email-change-undo", "7d",
                "latchkey.link.confirm-page", "true",
                "latchkey.link.account-deletion", "24h"));
        settings.putAll(changed);
        return new EmailLinkCheck(
                        new SmallRyeConfigBuilder()
                                .withSources(new PropertiesConfigSource(settings, "test", 100))
                                .withConverter(Duration.class, 200, new DurationConverter())
                                .withMapping(EmailLinkConfig.class)
                                .build()
                                .getConfigMapping(EmailLinkConfig.class),
                        PublicUrl.of(publicUrl))
                .problems();
    }
}
