package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.ReceivedEmail;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service has its templates in it, in both languages, and reads an operator's from a directory. */
class EmailTemplatesIT {

    @Test
    void writesInItsOwnLanguagesAndAnOperators(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("email-change.fr.txt"), "Subject: Nouvelle adresse\n\n{link}\n\n({lifetime})\n");
        try (MailSink mail = MailSink.inClearText();
                Packaged service = Packaged.ready(
                        EmbeddedDatabaseResource.emptyDatabase(),
                        Map.of(
                                "LATCHKEY_MAIL_HOST", "localhost",
                                "LATCHKEY_MAIL_PORT", String.valueOf(mail.port()),
                                "LATCHKEY_MAIL_SECURITY", "none",
                                "LATCHKEY_MAIL_FROM", "accounts@example.com",
                                "LATCHKEY_MAIL_TEMPLATES", folder.toString()))) {
            service.addressed();
            Person ada = Person.signedUp();

            ReceivedEmail english = changeEmail(ada, mail, "english@example.com", "en");
            assertEquals("Confirm your new e-mail address", english.subject());
            assertTrue(english.message().contains("text/html"), english.message());

            ReceivedEmail german = changeEmail(ada, mail, "german@example.com", "de-AT");
            assertTrue(german.text().contains("Diese Adresse verwenden:"), german.text());
            String path = german.link().substring(german.link().indexOf("/links/"));
            given().header("Accept-Language", "de")
                    .get(path)
                    .then()
                    .statusCode(200)
                    .body(containsString("<html lang=\"de\">"))
                    .body(containsString("Neue E-Mail-Adresse verwenden"));

            ReceivedEmail french = changeEmail(ada, mail, "french@example.com", "fr-CA");
            assertEquals("Nouvelle adresse", french.subject());
            assertTrue(french.message().contains("(1 h)"), french.message());
        }
    }

    private static ReceivedEmail changeEmail(Person ada, MailSink mail, String address, String language) {
        ada.bearing()
                .header("Accept-Language", language)
                .contentType(ContentType.JSON)
                .body("{\"email\": \"" + address + "\"}")
                .put(ada.own("/email"))
                .then()
                .statusCode(202);
        return mail.awaitEmailTo(address);
    }
}
