package dev.latchkey.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.token.TestTokenConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

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

    private static List<String> check(long idle, long absolute) {
        return check(idle, absolute, 1, 100);
    }

    private static List<String> check(long idle, long absolute, long accessToken, int maxPerUser) {
        return new SessionSettingsCheck(
                        new TestSessionConfig(Duration.ofSeconds(idle), Duration.ofSeconds(absolute), maxPerUser),
                        TestTokenConfig.usual().lifetime(Duration.ofSeconds(accessToken), Duration.ZERO))
                .problems().stream()
                        .peek(problem -> assertEquals(ConfigurationProblem.Severity.ERROR, problem.severity()))
                        .map(ConfigurationProblem::property)
                        .toList();
    }
}
