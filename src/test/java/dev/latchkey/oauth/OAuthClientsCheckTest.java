package dev.latchkey.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.boot.ConfigurationProblem;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FR-025: no backend with a secret that can be guessed, and none that was meant to have one and has not. */
class OAuthClientsCheckTest {

    private static final String SHOP = "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET";
    private static final String GOOD = "s".repeat(32);
    private static final String SHORT = "too-short-to-be-safe";

    @TempDir
    Path folder;

    @Test
    void acceptsNoClients() {
        assertEquals(Set.of(), refused(Map.of()));
    }

    @Test
    void acceptsSecretsOf32Bytes() throws IOException {
        assertEquals(
                Set.of(),
                refused(Map.of(
                        SHOP,
                        GOOD,
                        SHOP + "_PREVIOUS_FILE",
                        file(GOOD),
                        "LATCHKEY_OAUTH_CLIENTS_DESK2_SECRET_FILE",
                        file(GOOD + "\n"))));
    }

    @Test
    void refusesAnEmptySecret() {
        assertEquals(Set.of(SHOP), refused(Map.of(SHOP, "")));
        assertEquals(Set.of(SHOP), refused(Map.of(SHOP + "_FILE", "")));
    }

    @Test
    void refusesClientWithPreviousSecretOnly() {
        assertEquals(Set.of(SHOP), refused(Map.of(SHOP + "_PREVIOUS", GOOD)));
    }

    @Test
    void refusesShortSecrets() throws IOException {
        assertEquals(Set.of(SHOP), refused(Map.of(SHOP, SHORT)));
        assertEquals(Set.of(SHOP), refused(Map.of(SHOP + "_FILE", file(SHORT + " ".repeat(40)))));
        assertEquals(Set.of(SHOP + "_PREVIOUS"), refused(Map.of(SHOP, GOOD, SHOP + "_PREVIOUS", SHORT)));
    }

    @Test
    void refusesASecretThatIsGivenTwice() throws IOException {
        assertEquals(Set.of(SHOP), refused(Map.of(SHOP, GOOD, SHOP + "_FILE", file(GOOD))));
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertEquals(
                Set.of(SHOP),
                refused(Map.of(SHOP + "_FILE", folder.resolve("missing").toString())));
    }

    @Test
    void namesEveryInvalidClient() {
        assertEquals(
                Set.of(SHOP, "LATCHKEY_OAUTH_CLIENTS_DESK_SECRET"),
                refused(Map.of(SHOP, SHORT, "LATCHKEY_OAUTH_CLIENTS_DESK_SECRET", "")));
    }

    @Test
    void stopsTheBootEverywhereAndRepeatsNoSecret() {
        List<ConfigurationProblem> problems = problems(Map.of(SHOP, SHORT));

        assertTrue(problems.getFirst().severity().stops(false));
        assertFalse(problems.toString().contains(SHORT));
    }

    private Set<String> refused(Map<String, String> environment) {
        return Set.copyOf(problems(environment).stream()
                .map(ConfigurationProblem::property)
                .toList());
    }

    private static List<ConfigurationProblem> problems(Map<String, String> environment) {
        OAuthConfig config = new SmallRyeConfigBuilder()
                .withMapping(OAuthConfig.class)
                .withSources(new EnvConfigSource(new HashMap<>(environment), 300))
                .build()
                .getConfigMapping(OAuthConfig.class);
        return new OAuthClientsCheck(config).problems();
    }

    private String file(String content) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "secret", ""), content)
                .toString();
    }
}
