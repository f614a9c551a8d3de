package dev.latchkey.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.boot.ConfigurationProblem.Severity;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditSettingsCheckTest {

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private record Settings(Duration retention, int queue, Refusals refusals) implements AuditConfig {

        @Override
        public LineFormat lineFormat() {
            return LineFormat.JSON;
        }
    }

    @Test
    void acceptsUsualSettings() {
        assertEquals(List.of(), check(DAY, 10_000, MINUTE, 5, 1_000));
        assertEquals(List.of(), check(DAY, 1, Duration.ofHours(1), 0, 1));
    }

    @Test
    void refusesARetentionThatKeepsNothing() {
        assertEquals(List.of("latchkey.audit.retention"), check(Duration.ZERO, 10_000, MINUTE, 5, 1_000));
    }

    @Test
    void refusesPeriodsThatAreNotPositiveOrTooLong() {
        List<String> period = List.of("latchkey.audit.refusals.period");
        assertEquals(period, check(DAY, 10_000, Duration.ZERO, 5, 1_000));
        assertEquals(period, check(DAY, 10_000, Duration.ofSeconds(-1), 5, 1_000));
        assertEquals(period, check(DAY, 10_000, Duration.ofMinutes(61), 5, 1_000));
    }

    @Test
    void refusesNumbersThatHoldNothingOrTakeTheMemory() {
        assertEquals(List.of("latchkey.audit.queue"), check(DAY, 0, MINUTE, 5, 1_000));
        assertEquals(List.of("latchkey.audit.queue"), check(DAY, 1_000_001, MINUTE, 5, 1_000));
        assertEquals(List.of("latchkey.audit.refusals.single"), check(DAY, 10_000, MINUTE, -1, 1_000));
        assertEquals(List.of("latchkey.audit.refusals.single"), check(DAY, 10_000, MINUTE, 100_001, 1_000));
        assertEquals(List.of("latchkey.audit.refusals.max"), check(DAY, 10_000, MINUTE, 5, 0));
        assertEquals(List.of("latchkey.audit.refusals.max"), check(DAY, 10_000, MINUTE, 5, 100_001));
    }

    private static List<String> check(Duration retention, int queue, Duration period, int single, int max) {
        return AuditSettingsCheck.check(
                        new Settings(retention, queue, new RefusalCountsTest.Settings(period, single, max)))
                .stream()
                .peek(problem -> assertEquals(Severity.ERROR, problem.severity()))
                .map(ConfigurationProblem::property)
                .toList();
    }
}
