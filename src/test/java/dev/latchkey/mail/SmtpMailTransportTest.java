package dev.latchkey.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.MailSink.Manner;
import dev.latchkey.fixture.MailSink.Received;
import dev.latchkey.fixture.SelfSigned;
import dev.latchkey.mail.MailConfig.Security;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Letters are handed to a real mail server over real sockets, and to none that should not have them. */
class SmtpMailTransportTest {

    private static final String TOKEN = "k3vJ9qXw2LmT8sRb5NfY7cPd4HgZ6aQe";
    private static final OutgoingEmail LETTER = to("ada@example.com");
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

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
    void handsALetterOver() throws IOException {
        try (MailSink sink = MailSink.inClearText()) {
            deliver(TestMail.on(sink.port(), Security.NONE), LETTER);

            Received letter = sink.letters().getFirst();
            assertEquals("accounts@example.com", letter.from());
            assertEquals("ada@example.com", letter.to());
            assertEquals("Choose a new password", letter.subject());
            assertEquals("https://id.example.com/reset?token=" + TOKEN, letter.link());
            assertTrue(letter.text().contains("for 1 hour"), letter.text());
            assertTrue(letter.message().contains("\r\nTo: <ada@example.com>\r\n"), letter.message());
            assertTrue(letter.message().startsWith("Date: Fri, 2 Jan 2026 03:04:05 +0000\r\n"), letter.message());
            assertTrue(letter.message().contains("\r\nAuto-Submitted: auto-generated\r\n"), letter.message());
            assertTrue(letter.message().contains("<accounts@example.com>\r\n"), letter.message());
            assertTrue(letter.message().contains("Content-Type: text/html"), letter.message());
            assertEquals("QUIT", sink.said().getLast());
        }
    }

    @Test
    void turnsToTlsBeforeAnythingIsSaid() throws IOException {
        try (MailSink sink = MailSink.withStartTls(localhost)) {
            deliver(
                    TestMail.on(sink.port(), Security.STARTTLS)
                            .trusting(folder.resolve("localhost.pem"))
                            .signingInAs("latchkey", "a mail password"),
                    LETTER);

            Received letter = sink.letters().getFirst();
            assertTrue(letter.secured());
            assertEquals("latchkey", letter.username());
            assertTrue(sink.said().get(0).startsWith("EHLO ["));
            assertEquals("STARTTLS", sink.said().get(1));
            assertTrue(sink.said().get(2).startsWith("EHLO ["), "what was offered in clear text is forgotten");
        }
    }

    @Test
    void speaksTlsFromTheFirstByte() throws IOException {
        try (MailSink sink = MailSink.withTls(localhost)) {
            deliver(TestMail.on(sink.port(), Security.TLS).trusting(folder.resolve("localhost.pem")), LETTER);

            assertTrue(sink.letters().getFirst().secured());
        }
    }

