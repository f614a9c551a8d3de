package dev.latchkey.key;

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

/** Security: backends know the shared secret, other issuers theirs, and front ends' servers may know that of the cookies. */
class DistinctSecretsCheckTest {

    private static final String ONE = "s".repeat(32);
    private static final String OTHER = "t".repeat(32);

    @TempDir
    Path folder;

    @Test
    void acceptsSecretsThatDiffer() throws IOException {
        assertEquals(List.of(), compare(value("A", ONE), value("B", OTHER), file("C", "u".repeat(32)), none("D")));
        assertEquals(List.of(), compare(none("A"), none("B")));
    }

    @Test
    void refusesOneSecretForTwoSettingsAndNamesBoth() {
        ConfigurationProblem problem = compare(value("LATCHKEY_SECRET", ONE), value("LATCHKEY_JWT_SECRET", ONE))
                .getFirst();
        assertEquals("LATCHKEY_JWT_SECRET", problem.property());
        assertTrue(problem.message().contains("LATCHKEY_SECRET;"), problem.message());
        assertTrue(problem.message().contains("openssl rand"), problem.message());
        assertTrue(problem.severity().stops(false));
        assertFalse(problem.toString().contains(ONE));
    }

    @Test
    void comparesWhatFilesHold() throws IOException {
        assertEquals(1, compare(value("A", ONE), file("B", ONE + "\n")).size());
        assertEquals(1, compare(file("A", ONE + " "), file("B", ONE)).size());
        assertEquals(0, compare(file("A", ONE), file("B", OTHER)).size());
    }

    @Test
    void reportsEachPair() {
        assertEquals(
                List.of("B", "C", "C"),
                compare(value("A", ONE), value("B", ONE), value("C", ONE), value("D", OTHER)).stream()
                        .map(ConfigurationProblem::property)
                        .toList());
    }

    @Test
    void leavesUnreadableSecretsToTheirOwnCheck() throws IOException {
        ConfiguredSecret missing = new ConfiguredSecret("A", Optional.empty(), Optional.of(folder.resolve("missing")));
        ConfiguredSecret twice =
                new ConfiguredSecret("B", Optional.of(ONE), file("B", ONE).file());
        assertEquals(
                List.of(),
                compare(missing, missing, twice, twice, value("C", ONE), value("D", "short"), value("E", "short")));
    }

    @Test
    void comparesCurrentAndPreviousMasterSecret() {
        KeySettingsCheck keys = new KeySettingsCheck(
                TestKeys.Settings.secret(ONE).previousSecret(ONE).shared(OTHER, OTHER));
        ConfiguredSecret.Holder backends = () -> List.of(value("LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET", OTHER));
        assertEquals(
                List.of(
                        "LATCHKEY_SECRET_PREVIOUS",
                        "LATCHKEY_JWT_SECRET_PREVIOUS",
                        "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET",
                        "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET"),
                new DistinctSecretsCheck(List.of(keys, backends))
                        .problems().stream().map(ConfigurationProblem::property).toList());
    }

    private static List<ConfigurationProblem> compare(ConfiguredSecret... secrets) {
        return DistinctSecretsCheck.compare(List.of(secrets));
    }

    private static ConfiguredSecret none(String name) {
        return new ConfiguredSecret(name, Optional.empty(), Optional.empty());
    }

    private static ConfiguredSecret value(String name, String text) {
        return new ConfiguredSecret(name, Optional.of(text), Optional.empty());
    }

    private ConfiguredSecret file(String name, String text) throws IOException {
        return new ConfiguredSecret(
                name,
                Optional.empty(),
                Optional.of(Files.writeString(Files.createTempFile(folder, "secret", ""), text)));
    }
}
