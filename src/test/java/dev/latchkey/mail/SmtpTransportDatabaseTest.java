package dev.latchkey.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.FreePort;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.MailSink.Behaviour;
import dev.latchkey.fixture.ReceivedEmail;
import dev.latchkey.fixture.SelfSigned;
import dev.latchkey.fixture.WithMail;
import dev.latchkey.mail.MailConfig.Security;
import dev.latchkey.mail.MailTransport.DeliveryException;
import dev.latchkey.platform.http.PreferredLanguages;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** E-mails are sent to a real mail server over real sockets, and to none that should not have them. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class SmtpTransportDatabaseTest {

    private static final String TOKEN = "k3vJ9qXw2LmT8sRb5NfY7cPd4HgZ6aQe";
    private static final boolean TEMPORARY = false;
    private static final boolean PERMANENT = true;
    private static final OutgoingEmail EMAIL = to("ada@example.com");

    @Inject
    Vertx vertx;

    @TempDir
    static Path folder;

    static SSLContext localhost;
    static SSLContext elsewhere;

    @BeforeAll
    static void certificates() throws IOException {
        localhost = SelfSigned.context("localhost", folder.resolve("localhost.pem"));
        elsewhere = SelfSigned.context("mail.example.com", folder.resolve("elsewhere.pem"));
    }

    @Test
    void sendsAnEmail() throws DeliveryException {
        try (MailSink sink = MailSink.inClearText()) {
            deliver(TestMail.on(sink.port(), Security.NONE), EMAIL);

            ReceivedEmail email = sink.emails().getFirst();
            assertEquals("accounts@example.com", email.from());
            assertEquals("ada@example.com", email.to());
            assertEquals("Choose a new password", email.subject());
            assertEquals("https://id.example.com/reset?token=" + TOKEN, email.link());
            assertTrue(email.text().contains("for 1 hour"), email.text());
            assertTrue(email.message().contains("\r\nTo: ada@example.com\r\n"), email.message());
            assertTrue(email.message().contains("\r\nAuto-Submitted: auto-generated\r\n"), email.message());
            assertTrue(email.message().contains("<accounts@example.com>\r\n"), email.message());
            assertTrue(email.message().contains("Content-Type: text/html"), email.message());
            Eventually.holds(
                    "it ends the session", () -> sink.commands().getLast().equals("QUIT"));
        }
    }

    @Test
    void upgradesToTlsBeforeAnythingElse() throws DeliveryException {
        try (MailSink sink = MailSink.withStartTls(localhost)) {
            deliver(
                    TestMail.on(sink.port(), Security.STARTTLS)
                            .trusting(folder.resolve("localhost.pem"))
                            .authenticatingAs("latchkey", "a mail password"),
                    EMAIL);

            ReceivedEmail email = sink.emails().getFirst();
            assertTrue(email.secured());
            assertEquals("latchkey", email.username());
            assertTrue(sink.commands().get(0).startsWith("EHLO "));
            assertEquals("STARTTLS", sink.commands().get(1));
            assertTrue(sink.commands().get(2).startsWith("EHLO "), "what was offered in clear text is not used");
        }
    }

    @Test
    void usesTlsFromTheFirstByte() throws DeliveryException {
        try (MailSink sink = MailSink.withTls(localhost)) {
            deliver(TestMail.on(sink.port(), Security.TLS).trusting(folder.resolve("localhost.pem")), EMAIL);

            assertTrue(sink.emails().getFirst().secured());
        }
    }

    // Security: an attacker in between hides the offer, refuses in the server's name, or adds a response in clear text.
    @ParameterizedTest
    @EnumSource(names = {"HIDES_STARTTLS", "REFUSES_STARTTLS", "INJECTS_RESPONSE_BEFORE_TLS"})
    void sendsNothingWithoutTls(Behaviour behaviour) {
        try (MailSink sink = MailSink.withStartTls(localhost)) {
            sink.behave(behaviour);
            refuses(
                    TEMPORARY,
                    TestMail.on(sink.port(), Security.STARTTLS)
                            .trusting(folder.resolve("localhost.pem"))
                            .authenticatingAs("latchkey", "a mail password"));

            assertEquals(List.of(), sink.emails());
            // To the sink a TLS handshake is a line that begins with the type of its record, 22, and noise after that.
            assertTrue(
                    sink.commands().stream()
                            .takeWhile(line -> !line.startsWith("\u0016"))
                            .allMatch(
                                    line -> line.startsWith("EHLO") || line.equals("STARTTLS") || line.equals("QUIT")),
                    () -> sink.commands().toString());
            assertTrue(sink.commands().stream().noneMatch(line -> line.matches("(AUTH|MAIL|RCPT|DATA).*")));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STARTTLS", "TLS"})
    void refusesAnUntrustedCertificate(Security security) {
        try (MailSink sink = sink(security, localhost)) {
            refuses(TEMPORARY, TestMail.on(sink.port(), security));
            refuses(TEMPORARY, TestMail.on(sink.port(), security).trusting(folder.resolve("elsewhere.pem")));

            assertEquals(List.of(), sink.emails());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STARTTLS", "TLS"})
    void refusesACertificateOfAnotherName(Security security) {
        try (MailSink sink = sink(security, elsewhere)) {
            refuses(TEMPORARY, TestMail.on(sink.port(), security).trusting(folder.resolve("elsewhere.pem")));

            assertEquals(List.of(), sink.emails());
        }
    }

    @Test
    void authenticatesByPlainOrLogin() throws DeliveryException {
        try (MailSink sink = MailSink.inClearText()) {
            sink.behaveNext(Behaviour.OFFERS_AUTH_LOGIN_ONLY, Behaviour.ACCEPTS);
            TestMail mail = TestMail.on(sink.port(), Security.NONE).authenticatingAs("grüße", "pässword");
            deliver(mail, EMAIL);
            deliver(mail, EMAIL);

            assertEquals(
                    List.of("grüße", "grüße"),
                    sink.emails().stream().map(ReceivedEmail::username).toList());
            assertTrue(sink.commands().contains("AUTH LOGIN"));
        }
    }

    // An expired password must not lose e-mails, and trying it again and again locks accounts.
    @ParameterizedTest
    @EnumSource(names = {"REFUSES_PASSWORD", "REFUSES_SENDER"})
    void refusedServiceIsNotTheEmailsFault(Behaviour behaviour) {
        try (MailSink sink = MailSink.inClearText()) {
            sink.behave(behaviour);
            DeliveryException refused =
                    refuses(TEMPORARY, TestMail.on(sink.port(), Security.NONE).authenticatingAs("latchkey", "wrong"));

            assertTrue(refused.isOfServer());
            assertEquals(List.of(), sink.emails());
            assertTrue(sink.commands().stream().noneMatch(line -> line.startsWith("RCPT")));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSES_RECIPIENT", "REFUSES_MESSAGE"})
    void refusedRecipientOrMessageIsPermanent(Behaviour behaviour) {
        try (MailSink sink = MailSink.inClearText()) {
            sink.behave(behaviour);
            assertFalse(
                    refuses(PERMANENT, TestMail.on(sink.port(), Security.NONE)).isOfServer());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HANGS", "SENDS_SLOWLY", "SENDS_ENDLESS_LINE", "SPEAKS_HTTP", "DROPS_IN_DATA", "DEFERS"})
    void otherFailuresAreTemporary(Behaviour behaviour) {
        try (MailSink sink = MailSink.inClearText()) {
            sink.behave(behaviour);
            DeliveryException refused = refuses(
                    TEMPORARY,
                    TestMail.on(sink.port(), Security.NONE)
                            .withTimeouts(Duration.ofMillis(300), Duration.ofMillis(600)));

            assertFalse(refused.isOfServer());
            assertEquals(List.of(), sink.emails());
        }
    }

    @Test
    void ignoresADroppedConnectionAfterTheMessage() throws DeliveryException {
        try (MailSink sink = MailSink.inClearText()) {
            sink.behave(Behaviour.DROPS_AT_QUIT);
            deliver(TestMail.on(sink.port(), Security.NONE), EMAIL);

            assertEquals(1, sink.emails().size());
        }
    }

    @Test
    void unreachableServerIsTemporary() {
        refuses(TEMPORARY, TestMail.on(FreePort.find(), Security.NONE));
        refuses(TEMPORARY, TestMail.on(FreePort.find(), Security.NONE).withHost("mail.invalid"));
    }

    // RFC 6531: without SMTPUTF8 such an address must not be sent, and the mail client has none.
    @ParameterizedTest
    @EnumSource(names = {"ACCEPTS", "LACKS_SMTPUTF8"})
    void refusesAnAddressBeyondAscii(Behaviour behaviour) {
        try (MailSink sink = MailSink.inClearText()) {
            sink.behave(behaviour);
            TestMail mail = TestMail.on(sink.port(), Security.NONE);
            DeliveryException refused =
                    assertThrows(DeliveryException.class, () -> deliver(mail, to("jürgen@example.com")));

            assertTrue(refused.isPermanent());
            assertFalse(String.valueOf(refused.getMessage()).contains("rgen"));
            assertEquals(List.of(), sink.emails());
        }
    }

    // Security: whatever is configured as a name stays within its header.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Example Accounts",
                "Müller & Söhne <admin@example.com>",
                "\"quoted\", comma; (and) more",
                "a\r\nBcc: everybody@example.com",
                "?= =?utf-8?Q?x?=",
                "👋👋👋👋👋👋👋👋👋👋👋👋👋👋👋👋👋👋👋👋👋👋"
            })
    void encodesTheSendersName(String name) throws DeliveryException {
        try (MailSink sink = MailSink.inClearText()) {
            deliver(TestMail.on(sink.port(), Security.NONE).from(name), to("!#$%&'*+-/=?^_`{|}~@example.com"));

            String headers =
                    sink.emails().getFirst().message().split("\r\n\r\n", 2)[0].replace("\r\n ", " ");
            assertEquals(
                    Set.of(
                            "Date",
                            "From",
                            "To",
                            "Message-ID",
                            "Subject",
                            "Auto-Submitted",
                            "MIME-Version",
                            "Content-Type"),
                    headers.lines()
                            .map(line -> line.substring(0, line.indexOf(':')))
                            .collect(Collectors.toSet()));
            String from = Pattern.compile("(?m)^From: (.*) <accounts@example.com>$")
                    .matcher(headers)
                    .results()
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(headers))
                    .group(1);
            assertTrue(Arrays.stream(from.split(" ")).allMatch(word -> word.length() <= 75), from);
            String read = Pattern.compile("=\\?utf-8\\?B\\?([A-Za-z0-9+/=]*)\\?=")
                    .matcher(from)
                    .results()
                    .map(word -> new String(Base64.getDecoder().decode(word.group(1)), StandardCharsets.UTF_8))
                    .collect(Collectors.joining());
            assertEquals(name, read);
            assertEquals(
                    "!#$%&'*+-/=?^_`{|}~@example.com", sink.emails().getFirst().to());
        }
    }

    private DeliveryException refuses(boolean permanent, TestMail mail) {
        DeliveryException refused = assertThrows(DeliveryException.class, () -> deliver(mail, EMAIL));
        assertEquals(permanent, refused.isPermanent(), refused.getMessage());
        for (String secret : List.of("ada", TOKEN, "a mail password", "latchkey", "example.com")) {
            assertFalse(String.valueOf(refused.getMessage()).contains(secret), refused.getMessage());
        }
        return refused;
    }

    private void deliver(TestMail mail, OutgoingEmail email) throws DeliveryException {
        new SmtpTransport(mail, new EmailTemplates(TemplateDirectory.NONE), vertx).deliver(email);
    }

    private static MailSink sink(Security security, SSLContext tls) {
        return security == Security.TLS ? MailSink.withTls(tls) : MailSink.withStartTls(tls);
    }

    private static OutgoingEmail to(String address) {
        return new OutgoingEmail(
                new EmailAddress(address),
                new EmailMessage.PasswordReset(
                        PreferredLanguages.NONE,
                        URI.create("https://id.example.com/reset?token=" + TOKEN),
                        Duration.ofHours(1)));
    }
}
