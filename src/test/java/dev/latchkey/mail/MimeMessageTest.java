package dev.latchkey.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.fixture.MailSink;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MimeMessageTest {

    private static final URI LINK = URI.create("https://id.example.com/reset?token=secret");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain\n",
                ".",
                "..\n.\n",
                "ends with a blank \n and a tab\t",
                "100% = 100%",
                "grüße, 你好, 👋",
                "From here\nTo: there"
            })
    void quotesTextSoThatItCanBeReadAgain(String text) {
        quoted(text);
    }

    @Test
    void breaksLongLines() {
        quoted("x".repeat(1000));
        quoted(".".repeat(1000));
        quoted("ü".repeat(1000));
        quoted(" ".repeat(1000));
    }

    private static void quoted(String text) {
        String quoted = MimeMessage.quotedPrintable(text);
        for (String line : quoted.split("\r\n", -1)) {
            assertTrue(line.length() <= 76, line);
            assertTrue(line.chars().allMatch(letter -> letter >= ' ' && letter <= '~'), line);
            assertFalse(line.startsWith("."), "a dot would end the letter, or be doubled: " + line);
            assertFalse(line.endsWith(" "), "a blank at the end is lost on the way");
        }
        assertEquals(text + "\n", MailSink.Received.decoded(quoted));
    }

    // Security: whatever somebody configures as a name is one header and no other.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Example Accounts",
                "Müller & Söhne <admin@example.com>",
                "\"quoted\", comma; and more",
                "a\r\nBcc: everybody@example.com",
                "?= =?utf-8?Q?x?=",
                "👋👋👋👋👋👋👋👋👋👋👋👋👋👋👋👋👋👋👋👋👋👋"
            })
    void encodesNames(String name) {
        String phrase = MimeMessage.phrase(name);
        assertTrue(
                phrase.matches("=\\?utf-8\\?B\\?[A-Za-z0-9+/=]*\\?=(\r\n =\\?utf-8\\?B\\?[A-Za-z0-9+/=]*\\?=)*"),
                phrase);
        assertTrue(Arrays.stream(phrase.split("\r\n ")).allMatch(word -> word.length() <= 75), phrase);
        Matcher words = Pattern.compile("\\?B\\?([^?]*)\\?=").matcher(phrase);
        String read = words.results()
                .map(word -> new String(Base64.getDecoder().decode(word.group(1)), StandardCharsets.UTF_8))
                .collect(Collectors.joining());
        assertEquals(name, read);
    }

    @Test
    void hasTheHeadersThatItShouldAndNoOther() {
        String message = message(new EmailAddress("!#$%&'*+-/=?^_`{|}~@example.com"), "a\r\nBcc: x@example.com");
        List<String> names = message.substring(0, message.indexOf("\r\n\r\n"))
                .replace("\r\n ", " ")
                .lines()
                .map(line -> line.substring(0, line.indexOf(':')))
                .toList();
        assertEquals(
                List.of(
                        "Date",
                        "From",
                        "To",
                        "Message-ID",
                        "Subject",
                        "Auto-Submitted",
                        "MIME-Version",
                        "Content-Type"),
                names);
        assertTrue(message.lines().allMatch(line -> line.length() <= 200));
    }

    @Test
    void saysTheSameInPlainTextAndInHtml() {
        String message = message(new EmailAddress("ada@example.com"), "Accounts");
        for (String type : List.of("text/plain", "text/html")) {
            String part = message.substring(message.indexOf("Content-Type: " + type));
            String text = MailSink.Received.decoded(part.substring(part.indexOf("\r\n\r\n"), part.indexOf("\r\n--")));
            assertTrue(text.contains(LINK.toString()), text);
            assertTrue(text.contains("30 minutes"), text);
            assertTrue(text.contains("do nothing"), text);
        }
    }

    private static String message(EmailAddress to, String fromName) {
        return new String(
                MimeMessage.bytes(
                        new OutgoingEmail(to, new EmailMessage.PasswordReset(LINK, Duration.ofMinutes(30))),
                        new EmailAddress("accounts@example.com"),
                        Optional.of(fromName),
                        ZonedDateTime.of(2026, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC),
                        new Random(1)),
                StandardCharsets.UTF_8);
    }
}
