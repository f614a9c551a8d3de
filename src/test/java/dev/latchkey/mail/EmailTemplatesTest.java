package dev.latchkey.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.platform.http.PreferredLanguages;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What e-mails say, in both forms, in each language, from our templates and an operator's. */
class EmailTemplatesTest {

    private static final URI LINK = URI.create("https://id.example.com/do?token=secret&callbackURL=%2F'%22");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final PreferredLanguages ENGLISH = PreferredLanguages.of("en");
    private static final PreferredLanguages GERMAN = PreferredLanguages.of("de-AT,de;q=0.9");

    private static final RequestDetails REQUEST =
            new RequestDetails(Instant.parse("2026-11-29T21:45:59Z"), "192.0.2.7", "Firefox, Windows");

    private final EmailTemplates templates = new EmailTemplates(TemplateDirectory.NONE);

    static List<EmailMessage> withLink() {
        return withLink(ENGLISH);
    }

    static List<EmailMessage> withLinkInGerman() {
        return withLink(GERMAN);
    }

    private static List<EmailMessage> withLink(PreferredLanguages languages) {
        return List.of(
                new EmailMessage.PasswordReset(languages, LINK, HOUR),
                new EmailMessage.EmailVerification(languages, LINK, HOUR),
                new EmailMessage.EmailChange(languages, LINK, HOUR),
                new EmailMessage.AccountDeletion(languages, LINK, HOUR));
    }

    static Stream<EmailMessage> withLinkInBothLanguages() {
        return Stream.concat(withLink().stream(), withLinkInGerman().stream());
    }

    @ParameterizedTest
    @MethodSource("withLink")
    void namesTheSiteTheLinkItsLifetimeAndTheAlternative(EmailMessage message) {
        String text = templates.render(message).text();
        assertTrue(text.contains("id.example.com"), text);
        assertTrue(text.contains("\n" + LINK + "\n"), "the link stands alone in its line");
        assertTrue(text.contains("once, for 1 hour."), text);
        assertTrue(text.contains("If you did not ask for this"), text);
    }

    @ParameterizedTest
    @MethodSource("withLinkInGerman")
    void saysTheSameInGerman(EmailMessage message) {
        EmailTemplates.Rendered rendered = templates.render(message);
        assertTrue(rendered.text().contains("id.example.com"), rendered.text());
        assertTrue(rendered.text().contains("\n" + LINK + "\n"), "the link stands alone in its line");
        assertTrue(rendered.text().contains("einmal und ist 1 Stunde gültig."), rendered.text());
        assertTrue(html(rendered).contains("<html lang=\"de\">"), html(rendered));
    }

