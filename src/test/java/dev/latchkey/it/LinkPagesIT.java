package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.ExternalProcess;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The page of an e-mail link of the packaged service, as a browser shows it. */
@EnabledIf(value = "hasBrowser", disabledReason = "there is no Chromium on the path")
class LinkPagesIT {

    private static final Path PICTURES = Path.of("target", "browser", "links").toAbsolutePath();
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    static boolean hasBrowser() {
        return ExternalProcess.onPath("chromium").isPresent();
    }

    @Test
    void showsThePageInBothColourSchemesAndActsByTheButton() throws IOException {
        Files.createDirectories(PICTURES);
        try (MailSink mail = MailSink.inClearText();
                Packaged service = Packaged.ready(
                        EmbeddedDatabaseResource.emptyDatabase(),
                        Map.of(
                                "LATCHKEY_MAIL_HOST", "localhost",
                                "LATCHKEY_MAIL_PORT", String.valueOf(mail.port()),
                                "LATCHKEY_MAIL_SECURITY", "none",
                                "LATCHKEY_MAIL_FROM", "accounts@example.com"))) {
            service.addressed();
            Person ada = Person.signedUp();
            ada.bearing()
                    .contentType(ContentType.JSON)
                    .body("{\"email\": \"countess@example.com\"}")
                    .put(ada.own("/email"))
                    .then()
                    .statusCode(202);
            String link = mail.awaitEmailTo("countess@example.com").link();
            String path = link.substring(link.indexOf("/links/"));

            for (String scheme : List.of("light", "dark")) {
                Path picture = PICTURES.resolve("change-" + scheme + ".png");
                Files.deleteIfExists(picture);
                browse(
                        scheme,
                        "--screenshot=" + picture,
                        "--window-size=600,520",
                        "http://localhost:" + service.port() + path);
                assertTrue(Files.size(picture) > 5_000, "a picture with something on it");
            }
            String shown = browse("light", "--dump-dom", "http://localhost:" + service.port() + path);
            assertTrue(shown.contains("Use this address</button>"), shown);

            ada.bearing().get(ada.own("")).then().statusCode(200).body(containsString(ada.email()));
            given().post(path).then().statusCode(200).body(containsString("Your e-mail address was changed"));
            Person.signIn("countess@example.com", ada.password()).then().statusCode(200);
        }
    }

    private static String browse(String scheme, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--blink-settings=preferredColorScheme=" + (scheme.equals("dark") ? 0 : 1)));
        command.addAll(List.of(arguments));
        ExternalProcess.Ended ended =
                ExternalProcess.run(new ProcessBuilder(command), PICTURES.resolve("browser.log"), TIMEOUT);
        assertEquals(0, ended.code(), ended.output());
        return ended.output();
    }
}
