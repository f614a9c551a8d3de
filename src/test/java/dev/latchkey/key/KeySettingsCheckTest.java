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
    void wantsAKeyPublishedAsLongAsItsReadersCacheIt(Duration ahead, int findings) {
        assertEquals(
                findings,
                KeySettingsCheck.judgeAhead(ahead, ConfigurationProblem::severeInProduction)
                        .size());
    }

    @ParameterizedTest
    @CsvSource({"PT16M9S, 1", "PT16M10S, 0", "PT20M, 0", "PT0S, 1"})
    void wantsAKeyToVerifyAsLongAsItsTokensCount(Duration overlap, int findings) {
        assertEquals(
                findings,
                KeySettingsCheck.judgeOverlap(
                                overlap,
                                Duration.ofMinutes(15),
                                Duration.ofSeconds(5),
                                ConfigurationProblem::severeInProduction)
                        .size());
    }

    @ParameterizedTest
    @CsvSource({"PT29M59S, 1", "PT30M, 0", "P90D, 0", "-PT1S, 1"})
    void wantsEachKeyToLiveToItsEnd(Duration rotation, int findings) {
        assertEquals(
                findings,
                KeySettingsCheck.judgeRotation(rotation, Duration.ofMinutes(10), Duration.ofMinutes(20))
                        .size());
    }

    @Test
    void refusesNegativeTimesEvenOnThisMachine() {
        assertEquals(
                Severity.SEVERE,
                KeySettingsCheck.judgeAhead(Duration.ofSeconds(-1), ConfigurationProblem::warning)
                        .getFirst()
                        .severity());
        assertEquals(
                Severity.SEVERE,
                KeySettingsCheck.judgeOverlap(
                                Duration.ofSeconds(-1), Duration.ZERO, Duration.ZERO, ConfigurationProblem::warning)
                        .getFirst()
                        .severity());
    }

    @Test
    void saysWhatWouldDo() {
        List<ConfigurationProblem> findings = KeySettingsCheck.judgeOverlap(
                Duration.ofMinutes(20),
                Duration.ofHours(1),
                Duration.ofSeconds(5),
                ConfigurationProblem::severeInProduction);
        assertEquals("latchkey.key.overlap", findings.getFirst().property());
        assertTrue(findings.getFirst().message().contains("is 20m and must be 1h1m10s at least"), findings.toString());
    }

    @Test
    void knowsItsOwnMachine() {
        assertTrue(OriginSettings.isOnThisMachine("http://localhost:8080"));
        assertTrue(OriginSettings.isOnThisMachine("http://127.0.0.1"));
        assertEquals(false, OriginSettings.isOnThisMachine("https://localhost.example.com"));
        assertEquals(false, OriginSettings.isOnThisMachine(""));
    }
}