    @ParameterizedTest
    @MethodSource("withLinkInBothLanguages")
    void keepsTheLinkWithinItsAttribute(EmailMessage message) {
        String html = html(templates.render(message));
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
    @MethodSource("withLinkInBothLanguages")
    void saysTheSameInPlainTextAndInHtml(EmailMessage message) {
        EmailTemplates.Rendered rendered = templates.render(message);
        String html = html(rendered)
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
    @ParameterizedTest
    @ValueSource(strings = {"en", "de"})
    void escapesHtml(String language) {
        String html = html(templates.render(new EmailMessage.EmailChangeUndone(
                PreferredLanguages.of(language), "<script>alert(\"1\")</script>&'")));
        assertFalse(html.contains("<script>"), html);
        assertTrue(html.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;"), html);
    }

    // Security: a subject is a header.
    @Test
    void subjectsAreFixedTextsOfOneLine() {
        URI hostile = URI.create("https://id.example.com/do?token=%0D%0ABcc:%20eve@example.com");
        for (PreferredLanguages languages : List.of(ENGLISH, GERMAN)) {
            for (EmailMessage message : List.of(
                    new EmailMessage.PasswordReset(languages, hostile, HOUR),
                    new EmailMessage.EmailChangeUndone(languages, "a\r\nBcc: eve@example.com"))) {
                String subject = templates.render(message).subject();
                assertTrue(subject.matches("[A-Za-zÄäü -]+"), subject);
            }
        }
    }

    @Test
    void noticeOfAChangeNamesNoAddress() {
        String text = templates
                .render(new EmailMessage.EmailChangeUndone(ENGLISH, "id.example.com"))
                .text();
        assertTrue(text.contains("id.example.com"), text);
        assertFalse(text.contains("@"), text);
        assertFalse(text.contains("http"), text);
    }

    static Stream<EmailMessage> notices() {
        return Stream.of(ENGLISH, GERMAN).flatMap(languages -> notices(languages, REQUEST));
    }

    private static Stream<EmailMessage> notices(PreferredLanguages languages, RequestDetails request) {
        return Stream.of(
                new EmailMessage.NewDevice(languages, "id.example.com", request),
                new EmailMessage.PasswordChanged(languages, "id.example.com", request));
    }

    @ParameterizedTest
    @MethodSource("notices")
    void noticeSaysWhatWhenFromWhereAndByWhat(EmailMessage message) {
        EmailTemplates.Rendered rendered = templates.render(message);
        for (String said : List.of("id.example.com", ": 2026-11-29 21:45 UTC", ": 192.0.2.7", ": Firefox, Windows")) {
            assertTrue(rendered.text().contains(said), rendered.text());
            assertTrue(html(rendered).contains(said), html(rendered));
        }
        assertFalse(rendered.text().contains("http"), "it has no link: " + rendered.text());
        assertFalse(html(rendered).contains("href"), html(rendered));
    }

    @Test
    void noticeSaysWhatIsNotKnown() {
        RequestDetails unknown = new RequestDetails(REQUEST.at(), "", "");
        notices(ENGLISH, unknown)
                .forEach(message -> assertTrue(
                        templates.render(message).text().contains("Client address: unknown\nBrowser: unknown\n")));
        notices(GERMAN, unknown)
                .forEach(message -> assertTrue(templates
                        .render(message)
                        .text()
                        .contains("Adresse des Geräts: unbekannt\nBrowser: unbekannt\n")));
    }

    @ParameterizedTest
    @CsvSource({
        "PT1H,1 hour,1 Stunde,1 h",
        "PT24H,24 hours,24 Stunden,24 h",
        "PT168H,7 days,7 Tage,7 d",
        "PT49H,49 hours,49 Stunden,49 h",
        "PT90M,90 minutes,90 Minuten,90 min",
        "PT1M,1 minute,1 Minute,1 min",
        "PT45S,45 seconds,45 Sekunden,45 s"
    })
    void writesDurationsInWords(Duration duration, String english, String german, String other) {
        assertEquals(english, EmailWords.duration(duration, "en"));
        assertEquals(german, EmailWords.duration(duration, "de"));
        assertEquals(other, EmailWords.duration(duration, "fr"));
    }

    /** Every template that comes with the service. */
    @Nested
    class Shipped {

        @ParameterizedTest
        @EnumSource(EmailKind.class)
        void isThereInBothLanguagesAndBothForms(EmailKind kind) throws IOException {
            for (String language : EmailTemplates.SHIPPED) {
                for (boolean html : List.of(true, false)) {
                    TemplateFile.Name name = new TemplateFile.Name(kind, language, html);
                    TemplateFile.parse(name, resource(name.fileName())).check();
                }
            }
        }

        // A translation that was forgotten would be the English text under another name.
        @ParameterizedTest
        @EnumSource(EmailKind.class)
        void isTranslated(EmailKind kind) throws IOException {
            List<String> english = resource(kind.id() + ".en.txt")
                    .lines()
                    .filter(line -> !line.equals("Browser: {browser}"))
                    .toList();
            for (String line : resource(kind.id() + ".de.txt").lines().toList()) {
                assertTrue(line.isEmpty() || line.startsWith("{") || !english.contains(line), line);
            }
        }

        @Test
        void hasNoOtherFile() throws IOException {
            try (Stream<Path> files = Files.list(Path.of("src/main/resources/mail"))) {
                files.map(file -> file.getFileName().toString())
                        .forEach(
                                name -> assertTrue(TemplateFile.Name.parse(name).isPresent(), name));
            }
        }

        private String resource(String name) throws IOException {
            return Files.readString(Path.of("src/main/resources/mail", name));
        }
    }

    /** An operator's templates in place of ours. */
    @Nested
    class Replaced {

        @TempDir
        Path folder;

        @Test
        void areUsedOneByOne() throws IOException {
            write("password-reset.de.txt", "Subject: Neu bei {site}\n\n{link} gilt {lifetime}.\n");

            EmailTemplates.Rendered german = replaced().render(new EmailMessage.PasswordReset(GERMAN, LINK, HOUR));

            assertEquals("Neu bei id.example.com", german.subject());
            assertEquals(LINK + " gilt 1 Stunde.\n", german.text());
            assertTrue(html(german).contains("Neues Passwort festlegen"), "the HTML is still ours");
            EmailMessage english = new EmailMessage.PasswordReset(ENGLISH, LINK, HOUR);
            assertEquals(templates.render(english), replaced().render(english));
            EmailMessage other = new EmailMessage.EmailVerification(GERMAN, LINK, HOUR);
            assertEquals(templates.render(other), replaced().render(other));
        }

        @Test
        void mayBeInALanguageThatTheServiceDoesNotHave() throws IOException {
            write("password-reset.fr.txt", "Subject: Nouveau mot de passe\n\n{link} ({lifetime}, {language})\n");
            PreferredLanguages french = PreferredLanguages.of("fr-CA, de;q=0.5");

            EmailTemplates.Rendered reset = replaced().render(new EmailMessage.PasswordReset(french, LINK, HOUR));
            assertEquals("Nouveau mot de passe", reset.subject());
            assertEquals(LINK + " (1 h, fr)\n", reset.text());
            assertNull(reset.html(), "an English part beside it would be shown instead");

            assertEquals(
                    "Bestätigen Sie Ihre E-Mail-Adresse",
                    replaced()
                            .render(new EmailMessage.EmailVerification(french, LINK, HOUR))
                            .subject(),
                    "what is not there in French is there in the next language");
        }

        @Test
        void escapeValuesInHtml() throws IOException {
            write("email-change-undone.en.html", "<p title=\"{site}\">{site}</p>");

            String html = html(replaced().render(new EmailMessage.EmailChangeUndone(ENGLISH, "\"><b>x</b>")));

            assertEquals("<p title=\"&quot;&gt;&lt;b&gt;x&lt;/b&gt;\">&quot;&gt;&lt;b&gt;x&lt;/b&gt;</p>", html);
        }

        @Test
        void mayHaveLineEndsOfWindowsAndAByteOrderMark() throws IOException {
            write("password-reset.en.txt", "\uFEFFSubject: New\r\n\r\n{link}\r\n");

            assertEquals(
                    new EmailTemplates.Rendered("New", LINK + "\n", null).text(),
                    replaced()
                            .render(new EmailMessage.PasswordReset(ENGLISH, LINK, HOUR))
                            .text());
        }

        // Kubernetes mounts a ConfigMap as links into hidden directories.
        @Test
        void areReadBesideHiddenFiles() throws IOException {
            Files.createDirectory(folder.resolve("..2026_11_29"));
            write("..2026_11_29/password-reset.en.txt", "Subject: New\n\n{link}\n");
            Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_11_29"));
            Files.createSymbolicLink(
                    folder.resolve("password-reset.en.txt"), Path.of("..data", "password-reset.en.txt"));

            assertEquals(List.of(), TemplateDirectory.read(folder).problems());
            assertEquals(
                    "New",
                    replaced()
                            .render(new EmailMessage.PasswordReset(ENGLISH, LINK, HOUR))
                            .subject());
        }

        // A notice must not be lost for a template.
        @Test
        void areNotUsedForAnEmailThatTheyCannotRender() throws IOException {
            write(
                    "email-change-undone.de.txt",
                    "Subject: X\n\n{#if site == 'a-long-name.id.example.com'}{nothing}{/if}\n");
            assertEquals(List.of(), TemplateDirectory.read(folder).problems(), "it passes the trial");

            EmailTemplates.Rendered rendered =
                    replaced().render(new EmailMessage.EmailChangeUndone(GERMAN, "a-long-name.id.example.com"));

            assertEquals("Eine Änderung der E-Mail-Adresse wurde rückgängig gemacht", rendered.subject());
        }

        // Security: values are texts. A template reaches no object of the process.
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{site.getClass}",
                    "{site.class.name}",
                    "{inject:config}",
                    "{config:latchkey.secret}",
                    "{cdi:mailQueue}",
                    "{#include other /}",
                    "{lnk}",
                    "{LINK}",
                    "{password}",
                    "{address}",
                    "{#if lnk}x{/if}",
                    "{#each link}{it.bytes}{/each}",
                    "{link.foo}"
                })
        void mayNameTheirValuesOnly(String expression) throws IOException {
            write("password-reset.en.txt", "Subject: New\n\n{link}\n\n" + expression + "\n");

            assertProblem("password-reset.en.txt, line 5: ");
        }

        @ParameterizedTest
        @ValueSource(strings = {"{/if}", "{#if link}x{/for}", "{#unknown}x{/unknown}", "{#let x}{/let}"})
        void areRefusedUnlessTheyCanBeParsed(String broken) throws IOException {
            write("password-reset.de.html", "<p>{link}</p>\n\n<p>\n" + broken + "\n</p>\n");

            assertProblem("password-reset.de.html, line 4: ");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "{link}",
                    "Subject: New",
                    "Subject: New\n{link}\n",
                    "Subject:\n\n{link}\n",
                    "Subject: \n\n{link}\n",
                    "subject: New\n\n{link}\n",
                    "\nSubject: New\n\n{link}\n",
                    "{link}\nSubject: New\n\n",
                    "Subject: a\tb\n\n{link}\n",
                    "Subject: New\rBcc: eve@example.com\n\n{link}\n"
                })
        void areRefusedWithoutASubject(String content) throws IOException {
            write("password-reset.en.txt", content);

            assertProblem("password-reset.en.txt, line 1: ");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"password-reset", "email-verification", "email-change", "email-changed", "account-deletion"})
        void areRefusedWithoutTheLink(String kind) throws IOException {
            write(kind + ".en.html", "<p>{site}</p>");

            assertProblem(kind + ".en.html, line 1: {link} is missing");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "password-reset.txt",
                    "password-reset.html",
                    "password-reset.de.htm",
                    "password_reset.de.txt",
                    "Password-Reset.de.txt",
                    "password-reset.de_AT.txt",
                    "password-reset.DE.txt",
                    "password-reset.de-at.txt",
                    "password-reset.germanlanguage.txt",
                    "password-reset.de.txt.bak",
                    "password-reset.de.txt~",
                    "newsletter.de.txt",
                    "README.md",
                    "de"
                })
        void areRefusedUnderAnotherName(String name) throws IOException {
            write(name, "Subject: New\n\n{link}\n");

            assertProblem(name + " is not the name of a template");
        }

        @Test
        void areRefusedInHtmlAloneInAnotherLanguage() throws IOException {
            write("password-reset.fr.html", "<p>{link}</p>");

            List<String> problems = TemplateDirectory.read(folder).problems();
            assertEquals(1, problems.size());
            assertTrue(problems.getFirst().contains("password-reset.fr.txt is missing"), problems::toString);
        }

        @Test
        void areRefusedIfTheyAreNoText() throws IOException {
            Files.write(folder.resolve("password-reset.en.txt"), new byte[] {'S', (byte) 0xFF, (byte) 0xFE});

            assertProblem("is no text in UTF-8");
        }

        @Test
        void areRefusedIfTheyAreHuge() throws IOException {
            write("password-reset.en.txt", "Subject: New\n\n{link}\n" + "x".repeat(64 * 1024));

            assertProblem("is larger than 64 KiB");
        }

        @Test
        void areRefusedIfTheyAreADirectory() throws IOException {
            Files.createDirectory(folder.resolve("password-reset.en.txt"));

            assertProblem("cannot be read");
        }

        @Test
        void areRefusedWithoutTheDirectory() throws IOException {
            Files.writeString(folder.resolve("file"), "x");
            for (String wrong : List.of("nothing", "file")) {
                TemplateDirectory read = TemplateDirectory.read(folder.resolve(wrong));
                assertEquals(1, read.problems().size());
                assertTrue(read.problems().getFirst().startsWith("names no directory that can be read: "));
            }
        }

        @Test
        void areReportedAllAtOnce() throws IOException {
            write("password-reset.en.txt", "Subject: New\n\nnothing\n");
            write("email-change.de.html", "{#if}");
            write("newsletter.de.txt", "x");
            write("account-deletion.de.txt", "Subject: Gut\n\n{link}\n");

            TemplateDirectory read = TemplateDirectory.read(folder);
            assertEquals(3, read.problems().size(), read.problems()::toString);
            assertEquals(1, read.contents().size());
        }

        private void assertProblem(String expected) {
            TemplateDirectory read = TemplateDirectory.read(folder);
            assertEquals(1, read.problems().size(), read.problems()::toString);
            String problem = read.problems().getFirst();
            assertTrue(problem.contains(expected), problem);
            assertFalse(problem.contains("\n"), problem);
            assertEquals(0, read.contents().size());
        }

        private EmailTemplates replaced() {
            return new EmailTemplates(TemplateDirectory.read(folder));
        }

        private void write(String name, String content) throws IOException {
            Files.writeString(folder.resolve(name), content);
        }
    }

    private static String html(EmailTemplates.Rendered rendered) {
        @Nullable String html = rendered.html();
        assertNotNull(html);
        return Objects.requireNonNull(html);
    }
}
