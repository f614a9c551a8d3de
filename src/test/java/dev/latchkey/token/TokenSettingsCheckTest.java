package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.boot.ConfigurationProblem.Severity;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenSettingsCheckTest {

    @ParameterizedTest
    @CsvSource({"PT5M59S, 1", "PT0S, 1", "PT6M, 0", "PT10M, 0"})
    void requiresAKeyToBePublishedAsLongAsItIsCached(Duration ahead, int problems) {
        assertEquals(
                problems,
                TokenSettingsCheck.checkPublishAhead(ahead, ConfigurationProblem::errorInProduction)
                        .size());
    }

    @ParameterizedTest
    @CsvSource({"PT16M9S, 1", "PT16M10S, 0", "PT20M, 0", "PT0S, 1"})
    void requiresAKeyToVerifyAsLongAsItsTokensAreValid(Duration overlap, int problems) {
        assertEquals(
                problems,
                TokenSettingsCheck.checkOverlap(
                                overlap,
                                Duration.ofMinutes(15),
                                Duration.ofSeconds(5),
                                ConfigurationProblem::errorInProduction)
                        .size());
    }

    @ParameterizedTest
    @CsvSource({"PT29M59S, 1", "PT30M, 0", "P90D, 0", "-PT1S, 1"})
    void requiresEachKeyToLiveToItsEnd(Duration rotation, int problems) {
        assertEquals(
                problems,
                TokenSettingsCheck.checkRotation(rotation, Duration.ofMinutes(10), Duration.ofMinutes(20))
                        .size());
    }

    @Test
    void refusesNegativeTimesEvenOnThisMachine() {
        assertEquals(
                Severity.ERROR,
                TokenSettingsCheck.checkPublishAhead(Duration.ofSeconds(-1), ConfigurationProblem::warning)
                        .getFirst()
                        .severity());
        assertEquals(
                Severity.ERROR,
                TokenSettingsCheck.checkOverlap(
                                Duration.ofSeconds(-1), Duration.ZERO, Duration.ZERO, ConfigurationProblem::warning)
                        .getFirst()
                        .severity());
    }

    @Test
    void namesSufficientValue() {
        List<ConfigurationProblem> problems = TokenSettingsCheck.checkOverlap(
                Duration.ofMinutes(20),
                Duration.ofHours(1),
                Duration.ofSeconds(5),
                ConfigurationProblem::errorInProduction);
        assertEquals("latchkey.key.overlap", problems.getFirst().property());
        assertTrue(problems.getFirst().message().contains("is 20m and must be 1h1m10s at least"), problems.toString());
    }

    // FR-017: the leeway is at most 60 seconds.
    @Test
    void acceptsALeewayOfUpToAMinute() {
        assertEquals(List.of(), checkLifetimes(0, 900, 300));
        assertEquals(List.of(), checkLifetimes(60, 900, 300));
    }

    @Test
    void refusesALeewayOutsideItsBounds() {
        assertEquals(List.of("latchkey.token.leeway"), checkLifetimes(61, 900, 300));
        assertEquals(List.of("latchkey.token.leeway"), checkLifetimes(-1, 900, 300));
    }

    @Test
    void refusesLifetimesThatAreNotPositive() {
        assertEquals(List.of("latchkey.token.access-lifetime"), checkLifetimes(5, 0, 300));
        assertEquals(List.of("latchkey.token.access-lifetime"), checkLifetimes(5, -9, 300));
        assertEquals(List.of("latchkey.token.renewal-window"), checkLifetimes(5, 900, -1));
    }

    @Test
    void refusesNegativeRenewalLimit() {
        assertEquals(List.of("latchkey.token.header-renewal-limit"), checkRenewalLimit(Duration.ofSeconds(-1)));
        assertEquals(List.of(), checkRenewalLimit(Duration.ZERO));
        assertEquals(List.of(), checkRenewalLimit(Duration.ofDays(7)));
    }

    @ParameterizedTest
    @CsvSource({"PT15M, 0", "P1D, 0", "PT24H1S, 1", "P30D, 1"})
    void warnsOfAccessTokensOfMoreThanADay(Duration lifetime, int warnings) {
        List<ConfigurationProblem> problems =
                TokenSettingsCheck.checkLifetimes(TestTokenConfig.usual().lifetime(lifetime, Duration.ofMinutes(5)));
        assertEquals(
                warnings,
                problems.stream()
                        .filter(problem -> problem.severity() == Severity.WARNING
                                && problem.property().equals("latchkey.token.access-lifetime"))
                        .count());
        assertEquals(warnings, problems.size());
    }

    // Security: a token that anybody can verify must say whom it is for.
    @Test
    void refusesKeyPairsWithoutAudience() {
        List<ConfigurationProblem> problems =
                TokenSettingsCheck.checkAudience(TestTokenConfig.usual().audience("none"));
        assertEquals("latchkey.token.audience", problems.getFirst().property());
        assertEquals(Severity.ERROR, problems.getFirst().severity());
        assertTrue(problems.getFirst().message().contains("LATCHKEY_JWT_SECRET"), problems.toString());
        assertTrue(problems.getFirst().message().contains("leave it unset"), problems.toString());
        assertEquals(List.of(), TokenSettingsCheck.checkAudience(TestTokenConfig.usual()));
        assertEquals(
                List.of(),
                TokenSettingsCheck.checkAudience(TestTokenConfig.usual().audience("urn:backends")));
    }

    private static List<String> checkRenewalLimit(Duration limit) {
        return TokenSettingsCheck.checkLifetimes(TestTokenConfig.usual().headerRenewalLimit(limit)).stream()
                .map(ConfigurationProblem::property)
                .toList();
    }

    private static List<String> checkLifetimes(long leeway, long accessToken, long renewal) {
        return TokenSettingsCheck.checkLifetimes(TestTokenConfig.usual()
                        .leeway(Duration.ofSeconds(leeway))
                        .lifetime(Duration.ofSeconds(accessToken), Duration.ofSeconds(renewal)))
                .stream()
                .peek(problem -> assertEquals(Severity.ERROR, problem.severity()))
                .map(ConfigurationProblem::property)
                .toList();
    }
}
