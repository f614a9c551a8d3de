package dev.latchkey.platform.boot;

import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.ERROR;
import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.ERROR_IN_PRODUCTION;
import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.WARNING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.boot.Settings.Lifetimes;
import dev.latchkey.platform.boot.Settings.Secret;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsCheckTest {

    private static final Secret NONE = new Secret("LATCHKEY_JWT_SECRET", "", "");

    @Test
    void hasNothingToSayAboutGoodSettings() {
        assertEquals(
                List.of(),
                new SettingsCheck(settings(
                                "https://id.example.com",
                                "jdbc:postgresql://db/latchkey",
                                new Secret("LATCHKEY_SECRET", "s".repeat(32), "")))
                        .problems());
    }

    @Test
    void saysAllThatIsMissingAtOnce() {
        List<ConfigurationProblem> problems =
                new SettingsCheck(settings("", "", new Secret("LATCHKEY_SECRET", "", ""))).problems();

        assertEquals(
                List.of("LATCHKEY_PUBLIC_URL", "QUARKUS_DATASOURCE_JDBC_URL", "LATCHKEY_SECRET"),
                problems.stream().map(ConfigurationProblem::property).toList());
        assertTrue(problems.stream().allMatch(problem -> problem.severity().stops(true)));
        assertFalse(problems.stream().anyMatch(problem -> problem.severity().stops(false)));
    }

    @Test
    void refusesAPreviousSharedSecretWithoutAPresentOne() {
        Secret previous = new Secret("LATCHKEY_JWT_SECRET_PREVIOUS", "", "/run/secrets/previous");
        Secret present = new Secret("LATCHKEY_JWT_SECRET", "s".repeat(32), "");
        assertEquals(List.of(ERROR), severities(SettingsCheck.checkOverlap(NONE, previous)));
        assertEquals(List.of(), SettingsCheck.checkOverlap(present, previous));
        assertEquals(List.of(), SettingsCheck.checkOverlap(NONE, new Secret("LATCHKEY_JWT_SECRET_PREVIOUS", "", "")));
    }

    @Test
    void takesThePlaceholderForNoDatabase() {
        assertEquals(List.of(ERROR_IN_PRODUCTION), severities(SettingsCheck.checkDatabase(SettingsCheck.NO_DATABASE)));
    }

    @Test
    void warnsOfThrottlingSwitchedOff() {
        assertEquals(List.of(WARNING), severities(SettingsCheck.checkThrottling(false)));
    }

    @Test
    void refusesHttp2() {
        assertEquals(List.of(ERROR), severities(SettingsCheck.checkHttp2(true)));
    }

    // FR-017: the leeway is at most 60 seconds.
    @Test
    void acceptsALeewayOfUpToAMinute() {
        assertEquals(List.of(), SettingsCheck.checkLifetimes(lifetimes(0, 900, 300, 60, 600)));
        assertEquals(List.of(), SettingsCheck.checkLifetimes(lifetimes(60, 900, 300, 60, 600)));
    }

    @Test
    void refusesALeewayOutsideItsBounds() {
        assertEquals(List.of(ERROR), severities(SettingsCheck.checkLifetimes(lifetimes(61, 900, 300, 60, 600))));
        assertEquals(List.of(ERROR), severities(SettingsCheck.checkLifetimes(lifetimes(-1, 900, 300, 60, 600))));
    }

    @Test
    void refusesLifetimesThatAreNone() {
        assertEquals(List.of(ERROR), severities(SettingsCheck.checkLifetimes(lifetimes(5, 0, 300, 60, 600))));
        assertEquals(List.of(ERROR), severities(SettingsCheck.checkLifetimes(lifetimes(5, -9, 300, 60, 600))));
        assertEquals(List.of(ERROR), severities(SettingsCheck.checkLifetimes(lifetimes(5, 900, 300, 0, 600))));
        assertEquals(List.of(ERROR), severities(SettingsCheck.checkLifetimes(lifetimes(5, 900, -1, 60, 600))));
    }

    @Test
    void refusesAnIdleLifeLongerThanTheWhole() {
        assertEquals(
                List.of("latchkey.session.idle-lifetime"),
                SettingsCheck.checkLifetimes(lifetimes(5, 900, 300, 601, 600)).stream()
                        .map(ConfigurationProblem::property)
                        .toList());
        assertEquals(List.of(), SettingsCheck.checkLifetimes(lifetimes(5, 900, 300, 600, 600)));
    }

    private static Settings settings(String publicUrl, String jdbcUrl, Secret secret) {
        return new Settings(
                publicUrl,
                List.of(),
                jdbcUrl,
                secret,
                NONE,
                NONE,
                NONE,
                true,
                false,
                lifetimes(5, 900, 300, 60, 600),
                Duration.ZERO);
    }

    private static Lifetimes lifetimes(long leeway, long accessToken, long renewal, long idle, long absolute) {
        return new Lifetimes(
                Duration.ofSeconds(leeway),
                Duration.ofSeconds(accessToken),
                Duration.ofSeconds(renewal),
                Duration.ofSeconds(idle),
                Duration.ofSeconds(absolute));
    }

    private static List<ConfigurationProblem.Severity> severities(List<ConfigurationProblem> problems) {
        return problems.stream().map(ConfigurationProblem::severity).toList();
    }
}
