package dev.latchkey.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.latchkey.platform.boot.ConfigurationProblem;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Refuses mail servers that cannot be used, and those to which secrets would be sent in clear text. */
class MailCheckTest {

    @TempDir
    Path folder;

    @Test
    void acceptsNoMailAtAll() {
        assertEquals(Set.of(), stopping(Map.of("host", "", "from", "")));
    }

    @Test
    void acceptsAMailServer() throws IOException {
        assertEquals(Set.of(), stopping(Map.of()));
        assertEquals(Set.of(), stopping(Map.of("username", "latchkey", "password", "short")));
        assertEquals(Set.of(), stopping(Map.of("username", "latchkey", "password-file", file("short\n"))));
        assertEquals(Set.of(), stopping(Map.of("security", "TLS", "port", "465", "from-name", "Müller & Söhne")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "::1"})
    void acceptsClearTextOnThisMachine(String host) {
        assertEquals(Set.of(), stopping(Map.of("host", host, "security", "none")));
    }

    // The last two resolve to this machine somewhere, perhaps, and elsewhere not.
    @ParameterizedTest
    @ValueSource(strings = {"mail.example.com", "192.0.2.1", "localhost.example.com", "mail"})
    void refusesClearTextToAnotherMachineInProduction(String host) {
        Map<String, String> settings = Map.of("host", host, "security", "none");
        assertEquals(Set.of("LATCHKEY_MAIL_SECURITY"), stopping(settings));
        assertEquals(
                List.of(ConfigurationProblem.Severity.ERROR_IN_PRODUCTION),
                problems(settings).stream().map(ConfigurationProblem::severity).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "nobody", "Accounts <accounts@example.com>", "a@example.com\r\nBcc: b@example.com"})
    void refusesASenderThatIsNoAddress(String from) {
        assertEquals(Set.of("LATCHKEY_MAIL_FROM"), stopping(Map.of("from", from)));
    }

    @Test
    void refusesASenderNameWithControlCharacters() {
        assertEquals(Set.of("LATCHKEY_MAIL_FROM_NAME"), stopping(Map.of("from-name", "a\r\nBcc: b@example.com")));
    }

    @Test
    void refusesHalfOfACredential() throws IOException {
        assertEquals(Set.of("LATCHKEY_MAIL_PASSWORD"), stopping(Map.of("username", "latchkey")));
        assertEquals(Set.of("LATCHKEY_MAIL_USERNAME"), stopping(Map.of("password", "short")));
        assertEquals(Set.of("LATCHKEY_MAIL_USERNAME"), stopping(Map.of("password-file", file("short"))));
    }

    @Test
    void refusesAPasswordThatIsGivenTwiceOrCannotBeRead() throws IOException {
        assertEquals(
                Set.of("LATCHKEY_MAIL_PASSWORD"),
                stopping(Map.of("username", "latchkey", "password", "short", "password-file", file("short"))));
        assertEquals(
                Set.of("LATCHKEY_MAIL_PASSWORD"),
                stopping(Map.of("username", "latchkey", "password", "p\uFFFDssword")));
        for (String path : List.of(folder.resolve("missing").toString(), folder.toString(), file(" \n"))) {
            assertEquals(
                    Set.of("LATCHKEY_MAIL_PASSWORD_FILE"),
                    stopping(Map.of("username", "latchkey", "password-file", path)));
        }
    }

    @Test
    void refusesFilesWithoutCertificates() throws IOException {
        for (String path : List.of(folder.resolve("missing").toString(), folder.toString(), file(""), file("hello"))) {
            assertEquals(Set.of("LATCHKEY_MAIL_TRUST_FILE"), stopping(Map.of("trust-file", path)));
        }
    }

    @Test
    void refusesSettingsOfMailWithoutAMailServer() {
        for (String name : List.of("username", "password", "password-file")) {
            assertEquals(Set.of("LATCHKEY_MAIL_HOST"), stopping(Map.of("host", "", name, "given")));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "port, 0, LATCHKEY_MAIL_PORT",
        "port, 65536, LATCHKEY_MAIL_PORT",
        "timeout, 0s, latchkey.mail.timeout",
        "attempt-timeout, -1s, latchkey.mail.attempt-timeout",
        "pause, 0s, latchkey.mail.pause",
        "max-pause, 0s, latchkey.mail.max-pause",
        "give-up-after, 0s, latchkey.mail.give-up-after",
        "poll, -1s, latchkey.mail.poll",
        "poll, 31s, latchkey.mail.poll",
        "queue, 0, latchkey.mail.queue",
        "queue, 1000001, latchkey.mail.queue",
        "workers, -1, latchkey.mail.workers"
    })
    void refusesMeaninglessValues(String name, String value, String named) {
        assertEquals(Set.of(named), stopping(Map.of(name, value)));
    }

    @Test
    void repeatsNoPassword() throws IOException {
        String secret = "a mail password";
        List<ConfigurationProblem> problems = problems(Map.of("password", secret, "password-file", file(secret)));
        assertFalse(problems.isEmpty());
        assertFalse(problems.toString().contains(secret));
    }

    /** What stops the boot in production. */
    private static Set<String> stopping(Map<String, String> settings) {
        Set<String> names = new TreeSet<>();
        for (ConfigurationProblem problem : problems(settings)) {
            if (problem.severity().stops(true)) {
                names.add(problem.property());
            }
        }
        return names;
    }

    private static List<ConfigurationProblem> problems(Map<String, String> changed) {
        Map<String, String> settings = new HashMap<>(
                Map.of("latchkey.mail.host", "mail.example.com", "latchkey.mail.from", "accounts@example.com"));
        changed.forEach((name, value) -> settings.put("latchkey.mail." + name, value));
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .withConverter(Duration.class, 200, new DurationConverter())
                .withMapping(MailConfig.class)
                .addDefaultInterceptors()
                .build();
        return new MailCheck(config.getConfigMapping(MailConfig.class)).problems();
    }

    private String file(String content) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "secret", ""), content)
                .toString();
    }
}
