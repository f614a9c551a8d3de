package dev.latchkey.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.WithMail;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What e-mails say, in both forms. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class EmailTemplatesDatabaseTest {

    private static final URI LINK = URI.create("https://id.example.com/do?token=secret&callbackURL=%2F'%22");
    private static final Duration HOUR = Duration.ofHours(1);

    static List<EmailMessage> withLink() {
        return List.of(
                new EmailMessage.PasswordReset(LINK, HOUR),
                new EmailMessage.EmailVerification(LINK, HOUR),
                new EmailMessage.EmailChange(LINK, HOUR),
                new EmailMessage.AccountDeletion(LINK, HOUR));
    }

    @ParameterizedTest
    @MethodSource("withLink")
    void namesTheSiteTheLinkItsLifetimeAndTheAlternative(EmailMessage message) {
        String text = EmailTemplates.render(message).text();
        assertTrue(text.contains("id.example.com"), text);
        assertTrue(text.contains("\n" + LINK + "\n"), "the link stands alone in its line");
        assertTrue(text.contains("once, for 1 hour."), text);
        assertTrue(text.contains("If you did not ask for this"), text);
    }

    @ParameterizedTest
    @MethodSource("withLink")
    void keepsTheLinkWithinItsAttribute(EmailMessage message) {
        String html = EmailTemplates.render(message).html();
        assertTrue(
                html.contains("<a href=\"https://id.example.com/do?token=secret&amp;callbackURL=%2F&#39;%22\">"), html);
    }

    // A link is a secret.
    @ParameterizedTest
    @MethodSource("withLink")
    void hidesLinkAndRecipientWhenPrinted(EmailMessage message) {
        OutgoingEmail email = new OutgoingEmail(new EmailAddress("ada@example.com"), message);
        for (String printed : List.of(message.toString(), email.toString())) {
            assertFalse(printed.contains("secret"), printed);
            assertFalse(printed.contains("ada"), printed);
        }
    }

    @ParameterizedTest
    @MethodSource("withLink")
    void saysTheSameInPlainTextAndInHtml(EmailMessage message) {
        EmailTemplates.Rendered rendered = EmailTemplates.render(message);
        String html = rendered.html()
                .replaceAll("<[^>]*>", "")
                .replace("&amp;", "&")
                .replace("&#39;", "'")
                .replace("&quot;", "\"");
        for (String paragraph : rendered.text().split("\n\n")) {
            String line = paragraph.strip().replaceAll(":$", "");
            assertTrue(html.contains(line), () -> line + " is missing in " + html);
        }
    }

    // Security: a host is taken from a setting, and a link from a request's checked parameters; both are escaped.
    @Test
    void escapesHtml() {
        String html = EmailTemplates.render(new EmailMessage.EmailChangeUndone("<script>alert(\"1\")</script>&'"))
                .html();
        assertFalse(html.contains("<script>"), html);
        assertTrue(html.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;"), html);
    }

    // Security: a subject is a header.
    @Test
    void subjectsAreFixedTextsOfOneLine() {
        URI hostile = URI.create("https://id.example.com/do?token=%0D%0ABcc:%20eve@example.com");
        for (EmailMessage message : List.of(
                new EmailMessage.PasswordReset(hostile, HOUR),
                new EmailMessage.EmailChangeUndone("a\r\nBcc: eve@example.com"))) {
            String subject = EmailTemplates.render(message).subject();
            assertTrue(subject.matches("[A-Za-z -]+"), subject);
        }
    }

    @Test
    void noticeOfAChangeNamesNoAddress() {
        String text = EmailTemplates.render(new EmailMessage.EmailChangeUndone("id.example.com"))
                .text();
        assertTrue(text.contains("id.example.com"), text);
        assertFalse(text.contains("@"), text);
        assertFalse(text.contains("http"), text);
    }

    @ParameterizedTest
    @CsvSource({
        "PT1H,1 hour",
        "PT24H,24 hours",
        "PT168H,7 days",
        "PT49H,49 hours",
        "PT90M,90 minutes",
        "PT1M,1 minute",
        "PT45S,45 seconds"
    })
    void writesDurationsInWords(Duration duration, String words) {
        assertEquals(words, EmailTemplates.words(duration));
    }
}
