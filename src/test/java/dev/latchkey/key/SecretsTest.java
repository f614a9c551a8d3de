package dev.latchkey.key;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.key.TestKeys.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FR-025: secrets come from the environment or mounted files. */
class SecretsTest {

    private static final String GOOD = "thirty-two bytes are just enough";

    @TempDir
    Path folder;

    @Test
    void refusesValueTogetherWithFileAndNamesTheSetting() throws IOException {
        Path file = file(GOOD);
        assertMentions("LATCHKEY_SECRET ", () -> Secrets.read("LATCHKEY_SECRET", Optional.of(GOOD), Optional.of(file)));
    }

    // The corner case "secret missing or too short", FR-011.
    @Test
    void namesSettingOfShortSecret() throws IOException {
        assertEquals(32, GOOD.length());
        String tooShort = GOOD.substring(1);
        assertMentions("LATCHKEY_SECRET", () -> new Secrets(Settings.secret(tooShort)));
        assertMentions(
                "LATCHKEY_JWT_SECRET", () -> new Secrets(Settings.secret(GOOD).shared(tooShort, "")));
        assertMentions(
                "LATCHKEY_JWT_SECRET_PREVIOUS",
                () -> new Secrets(Settings.secret(GOOD).shared(GOOD, tooShort)));
        Path file = file(tooShort + "\n\n");
        assertMentions("LATCHKEY_SECRET", () -> Secrets.read("LATCHKEY_SECRET", Optional.empty(), Optional.of(file)));
    }

    @Test
    void neverRepeatsTheSecret() {
        String tooShort = GOOD.substring(1);
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> new Secrets(Settings.secret(tooShort)));
        assertFalse(refusal.getMessage().contains(tooShort));
    }

    @Test
    void countsBytesAndNotCharacters() {
        assertArrayEquals(
                "\u00e9".repeat(16).getBytes(StandardCharsets.UTF_8),
                Secrets.read("X", Optional.of("\u00e9".repeat(16)), Optional.empty())
                        .orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\n", "\n\n"})
    void readsFileWithoutFinalLineBreak(String end) throws IOException {
        assertArrayEquals(
                bytes(GOOD),
                Secrets.read("X", Optional.empty(), Optional.of(file(GOOD + end)))
                        .orElseThrow());
    }

    @Test
    void keepsEveryByteOfValueAndOfFileContent() throws IOException {
        String odd = "x \t" + GOOD + " \n x";
        assertArrayEquals(
                bytes(odd),
                Secrets.read("X", Optional.empty(), Optional.of(file(odd + "\n")))
                        .orElseThrow());
        assertArrayEquals(
                bytes(" " + odd + "\n"),
                Secrets.read("X", Optional.of(" " + odd + "\n"), Optional.empty())
                        .orElseThrow());
    }

    @Test
    void namesSettingOfUnreadableFile() throws IOException {
        Path missing = folder.resolve("missing");
        assertMentions(
                "LATCHKEY_SECRET ", () -> Secrets.read("LATCHKEY_SECRET", Optional.empty(), Optional.of(missing)));
        Path noText = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertMentions(
                "LATCHKEY_SECRET ", () -> Secrets.read("LATCHKEY_SECRET", Optional.empty(), Optional.of(noText)));
    }

    @Test
    void derivesOneKeyPerPurposeAndSecret() {
        Secrets secrets = new Secrets(Settings.secret(GOOD));
        byte[] one = secrets.derive("signing-keys");
        assertEquals(32, one.length);
        assertArrayEquals(one, new Secrets(Settings.secret(GOOD)).derive("signing-keys"));
        for (byte[] other : List.of(
                secrets.derive("refresh-seal"),
                secrets.derive("signing-keys "),
                secrets.derive(""),
                new Secrets(Settings.secret(GOOD + "x")).derive("signing-keys"),
                bytes(GOOD))) {
            assertFalse(Arrays.equals(one, other));
        }
    }

    @Test
    void namesMissingSecret() {
        Settings none = Settings.algorithm("EdDSA");
        assertTrue(assertThrows(IllegalStateException.class, () -> new Secrets(none).derive("signing-keys"))
                .getMessage()
                .contains("LATCHKEY_SECRET"));
    }

    // FR-011: the UTF-8 bytes of the value, the present one first because it signs.
    @Test
    void ordersCurrentSharedSecretBeforePrevious() {
        assertEquals(List.of(), new Secrets(Settings.secret(GOOD)).shared());
        Secrets both = new Secrets(Settings.secret(GOOD).shared(GOOD + "\u00e9", GOOD));
        assertArrayEquals(bytes(GOOD + "\u00e9"), both.shared().getFirst().getEncoded());
        assertArrayEquals(bytes(GOOD), both.shared().getLast().getEncoded());
    }

    private Path file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "secret", ""), text);
    }

    private static void assertMentions(String setting, Executable attempt) {
        String message = assertThrows(IllegalArgumentException.class, attempt).getMessage();
        assertTrue(message.contains(setting), message);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // What a JVM makes of a secret beyond ASCII where no locale is set: every such character the same.
    @Test
    void refusesUnreadableSecret() {
        assertMentions("LANG", () -> Secrets.read("X", Optional.of(GOOD + "\uFFFD"), Optional.empty()));
    }
}
