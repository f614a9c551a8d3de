package dev.latchkey.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.boot.ConfigurationProblem.Severity;
import dev.latchkey.platform.http.OriginSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeySettingsCheckTest {

    @ParameterizedTest
    @CsvSource({"PT5M59S, 1", "PT0S, 1", "PT6M, 0", "PT10M, 0"})
    void wantsAKeyPublishedAsLongAsItsReadersCacheIt(Duration ahead, int problems) {
        assertEquals(
                problems,
                KeySettingsCheck.checkAhead(ahead, ConfigurationProblem::errorInProduction)
                        .size());
    }

    @ParameterizedTest
    @CsvSource({"PT16M9S, 1", "PT16M10S, 0", "PT20M, 0", "PT0S, 1"})
    void wantsAKeyToVerifyAsLongAsItsTokensCount(Duration overlap, int problems) {
        assertEquals(
                problems,
                KeySettingsCheck.checkOverlap(
                                overlap,
                                Duration.ofMinutes(15),
                                Duration.ofSeconds(5),
                                ConfigurationProblem::errorInProduction)
                        .size());
    }

    @ParameterizedTest
    @CsvSource({"PT29M59S, 1", "PT30M, 0", "P90D, 0", "-PT1S, 1"})
    void wantsEachKeyToLiveToItsEnd(Duration rotation, int problems) {
        assertEquals(
                problems,
                KeySettingsCheck.checkRotation(rotation, Duration.ofMinutes(10), Duration.ofMinutes(20))
                        .size());
    }

    @Test
    void refusesNegativeTimesEvenOnThisMachine() {
        assertEquals(
                Severity.ERROR,
                KeySettingsCheck.checkAhead(Duration.ofSeconds(-1), ConfigurationProblem::warning)
                        .getFirst()
                        .severity());
        assertEquals(
                Severity.ERROR,
                KeySettingsCheck.checkOverlap(
                                Duration.ofSeconds(-1), Duration.ZERO, Duration.ZERO, ConfigurationProblem::warning)
                        .getFirst()
                        .severity());
    }

    @Test
    void saysWhatWouldDo() {
        List<ConfigurationProblem> problems = KeySettingsCheck.checkOverlap(
                Duration.ofMinutes(20),
                Duration.ofHours(1),
                Duration.ofSeconds(5),
                ConfigurationProblem::errorInProduction);
        assertEquals("latchkey.key.overlap", problems.getFirst().property());
        assertTrue(problems.getFirst().message().contains("is 20m and must be 1h1m10s at least"), problems.toString());
    }

    @Test
    void knowsItsOwnMachine() {
        assertTrue(OriginSettings.isOnThisMachine("http://localhost:8080"));
        assertTrue(OriginSettings.isOnThisMachine("http://127.0.0.1"));
        assertEquals(false, OriginSettings.isOnThisMachine("https://localhost.example.com"));
        assertEquals(false, OriginSettings.isOnThisMachine(""));
    }
}
