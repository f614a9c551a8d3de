package dev.latchkey.platform.boot;

import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.SEVERE;
import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.SEVERE_IN_PRODUCTION;
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
                        .findings());
    }

    @Test
    void saysAllThatIsMissingAtOnce() {
        List<ConfigurationProblem> findings =
                new SettingsCheck(settings("", "", new Secret("LATCHKEY_SECRET", "", ""))).findings();

        assertEquals(
                List.of("LATCHKEY_PUBLIC_URL", "QUARKUS_DATASOURCE_JDBC_URL", "LATCHKEY_SECRET"),
                findings.stream().map(ConfigurationProblem::property).toList());
        assertTrue(findings.stream().allMatch(finding -> finding.severity().stops(true)));
        assertFalse(findings.stream().anyMatch(finding -> finding.severity().stops(false)));
    }

    @Test
    void refusesAPreviousSharedSecretWithoutAPresentOne() {
        Secret previous = new Secret("LATCHKEY_JWT_SECRET_PREVIOUS", "", "/run/secrets/previous");
        Secret present = new Secret("LATCHKEY_JWT_SECRET", "s".repeat(32), "");
        assertEquals(List.of(SEVERE), severities(SettingsCheck.judgeOverlap(NONE, previous)));
        assertEquals(List.of(), SettingsCheck.judgeOverlap(present, previous));
        assertEquals(List.of(), SettingsCheck.judgeOverlap(NONE, new Secret("LATCHKEY_JWT_SECRET_PREVIOUS", "", "")));
    }

    @Test
    void takesThePlaceholderForNoDatabase() {
        assertEquals(List.of(SEVERE_IN_PRODUCTION), severities(SettingsCheck.judgeDatabase(SettingsCheck.NO_DATABASE)));
    }

    @Test
    void warnsOfThrottlingSwitchedOff() {
        assertEquals(List.of(WARNING), severities(SettingsCheck.judgeThrottling(false)));
    }

    @Test
    void refusesHttp2() {
        assertEquals(List.of(SEVERE), severities(SettingsCheck.judgeHttp2(true)));
    }

    // FR-017: the leeway is at most 60 seconds.
    @Test
    void acceptsALeewayOfUpToAMinute() {
        assertEquals(List.of(), SettingsCheck.judgeLifetimes(lifetimes(0, 900, 300, 60, 600)));
        assertEquals(List.of(), SettingsCheck.judgeLifetimes(lifetimes(60, 900, 300, 60, 600)));
    }

    @Test
    void refusesALeewayOutsideItsBounds() {
        assertEquals(List.of(SEVERE), severities(SettingsCheck.judgeLifetimes(lifetimes(61, 900, 300, 60, 600))));
        assertEquals(List.of(SEVERE), severities(SettingsCheck.judgeLifetimes(lifetimes(-1, 900, 300, 60, 600))));
    }

    @Test
    void refusesLifetimesThatAreNone() {
        assertEquals(List.of(SEVERE), severities(SettingsCheck.judgeLifetimes(lifetimes(5, 0, 300, 60, 600))));
        assertEquals(List.of(SEVERE), severities(SettingsCheck.judgeLifetimes(lifetimes(5, -9, 300, 60, 600))));
        assertEquals(List.of(SEVERE), severities(SettingsCheck.judgeLifetimes(lifetimes(5, 900, 300, 0, 600))));
        assertEquals(List.of(SEVERE), severities(SettingsCheck.judgeLifetimes(lifetimes(5, 900, -1, 60, 600))));
    }

    @Test
    void refusesAnIdleLifeLongerThanTheWhole() {
        assertEquals(
                List.of("latchkey.session.idle-lifetime"),
                SettingsCheck.judgeLifetimes(lifetimes(5, 900, 300, 601, 600)).stream()
                        .map(ConfigurationProblem::property)
                        .toList());
        assertEquals(List.of(), SettingsCheck.judgeLifetimes(lifetimes(5, 900, 300, 600, 600)));
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

    private static List<ConfigurationProblem.Severity> severities(List<ConfigurationProblem> findings) {
        return findings.stream().map(ConfigurationProblem::severity).toList();
    }
}
