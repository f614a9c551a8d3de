package dev.latchkey.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.EmailAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EmailMessageTest {

    private static final URI LINK = URI.create("https://id.example.com/do?token=secret&callbackURL=%2F'%22");
    private static final Duration HOUR = Duration.ofHours(1);

    static List<EmailMessage> letters() {
        return List.of(
                new EmailMessage.PasswordReset(LINK, HOUR),
                new EmailMessage.EmailVerification(LINK, HOUR),
                new EmailMessage.EmailChange(LINK, HOUR),
                new EmailMessage.Departure(LINK, HOUR));
    }

    @ParameterizedTest
    @MethodSource("letters")
    void saysWhereWhatForHowLongAndWhatElse(EmailMessage letter) {
        String text = EmailTemplates.plain(letter);
        assertTrue(text.contains("id.example.com"), text);
        assertTrue(text.contains("\n" + LINK + "\n"), "the link stands alone in its line");
        assertTrue(text.contains("once, for 1 hour."), text);
        assertTrue(text.contains("If you did not ask for this"), text);
    }

    @ParameterizedTest
    @MethodSource("letters")
    void keepsTheLinkWithinItsAttribute(EmailMessage letter) {
        String html = EmailTemplates.html(letter);
        assertTrue(
                html.contains("<a href=\"https://id.example.com/do?token=secret&amp;callbackURL=%2F&#39;%22\">"), html);
    }

    // A link is a secret.
    @ParameterizedTest
    @MethodSource("letters")
    void doesNotPrint(EmailMessage letter) {
        OutgoingEmail addressed = new OutgoingEmail(new EmailAddress("ada@example.com"), letter);
        for (String printed : List.of(letter.toString(), addressed.toString())) {
            assertFalse(printed.contains("secret"), printed);
            assertFalse(printed.contains("ada"), printed);
        }
    }

    @Test
    void tellsTheOldAddressWithoutTheNewOne() {
        String text = EmailTemplates.plain(new EmailMessage.EmailChanged("id.example.com"));
        assertTrue(text.contains("id.example.com"), text);
        assertFalse(text.contains("@"), text);
        assertFalse(text.contains("http"), text);
    }

    @ParameterizedTest
    @CsvSource({"PT1H,1 hour", "PT24H,24 hours", "PT90M,90 minutes", "PT1M,1 minute", "PT45S,45 seconds"})
    void spellsDurationsOut(Duration duration, String words) {
        assertEquals(words, EmailTemplates.words(duration));
    }
}
