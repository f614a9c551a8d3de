package dev.latchkey.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.FreePort;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.MailSink.Behaviour;
import dev.latchkey.fixture.SelfSigned;
import dev.latchkey.mail.MailConfig.Security;
import dev.latchkey.platform.boot.DeploymentCheck.CheckResult;
import dev.latchkey.platform.boot.DeploymentCheck.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The hand-shake with a mail server is tried out over real sockets, as safely as a delivery, and sends no e-mail. */
class MailServerCheckTest {

    private static final Duration SHORT = Duration.ofSeconds(1);

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
    void isSkippedWithoutAServer() {
        assertEquals(Status.SKIPPED, only(run(TestMail.withoutServer())).status());
    }

    @Test
    void handsShakesByStartTlsAndPassword() {
        try (MailSink sink = MailSink.withStartTls(localhost)) {
            List<CheckResult> results = run(trusting(sink, Security.STARTTLS));
            assertEquals(List.of(Status.OK, Status.OK), statuses(results), results.toString());
            assertTrue(results.getFirst().message().contains("TLSv1"), results.toString());
            Eventually.holds("it ends", () -> sink.commands().getLast().equals("QUIT"));
            List<String> words =
                    sink.commands().stream().map(line -> line.split(" ")[0]).toList();
            assertEquals(List.of("EHLO", "STARTTLS", "EHLO", "AUTH", "NOOP", "QUIT"), words);
            assertEquals("EHLO example.com", sink.commands().getFirst(), "the name of this machine stays private");
        }
    }

    @Test
    void handsShakesByTlsFromTheFirstByte() {
        try (MailSink sink = MailSink.withTls(localhost)) {
            assertEquals(List.of(Status.OK, Status.OK), statuses(run(trusting(sink, Security.TLS))));
        }
    }

    @Test
    void authenticatesByLogin() {
        try (MailSink sink = MailSink.inClearText()) {
            sink.behave(Behaviour.OFFERS_AUTH_LOGIN_ONLY);
            TestMail mail = TestMail.on(sink.port(), Security.NONE).authenticatingAs("grüße", "pässword");
            assertEquals(List.of(Status.OK, Status.OK), statuses(run(mail)));
            assertTrue(sink.commands().contains("AUTH LOGIN"));
        }
    }

    @Test
    void needsNoResponseToQuit() {
        try (MailSink sink = MailSink.inClearText()) {
            sink.behave(Behaviour.DROPS_AT_QUIT);
            assertEquals(List.of(Status.OK), statuses(run(TestMail.on(sink.port(), Security.NONE))));
        }
    }

    // Security: an attacker in between hides the offer, refuses in the server's name, or adds a response in clear text.
    @ParameterizedTest
    @EnumSource(names = {"HIDES_STARTTLS", "REFUSES_STARTTLS", "INJECTS_RESPONSE_BEFORE_TLS"})
    void sendsNoPasswordWithoutTls(Behaviour behaviour) {
        try (MailSink sink = MailSink.withStartTls(localhost)) {
            sink.behave(behaviour);
            CheckResult refused = error(run(trusting(sink, Security.STARTTLS)));
            assertFalse(refused.remedy().isEmpty());
            assertTrue(
                    sink.commands().stream().noneMatch(line -> line.startsWith("AUTH")),
                    sink.commands().toString());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STARTTLS", "TLS"})
    void refusesUntrustedCertificatesAndThoseOfOtherNames(Security security) {
        try (MailSink sink = sink(security, localhost)) {
            CheckResult untrusted = error(run(TestMail.on(sink.port(), security)));
            assertTrue(untrusted.remedy().contains("LATCHKEY_MAIL_TRUST_FILE"), untrusted.toString());
        }
        try (MailSink sink = sink(security, elsewhere)) {
            error(run(TestMail.on(sink.port(), security).trusting(folder.resolve("elsewhere.pem"))));
            assertTrue(
                    sink.commands().stream().noneMatch(line -> line.startsWith("AUTH")),
                    sink.commands().toString());
        }
    }

    @Test
    void reportsARefusedPasswordWithoutRepeatingIt() {
        try (MailSink sink = MailSink.inClearText()) {
            sink.behave(Behaviour.REFUSES_PASSWORD);
            List<CheckResult> results =
                    run(TestMail.on(sink.port(), Security.NONE).authenticatingAs("latchkey", "hunter2"));
            CheckResult refused = error(results);
            assertEquals("authentication", refused.name());
            assertTrue(refused.message().contains("535"), refused.toString());
            assertTrue(refused.remedy().contains("LATCHKEY_MAIL_PASSWORD"), refused.toString());
            assertFalse(results.toString().contains("hunter2"), results.toString());
            assertFalse(results.toString().contains("wrong password of"), "what the server says is not repeated");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HANGS", "SENDS_SLOWLY", "SENDS_ENDLESS_LINE", "SPEAKS_HTTP"})
    void givesUpOnWhatIsNoMailServer(Behaviour behaviour) {
        try (MailSink sink = MailSink.inClearText()) {
            sink.behave(behaviour);
            error(run(TestMail.on(sink.port(), Security.NONE).withTimeouts(SHORT, SHORT)));
        }
    }

    /** STARTTLS where TLS is expected from the first byte, and the other way round. */
    @Test
    void namesTheSettingWhenTlsBeginsElsewhere() {
        try (MailSink starttls = MailSink.withStartTls(localhost);
                MailSink tls = MailSink.withTls(localhost)) {
            CheckResult first =
                    error(run(TestMail.on(starttls.port(), Security.TLS).withTimeouts(SHORT, SHORT)));
            CheckResult second =
                    error(run(TestMail.on(tls.port(), Security.STARTTLS).withTimeouts(SHORT, SHORT)));
            assertTrue(first.remedy().contains("LATCHKEY_MAIL_SECURITY"), first.toString());
            assertTrue(second.remedy().contains("LATCHKEY_MAIL_SECURITY"), second.toString());
        }
    }

    @Test
    void reportsAServerThatCannotBeReached() {
        assertTrue(
                error(run(TestMail.on(FreePort.find(), Security.NONE))).remedy().contains("LATCHKEY_MAIL_PORT"));
        assertTrue(error(run(TestMail.on(25, Security.NONE).withHost("mail.invalid")))
                .message()
                .contains("name is not known"));
    }

    private static List<CheckResult> run(TestMail mail) {
        return new MailServerCheck(mail, Duration.ofSeconds(3)).run();
    }

    private static TestMail trusting(MailSink sink, Security security) {
        return TestMail.on(sink.port(), security)
                .trusting(folder.resolve("localhost.pem"))
                .authenticatingAs("latchkey", "a mail password");
    }

    private static MailSink sink(Security security, SSLContext tls) {
        return security == Security.TLS ? MailSink.withTls(tls) : MailSink.withStartTls(tls);
    }

    private static List<Status> statuses(List<CheckResult> results) {
        return results.stream().map(CheckResult::status).toList();
    }

    private static CheckResult error(List<CheckResult> results) {
        assertEquals(Status.ERROR, results.getLast().status(), results.toString());
        return results.getLast();
    }

    private static CheckResult only(List<CheckResult> results) {
        assertEquals(1, results.size(), results.toString());
        return results.getFirst();
    }
}
