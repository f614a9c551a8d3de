package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
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
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The page of an e-mail link of the packaged service, as a browser shows it. */
@EnabledIf(value = "hasBrowser", disabledReason = "there is no Chromium on the path")
@Tag("either-package")
class LinkPagesIT {

    private static final Path PICTURES = Path.of("target", "browser", "links").toAbsolutePath();
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private static final Path PLAYWRIGHT = Path.of("target", "playwright").toAbsolutePath();
    private static final String VERIFY = "Confirm the address";
    private static final Path DRIVER = Path.of("src", "test", "browser", "link.mjs");

    static boolean hasPlaywright() {
        return ExternalProcess.onPath("node").isPresent()
                && Files.isDirectory(PLAYWRIGHT.resolve("node_modules").resolve("playwright-core"));
    }

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

    /** In a browser that runs no scripts the form alone does it. */
    @Test
    @EnabledIf(value = "hasPlaywright", disabledReason = "there is no Node.js on the path, or no Playwright in target")
    void verifiesTheAddressByTheButtonWithoutScripts() throws IOException {
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
                    .noContentType()
                    .post("/api/auth/email-verification")
                    .then()
                    .statusCode(202);
            String link = mail.awaitEmailTo(ada.email()).link();
            String url = "http://localhost:" + service.port() + link.substring(link.indexOf("/links/"));

            String opened = withoutScripts(url, "verification.png");
            assertTrue(opened.contains(VERIFY), opened);
            assertVerified(ada, false);

            String pressed = withoutScripts(url, "verified.png", "press");
            assertTrue(pressed.contains("Your e-mail address is confirmed"), pressed);
            assertVerified(ada, true);
            assertVerified(ada.signedInAgain(), true);
        }
    }

    private static void assertVerified(Person person, boolean verified) {
        person.bearing().get(person.own("")).then().statusCode(200).body("email_verified", equalTo(verified));
    }

    /** Opens a page in a browser that runs no scripts, and returns what it shows at last. */
    private static String withoutScripts(String url, String picture, String... more) throws IOException {
        // Node.js looks for a program's packages beside it.
        Path program =
                Files.copy(DRIVER, PLAYWRIGHT.resolve(DRIVER.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        List<String> command = new ArrayList<>(List.of(
                "node", program.toString(), url, PICTURES.resolve(picture).toString(), VERIFY));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment()
                .put(
                        "CHROMIUM",
                        ExternalProcess.onPath("chromium").orElseThrow().toString());
        ExternalProcess.Ended ended = ExternalProcess.run(builder, PICTURES.resolve("link.log"), TIMEOUT);
        assertEquals(0, ended.code(), ended.output());
        return ended.output();
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
