package dev.latchkey.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.http.PublicUrl;
import dev.latchkey.token.TestTokenConfig;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SessionSettingsCheckTest {

    @Test
    void refusesLifetimesThatAreNotPositive() {
        assertEquals(List.of("latchkey.session.idle-lifetime"), check(0, 600));
        assertEquals(List.of("latchkey.session.idle-lifetime"), check(-9, 600));
        assertEquals(List.of("latchkey.session.absolute-lifetime"), check(60, 0).subList(0, 1));
    }

    @Test
    void refusesAnIdleLifetimeLongerThanTheAbsoluteOne() {
        assertEquals(List.of("latchkey.session.idle-lifetime"), check(601, 600));
        assertEquals(List.of(), check(600, 600));
        assertEquals(List.of(), check(60, 600));
    }

    // No token outlives its session: the setting could never come true.
    @Test
    void refusesAccessTokensThatOutliveTheirSession() {
        assertEquals(List.of("latchkey.token.access-lifetime"), check(600, 600, 601, 100));
        assertEquals(List.of(), check(600, 600, 600, 100));
    }

    @Test
    void refusesAnAbsurdNumberOfSessions() {
        for (int number : new int[] {0, -1, 10_001, Integer.MAX_VALUE}) {
            assertEquals(List.of("latchkey.session.max-per-user"), check(60, 600, 1, number));
        }
        assertEquals(List.of(), check(60, 600, 1, 1));
        assertEquals(List.of(), check(60, 600, 1, 10_000));
    }

    record Absurd(String setting, SessionConfig config) {}

    static List<Absurd> absurd() {
        return List.of(
                new Absurd("absolute-lifetime", new TestSessionConfig(Duration.ofDays(7), Duration.ofDays(401), 100)),
                new Absurd("grace", withTimes(Duration.ofDays(3), Duration.ofMinutes(10))),
                new Absurd("grace", withTimes(Duration.ofSeconds(61), Duration.ofMinutes(10))),
                new Absurd("grace", withTimes(Duration.ofSeconds(-1), Duration.ofMinutes(10))),
                new Absurd("fresh-for", withTimes(Duration.ofSeconds(10), Duration.ofHours(25))),
                new Absurd("fresh-for", withTimes(Duration.ofSeconds(10), Duration.ofSeconds(-1))));
    }

    @ParameterizedTest
    @MethodSource("absurd")
    void refusesTimesThatEndangerUsersExceptOnOneMachine(Absurd absurd) {
        for (String url : List.of("https://id.example.com", "", "http://localhost:8080")) {
            List<ConfigurationProblem> problems =
                    new SessionSettingsCheck(absurd.config(), TestTokenConfig.usual(), PublicUrl.of(url)).problems();
            assertEquals(1, problems.size());
            assertEquals(
                    "latchkey.session." + absurd.setting(), problems.getFirst().property());
            assertEquals(
                    !url.startsWith("http:"), problems.getFirst().severity().stops(true));
            assertEquals(false, problems.getFirst().severity().stops(false));
        }
    }

    @Test
    void acceptsTheBoundsOfTimes() {
        for (SessionConfig config : List.of(
                withTimes(Duration.ZERO, Duration.ZERO),
                withTimes(Duration.ofMinutes(1), Duration.ofDays(1)),
                new TestSessionConfig(Duration.ofDays(400), Duration.ofDays(400), 100))) {
            assertEquals(
                    List.of(),
                    new SessionSettingsCheck(config, TestTokenConfig.usual(), PublicUrl.of("https://id.example.com"))
                            .problems());
        }
    }

    private static SessionConfig withTimes(Duration grace, Duration freshFor) {
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(
                        Map.of(
                                "latchkey.session.grace", grace.toString(),
                                "latchkey.session.fresh-for", freshFor.toString()),
                        "test",
                        100))
                .withConverter(Duration.class, 200, new DurationConverter())
                .withMapping(SessionConfig.class)
                .build()
                .getConfigMapping(SessionConfig.class);
    }

    private static List<String> check(long idle, long absolute) {
        return check(idle, absolute, 1, 100);
    }

    private static List<String> check(long idle, long absolute, long accessToken, int maxPerUser) {
        return new SessionSettingsCheck(
                        new TestSessionConfig(Duration.ofSeconds(idle), Duration.ofSeconds(absolute), maxPerUser),
                        TestTokenConfig.usual().lifetime(Duration.ofSeconds(accessToken), Duration.ZERO),
                        PublicUrl.of("https://id.example.com"))
                .problems().stream()
                        .peek(problem -> assertEquals(ConfigurationProblem.Severity.ERROR, problem.severity()))
                        .map(ConfigurationProblem::property)
                        .toList();
    }
}
