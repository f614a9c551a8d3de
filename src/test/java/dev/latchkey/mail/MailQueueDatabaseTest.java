package dev.latchkey.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.LogLines;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.MailSink.Behaviour;
import dev.latchkey.fixture.WithMail;
import dev.latchkey.mail.MailConfig.Security;
import dev.latchkey.mail.MailQueue.Outcome;
import dev.latchkey.mail.MailTransport.DeliveryException;
import dev.latchkey.platform.db.AfterCommit;
import dev.latchkey.platform.http.PreferredLanguages;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** E-mails are sent later, once, and never for a change that was rolled back. One worker, and room for one more e-mail. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class MailQueueDatabaseTest {

    private static final String TOKEN = "k3vJ9qXw2LmT8sRb5NfY7cPd4HgZ6aQe";

    @Inject
    AfterCommit afterCommit;

    @Inject
    Vertx vertx;

    private final EmailTemplates templates = new EmailTemplates(TemplateDirectory.NONE);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private MailSink sink;
    private MailQueue queue;

    @BeforeEach
    void open() {
        sink = MailSink.inClearText();
        TestMail mail = TestMail.on(sink.port(), Security.NONE);
        queue = new MailQueue(Optional.of(new SmtpTransport(mail, templates, vertx)), mail, meters, afterCommit);
    }

    @AfterEach
    void close() throws InterruptedException {
        sink.close();
        queue.stop(new ShutdownEvent());
    }

    @Test
    void sendsAfterTheTransactionHasCommitted() {
        QuarkusTransaction.requiringNew().run(() -> {
            send("ada@example.com");
            assertEquals(0, meters.get("latchkey.mails.waiting").gauge().value());
            assertEquals(0, sink.openConnections());
        });

        sink.awaitEmailTo("ada@example.com");
        assertEquals(1, sink.emails().size());
    }

    @Test
    void sendsNothingWhenTheTransactionRollsBack() {
        assertThrows(
                IllegalStateException.class,
                () -> QuarkusTransaction.requiringNew().run(() -> {
                    send("ada@example.com");
                    throw new IllegalStateException("rolled back");
                }));
        send("grace@example.com");

        sink.awaitEmailTo("grace@example.com");
        assertEquals(1, sink.emails().size(), "the one worker would have sent the other first");
    }

    @Test
    void draftsAfterTheTransactionHasCommitted() {
        AtomicInteger drafts = new AtomicInteger();
        assertThrows(
                IllegalStateException.class,
                () -> QuarkusTransaction.requiringNew().run(() -> {
                    queue.send(() -> {
                        drafts.incrementAndGet();
                        return Optional.of(to("ada@example.com"));
                    });
                    throw new IllegalStateException("rolled back");
                }));
        QuarkusTransaction.requiringNew().run(() -> queue.send(() -> Optional.of(to("grace@example.com"))));

        sink.awaitEmailTo("grace@example.com");
        assertEquals(0, drafts.get());
    }

    @Test
    void retries() {
        sink.behaveNext(Behaviour.DROPS_IN_DATA, Behaviour.DEFERS);
        send("ada@example.com");

        sink.awaitEmailTo("ada@example.com");
        counted(Outcome.SENT, 1);
        assertEquals(1, sink.emails().size());
        counted(Outcome.FAILED, 0);
    }

    @Test
    void givesUpAfterAllAttempts() {
        sink.behave(Behaviour.DEFERS);
        send("ada@example.com");

        counted(Outcome.FAILED, 1);
        assertEquals(3, commands("MAIL"));
        assertEquals(List.of(), sink.emails());
    }

    @Test
    void doesNotRetryAPermanentRefusal() {
        sink.behave(Behaviour.REFUSES_RECIPIENT);
        send("ada@example.com");

        counted(Outcome.REFUSED, 1);
        assertEquals(1, commands("RCPT"));
    }

    // The mail server hangs, and the caller goes on all the same: to the end of this test, for one.
    @Test
    void callersDoNotWaitForAMailServerThatHangs() {
        sink.behave(Behaviour.HANGS);
        send("first@example.com");
        Eventually.holds("the worker is busy", () -> sink.openConnections() == 1);
        for (int i = 0; i < 10; i++) {
            send("ada@example.com");
        }

        counted(Outcome.OVERFLOWED, 9);
        assertEquals(1, meters.get("latchkey.mails.waiting").gauge().value());
        assertEquals(1, sink.openConnections());
    }

    @Test
    void retriesADraftThatFails() {
        AtomicInteger tries = new AtomicInteger();
        try (LogLines lines = new LogLines()) {
            queue.send(() -> {
                if (tries.incrementAndGet() < 3) {
                    throw new IllegalStateException("statement with ada@example.com and " + TOKEN);
                }
                return Optional.of(to("ada@example.com"));
            });

            sink.awaitEmailTo("ada@example.com");
            assertEquals(3, tries.get());
            assertNoSecrets(lines);
        }
    }

    @Test
    void draftsOnceForAllAttempts() {
        AtomicInteger drafts = new AtomicInteger();
        sink.behaveNext(Behaviour.DEFERS, Behaviour.DROPS_IN_DATA);
        queue.send(() -> {
            drafts.incrementAndGet();
            return Optional.of(to("ada@example.com"));
        });

        sink.awaitEmailTo("ada@example.com");
        assertEquals(1, drafts.get());
    }

    @Test
    void sendsNothingWithoutARecipient() {
        queue.send(Optional::empty);

        counted(Outcome.UNWRITTEN, 1);
        assertEquals(List.of(), sink.commands());
    }

    @Test
    void logsNoAddressNoLinkAndNoServerResponse() {
        try (LogLines lines = new LogLines()) {
            for (Behaviour behaviour : List.of(
                    Behaviour.DEFERS,
                    Behaviour.REFUSES_RECIPIENT,
                    Behaviour.REFUSES_MESSAGE,
                    Behaviour.DROPS_IN_DATA)) {
                double before = total();
                sink.behave(behaviour);
                send("ada@example.com");
                Eventually.holds("the e-mail was sent or given up: " + behaviour, () -> total() == before + 1);
            }

            assertTrue(
                    lines.all().stream().anyMatch(line -> line.contains("recipient address not accepted (550 5.1.1)")),
                    () -> lines.all().toString());
            assertNoSecrets(lines);
        }
    }

    @Test
    void sendsWhatIsWaitingBeforeShutdown() throws InterruptedException {
        send("ada@example.com");
        send("grace@example.com");
        queue.stop(new ShutdownEvent());

        assertEquals(2, sink.emails().size());
        send("late@example.com");
        counted(Outcome.OVERFLOWED, 1);
    }

    @Test
    void sendsNothingWithoutATransport() {
        TestMail mail = TestMail.on(sink.port(), Security.NONE);
        MailQueue none = new MailQueue(Optional.empty(), mail, new SimpleMeterRegistry(), afterCommit);

        none.send(new EmailAddress("ada@example.com"), to("ada@example.com").message());
        none.send(() -> {
            throw new AssertionError("nothing is drafted either");
        });

        assertFalse(none.isConfigured());
        assertTrue(queue.isConfigured());
    }

    // Security: in production an e-mail in the log would give its link to everyone who can read the log.
    @Test
    void logsEmailsInDevelopmentModeOnly() throws DeliveryException {
        TestMail noServer = TestMail.withoutServer();
        assertEquals(Optional.empty(), MailTransport.of(noServer, templates, vertx, LaunchMode.NORMAL));
        assertEquals(Optional.empty(), MailTransport.of(noServer, templates, vertx, LaunchMode.TEST));
        assertInstanceOf(
                SmtpTransport.class,
                MailTransport.of(TestMail.on(1, Security.NONE), templates, vertx, LaunchMode.DEVELOPMENT)
                        .orElseThrow());
        MailTransport development =
                MailTransport.of(noServer, templates, vertx, LaunchMode.DEVELOPMENT).orElseThrow();
        try (LogLines lines = new LogLines()) {
            development.deliver(to("ada@example.com"));

            assertTrue(lines.all().stream().anyMatch(line -> line.contains("ada@example.com") && line.contains(TOKEN)));
        }
    }

    private void send(String address) {
        queue.send(new EmailAddress(address), to(address).message());
    }

    private static OutgoingEmail to(String address) {
        return new OutgoingEmail(
                new EmailAddress(address),
                new EmailMessage.PasswordReset(
                        PreferredLanguages.NONE,
                        URI.create("https://id.example.com/reset?token=" + TOKEN),
                        Duration.ofHours(1)));
    }

    private void counted(Outcome outcome, int emails) {
        Eventually.holds(emails + " " + outcome, () -> count(outcome) == emails);
    }

    private double count(Outcome outcome) {
        return meters.get("latchkey.mails")
                .tag("outcome", outcome.name().toLowerCase(java.util.Locale.ROOT))
                .counter()
                .count();
    }

    private double total() {
        return java.util.Arrays.stream(Outcome.values())
                .mapToDouble(this::count)
                .sum();
    }

    private long commands(String command) {
        return sink.commands().stream().filter(line -> line.startsWith(command)).count();
    }

    private static void assertNoSecrets(LogLines lines) {
        for (String line : lines.all()) {
            assertFalse(line.contains("example.com") || line.contains(TOKEN), line);
        }
    }
}
