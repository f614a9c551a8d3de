package dev.latchkey.betterauth;

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
import org.junit.jupiter.params.provider.CsvSource;

class BetterAuthCheckTest {

    private static final Duration ACCESS = Duration.ofMinutes(15);

    @Test
    void acceptsTheDefaults() {
        assertEquals(List.of(), BetterAuthCheck.check(with("", ""), ACCESS, false, false, true));
    }

    @Test
    void reportsRequiredVerificationWithoutMail() {
        assertEquals(
                List.of("latchkey.signin.require-verified-email"),
                properties(BetterAuthCheck.check(with("", ""), ACCESS, true, false, true)));
        assertEquals(List.of(), BetterAuthCheck.check(with("", ""), ACCESS, true, true, true));
    }

    @Test
    void reportsAccountDeletionByMailWithoutMail() {
        BetterAuthConfig config = with("delete-user", "mail");

        assertEquals(
                List.of("latchkey.better-auth.delete-user"),
                properties(BetterAuthCheck.check(config, ACCESS, false, false, true)));
        assertEquals(List.of(), BetterAuthCheck.check(config, ACCESS, false, true, true));
    }

    @ParameterizedTest
    @CsvSource({
        "trusted-origins, https://*",
        "trusted-origins, javascript://x",
        "trusted-origins, http://*.example.com",
        "trusted-origins, http://app.example.com:8080",
        "fresh-for, 0s",
        "fresh-for, -1s",
        "update-after, -1s",
        "rate-limit.max, 0",
        "rate-limit.window, 0s",
        "cookie-cache.max-age, 0s"
    })
    void reportsInvalidValues(String name, String value) {
        assertEquals(
                List.of("latchkey.better-auth." + name),
                properties(BetterAuthCheck.check(with(name, value), ACCESS, false, false, true)));
    }

    @Test
    void plainHttpOriginStopsProductionOnly() {
        ConfigurationProblem problem = BetterAuthCheck.check(
                        with("trusted-origins", "http://app.example.com"), ACCESS, false, false, true)
                .getFirst();

        assertEquals(ConfigurationProblem.Severity.ERROR_IN_PRODUCTION, problem.severity());
        ConfigurationProblem onLoopback = BetterAuthCheck.check(
                        with("trusted-origins", "http://app.example.com"), ACCESS, false, false, false)
                .getFirst();
        assertEquals(ConfigurationProblem.Severity.WARNING, onLoopback.severity());
        assertEquals(
                List.of(),
                BetterAuthCheck.check(with("trusted-origins", "http://localhost:*"), ACCESS, false, false, true));
    }

    @Test
    void reportsACookieCacheThatOutlivesKnownRevocations() {
        BetterAuthConfig off = with("cookie-cache.max-age", "16m");
        BetterAuthConfig on = with(Map.of("cookie-cache.max-age", "16m", "cookie-cache.enabled", "true"));

        assertEquals(List.of(), BetterAuthCheck.check(off, ACCESS, false, false, true));
        assertEquals(
                List.of("latchkey.better-auth.cookie-cache.max-age"),
                properties(BetterAuthCheck.check(on, ACCESS, false, false, true)));
    }

    private static List<String> properties(List<ConfigurationProblem> problems) {
        return problems.stream().map(ConfigurationProblem::property).toList();
    }

    private static BetterAuthConfig with(String name, String value) {
        return with(name.isEmpty() ? Map.of() : Map.of(name, value));
    }

    /** The default settings with some changes. */
    private static BetterAuthConfig with(Map<String, String> changes) {
        Map<String, String> settings = new HashMap<>();
        settings.put("latchkey.better-auth.rate-limit.enabled", "true");
        changes.forEach((name, value) -> settings.put("latchkey.better-auth." + name, value));
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withMapping(BetterAuthConfig.class)
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .build()
                .getConfigMapping(BetterAuthConfig.class);
    }
}
