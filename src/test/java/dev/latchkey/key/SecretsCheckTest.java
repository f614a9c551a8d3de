package dev.latchkey.key;

import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.SEVERE;
import static dev.latchkey.platform.boot.ConfigurationProblem.Severity.SEVERE_IN_PRODUCTION;
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
        assertEquals(List.of(), SecretsCheck.judgeRequired(secret(GOOD, "")));
        assertEquals(List.of(), SecretsCheck.judgeOptional(secret(GOOD, "")));
    }

    @Test
    void countsBytesRatherThanCharacters() {
        assertEquals(List.of(), SecretsCheck.judgeRequired(secret("ä".repeat(16), "")));
    }

    @Test
    void acceptsASecretFromAFile() throws IOException {
        assertEquals(List.of(), SecretsCheck.judgeRequired(secret("", file(GOOD + "\n"))));
    }

    @Test
    void demandsTheMasterSecretInProduction() {
        ConfigurationProblem finding = only(SecretsCheck.judgeRequired(secret("", "")));

        assertEquals(SEVERE_IN_PRODUCTION, finding.severity());
        assertEquals("LATCHKEY_SECRET", finding.property());
        assertTrue(finding.message().contains("LATCHKEY_SECRET_FILE"), finding.message());
    }

    @Test
    void demandsNoOptionalSecret() {
        assertEquals(List.of(), SecretsCheck.judgeOptional(secret("", "")));
    }

    @Test
    void refusesAShortMasterSecretInProduction() {
        assertEquals(
                SEVERE_IN_PRODUCTION,
                only(SecretsCheck.judgeRequired(secret(SHORT, ""))).severity());
    }

    @Test
    void refusesAShortOptionalSecretEverywhere() {
        assertEquals(SEVERE, only(SecretsCheck.judgeOptional(secret(SHORT, ""))).severity());
    }

    @Test
    void refusesAShortSecretInAFile() throws IOException {
        assertEquals(
                SEVERE,
                only(SecretsCheck.judgeOptional(secret("", file(SHORT)))).severity());
    }

    @Test
    void doesNotCountTheBlanksAroundAFilesSecret() throws IOException {
        assertEquals(
                1,
                SecretsCheck.judgeOptional(secret("", file(SHORT + " ".repeat(40))))
                        .size());
    }

    @Test
    void refusesASecretGivenTwice() throws IOException {
        ConfigurationProblem finding = only(SecretsCheck.judgeRequired(secret(GOOD, file(GOOD))));

        assertEquals(SEVERE_IN_PRODUCTION, finding.severity());
        assertTrue(finding.message().contains("twice"), finding.message());
    }

    @Test
    void namesTheFileThatCannotBeRead() {
        ConfigurationProblem finding = only(
                SecretsCheck.judgeOptional(secret("", folder.resolve("missing").toString())));

        assertEquals(SEVERE, finding.severity());
        assertEquals("LATCHKEY_SECRET", finding.property());
        assertTrue(finding.message().contains("missing"), finding.message());
    }

    @Test
    void refusesAFolderInTheFilesPlace() {
        assertEquals(
                SEVERE_IN_PRODUCTION,
                only(SecretsCheck.judgeRequired(secret("", folder.toString()))).severity());
    }

    @Test
    void neverRepeatsASecret() throws IOException {
        assertFalse(SecretsCheck.judgeRequired(secret(SHORT, "")).toString().contains(SHORT));
        assertFalse(
                SecretsCheck.judgeRequired(secret("", file(SHORT))).toString().contains(SHORT));
        assertFalse(
                SecretsCheck.judgeRequired(secret(GOOD, file(GOOD))).toString().contains(GOOD));
        assertFalse(secret(SHORT, "").toString().contains(SHORT));
    }

    private String file(String content) throws IOException {
        return Files.writeString(folder.resolve("secret"), content).toString();
    }

    private static Secret secret(String value, String file) {
        return new Secret("LATCHKEY_SECRET", value, file);
    }

    private static ConfigurationProblem only(List<ConfigurationProblem> findings) {
        assertEquals(1, findings.size(), findings.toString());
        return findings.getFirst();
    }
}