    // Somebody in between takes the offer out, refuses in the server's name, or adds an answer in clear text.
    @ParameterizedTest
    @EnumSource(names = {"HIDES_STARTTLS", "REFUSES_STARTTLS", "SPEAKS_AHEAD"})
    void saysNothingWithoutTls(Manner manner) {
        try (MailSink sink = MailSink.withStartTls(localhost)) {
            sink.treats(manner);
            refuses(
                    MailServerException.class,
                    TestMail.on(sink.port(), Security.STARTTLS)
                            .trusting(folder.resolve("localhost.pem"))
                            .signingInAs("latchkey", "a mail password"));

            assertEquals(List.of(), sink.letters());
            assertTrue(sink.said().stream().allMatch(line -> line.startsWith("EHLO") || line.equals("STARTTLS")));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STARTTLS", "TLS"})
    void refusesACertificateThatNobodyKnows(Security security) {
        try (MailSink sink = sink(security, localhost)) {
            refuses(MailServerException.class, TestMail.on(sink.port(), security));
            refuses(
                    MailServerException.class,
                    TestMail.on(sink.port(), security).trusting(folder.resolve("elsewhere.pem")));

            assertEquals(List.of(), sink.letters());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STARTTLS", "TLS"})
    void refusesACertificateOfAnotherName(Security security) {
        try (MailSink sink = sink(security, elsewhere)) {
            refuses(
                    MailServerException.class,
                    TestMail.on(sink.port(), security).trusting(folder.resolve("elsewhere.pem")));

            assertEquals(List.of(), sink.letters());
        }
    }

    @Test
    void signsInEitherWay() throws IOException {
        try (MailSink sink = MailSink.inClearText()) {
            sink.treatsNext(Manner.WANTS_LOGIN, Manner.ACCEPTS);
            TestMail mail = TestMail.on(sink.port(), Security.NONE).signingInAs("grüße", "pässword");
            deliver(mail, LETTER);
            deliver(mail, LETTER);

            assertEquals(
                    List.of("grüße", "grüße"),
                    sink.letters().stream().map(Received::username).toList());
            assertTrue(sink.said().contains("AUTH LOGIN"));
        }
    }

    // Trying a wrong password again and again locks accounts.
    @Test
    void takesARefusedPasswordForGood() {
        try (MailSink sink = MailSink.inClearText()) {
            sink.treats(Manner.REFUSES_PASSWORD);
            refuses(
                    MailRejectedException.class,
                    TestMail.on(sink.port(), Security.NONE).signingInAs("latchkey", "wrong"));

            assertEquals(List.of(), sink.letters());
            assertTrue(sink.said().stream().noneMatch(line -> line.startsWith("MAIL")));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSES_RECIPIENT", "REFUSES_LETTER"})
    void tellsARefusalForGood(Manner manner) {
        try (MailSink sink = MailSink.inClearText()) {
            sink.treats(manner);
            refuses(MailRejectedException.class, TestMail.on(sink.port(), Security.NONE));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HANGS", "DRIPS", "RAVES", "SPEAKS_HTTP", "DROPS_IN_DATA", "DEFERS"})
    void tellsTroubleThatMayPass(Manner manner) {
        try (MailSink sink = MailSink.inClearText()) {
            sink.treats(manner);
            refuses(
                    MailServerException.class,
                    TestMail.on(sink.port(), Security.NONE).impatient(Duration.ofMillis(300), Duration.ofMillis(600)));

            assertEquals(List.of(), sink.letters());
        }
    }

    @Test
    void doesNotMindHowLeaveIsTaken() throws IOException {
        try (MailSink sink = MailSink.inClearText()) {
            sink.treats(Manner.DROPS_AT_QUIT);
            deliver(TestMail.on(sink.port(), Security.NONE), LETTER);

            assertEquals(1, sink.letters().size());
        }
    }

    @Test
    void tellsThatNobodyIsThere() throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        refuses(MailServerException.class, TestMail.on(port, Security.NONE));
        refuses(MailServerException.class, TestMail.on(port, Security.NONE).at("mail.invalid"));
    }

    // RFC 6531
    @Test
    void writesToAnAddressBeyondAsciiWhereThatIsPossible() throws IOException {
        try (MailSink sink = MailSink.inClearText()) {
            TestMail mail = TestMail.on(sink.port(), Security.NONE);
            deliver(mail, to("jürgen@example.com"));
            assertEquals("jürgen@example.com", sink.letters().getFirst().to());
            assertTrue(sink.said().contains("MAIL FROM:<accounts@example.com> SMTPUTF8"));

            sink.treats(Manner.KNOWS_NO_UTF8);
            MailRejectedException refused =
                    assertThrows(MailRejectedException.class, () -> deliver(mail, to("jürgen@example.com")));
            assertFalse(refused.getMessage().contains("rgen"));
            assertEquals(1, sink.letters().size());
        }
    }

    private static <T extends IOException> void refuses(Class<T> kind, TestMail mail) {
        T refused = assertThrows(kind, () -> deliver(mail, LETTER));
        for (String secret : List.of("ada", TOKEN, "a mail password", "latchkey")) {
            assertFalse(String.valueOf(refused.getMessage()).contains(secret), refused.getMessage());
        }
    }

    private static void deliver(TestMail mail, OutgoingEmail letter) throws IOException {
        new SmtpMailTransport(mail, CLOCK).deliver(letter);
    }

    private static MailSink sink(Security security, SSLContext tls) {
        return security == Security.TLS ? MailSink.withTls(tls) : MailSink.withStartTls(tls);
    }

    private static OutgoingEmail to(String address) {
        return new OutgoingEmail(
                new EmailAddress(address),
                new EmailMessage.PasswordReset(
                        URI.create("https://id.example.com/reset?token=" + TOKEN), Duration.ofHours(1)));
    }
}
