package dev.latchkey.key;

import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.ERROR;
import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.ERROR_IN_PRODUCTION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.boot.Settings.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FR-025: in production the service refuses to start without its secrets, naming the setting. */
class SecretsCheckTest {

    private static final String GOOD = "s".repeat(32);
    private static final String SHORT = "too-short-to-be-safe";

    @TempDir
    Path folder;

    @Test
    void acceptsASecretOf32Bytes() {
        assertEquals(List.of(), SecretsCheck.checkRequired(secret(GOOD, "")));
        assertEquals(List.of(), SecretsCheck.checkOptional(secret(GOOD, "")));
    }

    @Test
    void countsBytesRatherThanCharacters() {
        assertEquals(List.of(), SecretsCheck.checkRequired(secret("ä".repeat(16), "")));
    }

    @Test
    void acceptsASecretFromAFile() throws IOException {
        assertEquals(List.of(), SecretsCheck.checkRequired(secret("", file(GOOD + "\n"))));
    }

    @Test
    void demandsTheMasterSecretInProduction() {
        ConfigurationProblem problem = only(SecretsCheck.checkRequired(secret("", "")));

        assertEquals(ERROR_IN_PRODUCTION, problem.severity());
        assertEquals("LATCHKEY_SECRET", problem.property());
        assertTrue(problem.message().contains("LATCHKEY_SECRET_FILE"), problem.message());
    }

    @Test
    void demandsNoOptionalSecret() {
        assertEquals(List.of(), SecretsCheck.checkOptional(secret("", "")));
    }

    @Test
    void refusesAShortMasterSecretInProduction() {
        assertEquals(
                ERROR_IN_PRODUCTION,
                only(SecretsCheck.checkRequired(secret(SHORT, ""))).severity());
    }

    @Test
    void refusesAShortOptionalSecretEverywhere() {
        assertEquals(ERROR, only(SecretsCheck.checkOptional(secret(SHORT, ""))).severity());
    }

    @Test
    void refusesAShortSecretInAFile() throws IOException {
        assertEquals(
                ERROR,
                only(SecretsCheck.checkOptional(secret("", file(SHORT)))).severity());
    }

    @Test
    void doesNotCountTheBlanksAroundAFilesSecret() throws IOException {
        assertEquals(
                1,
                SecretsCheck.checkOptional(secret("", file(SHORT + " ".repeat(40))))
                        .size());
    }

    @Test
    void refusesASecretGivenTwice() throws IOException {
        ConfigurationProblem problem = only(SecretsCheck.checkRequired(secret(GOOD, file(GOOD))));

        assertEquals(ERROR_IN_PRODUCTION, problem.severity());
        assertTrue(problem.message().contains("twice"), problem.message());
    }

    @Test
    void namesTheFileThatCannotBeRead() {
        ConfigurationProblem problem = only(
                SecretsCheck.checkOptional(secret("", folder.resolve("missing").toString())));

        assertEquals(ERROR, problem.severity());
        assertEquals("LATCHKEY_SECRET", problem.property());
        assertTrue(problem.message().contains("missing"), problem.message());
    }

    @Test
    void refusesAFolderInTheFilesPlace() {
        assertEquals(
                ERROR_IN_PRODUCTION,
                only(SecretsCheck.checkRequired(secret("", folder.toString()))).severity());
    }

    @Test
    void neverRepeatsASecret() throws IOException {
        assertFalse(SecretsCheck.checkRequired(secret(SHORT, "")).toString().contains(SHORT));
        assertFalse(
                SecretsCheck.checkRequired(secret("", file(SHORT))).toString().contains(SHORT));
        assertFalse(
                SecretsCheck.checkRequired(secret(GOOD, file(GOOD))).toString().contains(GOOD));
        assertFalse(secret(SHORT, "").toString().contains(SHORT));
    }

    private String file(String content) throws IOException {
        return Files.writeString(folder.resolve("secret"), content).toString();
    }

    private static Secret secret(String value, String file) {
        return new Secret("LATCHKEY_SECRET", value, file);
    }

    private static ConfigurationProblem only(List<ConfigurationProblem> problems) {
        assertEquals(1, problems.size(), problems.toString());
        return problems.getFirst();
    }
}
