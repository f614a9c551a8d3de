package dev.latchkey.key;

import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.ERROR;
import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.ERROR_IN_PRODUCTION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.boot.ConfigurationProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FR-025: in production the service refuses to start without its secrets, naming the setting. */
class KeySettingsCheckTest {

    private static final String GOOD = "s".repeat(32);
    private static final String SHORT = "too-short-to-be-safe";

    @TempDir
    Path folder;

    @Test
    void acceptsASecretOf32Bytes() {
        assertEquals(List.of(), KeySettingsCheck.checkRequired(secret(GOOD, "")));
        assertEquals(List.of(), KeySettingsCheck.checkOptional(secret(GOOD, "")));
    }

    @Test
    void countsBytesRatherThanCharacters() {
        assertEquals(List.of(), KeySettingsCheck.checkRequired(secret("ä".repeat(16), "")));
    }

    @Test
    void acceptsASecretFromAFile() throws IOException {
        assertEquals(List.of(), KeySettingsCheck.checkRequired(secret("", file(GOOD + "\n"))));
    }

    @Test
    void requiresTheMasterSecretInProduction() {
        ConfigurationProblem problem = only(KeySettingsCheck.checkRequired(secret("", "")));

        assertEquals(ERROR_IN_PRODUCTION, problem.severity());
        assertEquals("LATCHKEY_SECRET", problem.property());
        assertTrue(problem.message().contains("LATCHKEY_SECRET_FILE"), problem.message());
    }

    @Test
    void requiresNoOptionalSecret() {
        assertEquals(List.of(), KeySettingsCheck.checkOptional(secret("", "")));
    }

    @Test
    void refusesAShortMasterSecretInProduction() {
        assertEquals(
                ERROR_IN_PRODUCTION,
                only(KeySettingsCheck.checkRequired(secret(SHORT, ""))).severity());
    }

    @Test
    void refusesAShortOptionalSecretEverywhere() {
        assertEquals(
                ERROR, only(KeySettingsCheck.checkOptional(secret(SHORT, ""))).severity());
    }

    @Test
    void refusesAShortSecretInAFile() throws IOException {
        assertEquals(
                ERROR,
                only(KeySettingsCheck.checkOptional(secret("", file(SHORT)))).severity());
    }

    @Test
    void doesNotCountTheBlanksAroundAFilesSecret() throws IOException {
        assertEquals(
                1,
                KeySettingsCheck.checkOptional(secret("", file(SHORT + " ".repeat(40))))
                        .size());
    }

    @Test
    void refusesASecretGivenTwice() throws IOException {
        ConfigurationProblem problem = only(KeySettingsCheck.checkRequired(secret(GOOD, file(GOOD))));

        assertEquals(ERROR_IN_PRODUCTION, problem.severity());
        assertTrue(problem.message().contains("twice"), problem.message());
    }

    @Test
    void namesTheFileThatCannotBeRead() {
        ConfigurationProblem problem = only(KeySettingsCheck.checkOptional(
                secret("", folder.resolve("missing").toString())));

        assertEquals(ERROR, problem.severity());
        assertEquals("LATCHKEY_SECRET", problem.property());
        assertTrue(problem.message().contains("missing"), problem.message());
    }

    @Test
    void refusesAFolderInTheFilesPlace() {
        assertEquals(
                ERROR_IN_PRODUCTION,
                only(KeySettingsCheck.checkRequired(secret("", folder.toString())))
                        .severity());
    }

    @Test
    void neverRepeatsASecret() throws IOException {
        assertFalse(KeySettingsCheck.checkRequired(secret(SHORT, "")).toString().contains(SHORT));
        assertFalse(KeySettingsCheck.checkRequired(secret("", file(SHORT)))
                .toString()
                .contains(SHORT));
        assertFalse(KeySettingsCheck.checkRequired(secret(GOOD, file(GOOD)))
                .toString()
                .contains(GOOD));
        assertFalse(secret(SHORT, "").toString().contains(SHORT));
    }

    @Test
    void refusesAPreviousSharedSecretWithoutAPresentOne() {
        ConfiguredSecret previous = secret("LATCHKEY_JWT_SECRET_PREVIOUS", "", "/run/secrets/previous");
        ConfiguredSecret present = secret("LATCHKEY_JWT_SECRET", GOOD, "");
        ConfiguredSecret none = secret("LATCHKEY_JWT_SECRET", "", "");
        assertEquals(ERROR, only(KeySettingsCheck.checkPrevious(none, previous)).severity());
        assertEquals(List.of(), KeySettingsCheck.checkPrevious(present, previous));
        assertEquals(List.of(), KeySettingsCheck.checkPrevious(none, secret("LATCHKEY_JWT_SECRET_PREVIOUS", "", "")));
    }

    @Test
    void refusesAPreviousMasterSecretThatIsShort() {
        List<ConfigurationProblem> problems =
                new KeySettingsCheck(TestKeys.Settings.secret(GOOD).previousSecret(SHORT)).problems();
        assertEquals("LATCHKEY_SECRET_PREVIOUS", only(problems).property());
        assertEquals(ERROR, only(problems).severity());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "eddsa", "HS256", "none", "PS384", "RS512"})
    void refusesAnAlgorithmThatThereIsNot(String name) {
        assertEquals(
                "latchkey.key.algorithm",
                only(KeySettingsCheck.checkAlgorithm(name)).property());
    }

    @ParameterizedTest
    @ValueSource(strings = {"EdDSA", "ES256", "RS256", "PS256"})
    void acceptsTheAlgorithmsOfKeyPairs(String name) {
        assertEquals(List.of(), KeySettingsCheck.checkAlgorithm(name));
    }

    @Test
    void reportsAllThatIsWrongAtOnce() {
        assertEquals(
                List.of(
                        "LATCHKEY_SECRET",
                        "LATCHKEY_JWT_SECRET",
                        "LATCHKEY_JWT_SECRET_PREVIOUS",
                        "latchkey.key.algorithm"),
                new KeySettingsCheck(TestKeys.Settings.algorithm("none").shared(SHORT, SHORT))
                        .problems().stream().map(ConfigurationProblem::property).toList());
    }

    private String file(String content) throws IOException {
        return Files.writeString(folder.resolve("secret"), content).toString();
    }

    private static ConfiguredSecret secret(String value, String file) {
        return secret("LATCHKEY_SECRET", value, file);
    }

    private static ConfiguredSecret secret(String name, String value, String file) {
        return new ConfiguredSecret(
                name,
                Optional.of(value).filter(text -> !text.isEmpty()),
                Optional.of(file).filter(text -> !text.isEmpty()).map(Path::of));
    }

    private static ConfigurationProblem only(List<ConfigurationProblem> problems) {
        assertEquals(1, problems.size(), problems.toString());
        return problems.getFirst();
    }
}
