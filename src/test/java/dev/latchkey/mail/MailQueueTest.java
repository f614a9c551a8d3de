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
import dev.latchkey.fixture.MailSink.Manner;
import dev.latchkey.fixture.WithMail;
import dev.latchkey.mail.MailConfig.Security;
import dev.latchkey.mail.MailQueue.Outcome;
import dev.latchkey.platform.db.AfterCommit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Letters leave later, once, and never because of something that did not happen. One worker, and room for one more. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class MailQueueTest {

    private static final String TOKEN = "k3vJ9qXw2LmT8sRb5NfY7cPd4HgZ6aQe";

    @Inject
    AfterCommit afterCommit;

    @Inject
    Clock clock;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private MailSink sink;
    private MailQueue letters;

    @BeforeEach
    void open() {
        sink = MailSink.inClearText();
        TestMail mail = TestMail.on(sink.port(), Security.NONE);
        letters = new MailQueue(Optional.of(new SmtpMailTransport(mail, clock)), mail, meters, afterCommit);
    }

    @AfterEach
    void close() throws InterruptedException {
        sink.close();
        letters.stop(new ShutdownEvent());
    }

    @Test
    void sendsOnceTheTransactionHasCommitted() {
        QuarkusTransaction.requiringNew().run(() -> {
            send("ada@example.com");
            assertEquals(0, meters.get("latchkey.mails.waiting").gauge().value());
            assertEquals(0, sink.connections());
        });

        sink.letterTo("ada@example.com");
        assertEquals(1, sink.letters().size());
    }

    @Test
    void sendsNothingOfATransactionThatRolledBack() {
        assertThrows(
                IllegalStateException.class,
                () -> QuarkusTransaction.requiringNew().run(() -> {
                    send("ada@example.com");
                    throw new IllegalStateException("rolled back");
                }));
        send("grace@example.com");

        sink.letterTo("grace@example.com");
        assertEquals(1, sink.letters().size(), "the one worker would have sent the other first");
    }

    @Test
    void writesWhatIsDraftedInATransactionOnceThatHasCommitted() {
        AtomicInteger drafts = new AtomicInteger();
        assertThrows(
                IllegalStateException.class,
                () -> QuarkusTransaction.requiringNew().run(() -> {
                    letters.send(() -> {
                        drafts.incrementAndGet();
                        return Optional.of(to("ada@example.com"));
                    });
                    throw new IllegalStateException("rolled back");
                }));
        QuarkusTransaction.requiringNew().run(() -> letters.send(() -> Optional.of(to("grace@example.com"))));

        sink.letterTo("grace@example.com");
        assertEquals(0, drafts.get());
    }

    @Test
    void triesAgain() {
        sink.treatsNext(Manner.DROPS_IN_DATA, Manner.DEFERS);
        send("ada@example.com");

        sink.letterTo("ada@example.com");
        counted(Outcome.SENT, 1);
        assertEquals(1, sink.letters().size());
        counted(Outcome.FAILED, 0);
    }

    @Test
    void givesUpAtLast() {
        sink.treats(Manner.DEFERS);
        send("ada@example.com");

        counted(Outcome.FAILED, 1);
        assertEquals(3, said("MAIL"));
        assertEquals(List.of(), sink.letters());
    }

    @Test
    void doesNotInsist() {
        sink.treats(Manner.REFUSES_RECIPIENT);
        send("ada@example.com");

        counted(Outcome.REFUSED, 1);
        assertEquals(1, said("RCPT"));
    }

    // The mail server hangs, and whoever sends goes on all the same: to the end of this test, for one.
    @Test
    void letsNobodyWaitForAMailServerThatHangs() {
        sink.treats(Manner.HANGS);
        send("first@example.com");
        Eventually.holds("the worker is busy", () -> sink.connections() == 1);
        for (int i = 0; i < 10; i++) {
            send("ada@example.com");
        }

        counted(Outcome.OVERFLOWED, 9);
        assertEquals(1, meters.get("latchkey.mails.waiting").gauge().value());
        assertEquals(1, sink.connections());
    }

    @Test
    void writesAgainWhatCouldNotBeWritten() {
        AtomicInteger tries = new AtomicInteger();
        try (LogLines lines = new LogLines()) {
            letters.send(() -> {
                if (tries.incrementAndGet() < 3) {
                    throw new IllegalStateException("statement with ada@example.com and " + TOKEN);
                }
                return Optional.of(to("ada@example.com"));
            });

            sink.letterTo("ada@example.com");
            assertEquals(3, tries.get());
            saysNoSecret(lines);
        }
    }

    @Test
    void writesALetterOnceHoweverOftenItIsTried() {
        AtomicInteger drafts = new AtomicInteger();
        sink.treatsNext(Manner.DEFERS, Manner.DROPS_IN_DATA);
        letters.send(() -> {
            drafts.incrementAndGet();
            return Optional.of(to("ada@example.com"));
        });

        sink.letterTo("ada@example.com");
        assertEquals(1, drafts.get());
    }

    @Test
    void sendsNothingWhereNobodyIsToBeWrittenTo() {
        letters.send(Optional::empty);

        counted(Outcome.UNWRITTEN, 1);
        assertEquals(List.of(), sink.said());
    }

    @Test
    void logsNoAddressNoLinkAndNothingThatAServerSays() {
        try (LogLines lines = new LogLines()) {
            for (Manner manner :
                    List.of(Manner.DEFERS, Manner.REFUSES_RECIPIENT, Manner.REFUSES_LETTER, Manner.DROPS_IN_DATA)) {
                double before = total();
                sink.treats(manner);
                send("ada@example.com");
                Eventually.holds("it came to an end: " + manner, () -> total() == before + 1);
            }

            assertTrue(
                    lines.all().stream().anyMatch(line -> line.contains("RCPT was answered 550 5.1.1")),
                    () -> lines.all().toString());
            saysNoSecret(lines);
        }
    }

    @Test
    void sendsWhatWaitsBeforeTheEnd() throws InterruptedException {
        send("ada@example.com");
        send("grace@example.com");
        letters.stop(new ShutdownEvent());

        assertEquals(2, sink.letters().size());
        send("late@example.com");
        counted(Outcome.OVERFLOWED, 1);
    }

    @Test
    void sendsNothingWithoutAWay() {
        TestMail mail = TestMail.on(sink.port(), Security.NONE);
        MailQueue none = new MailQueue(Optional.empty(), mail, new SimpleMeterRegistry(), afterCommit);

        none.send(new EmailAddress("ada@example.com"), to("ada@example.com").letter());
        none.send(() -> {
            throw new AssertionError("nothing is written either");
        });

        assertFalse(none.isConfigured());
        assertTrue(letters.isConfigured());
    }

    // Security: in production a letter in the log would be a link for whoever reads the log.
    @Test
    void writesLettersToTheLogInDevelopmentOnly() throws java.io.IOException {
        TestMail nowhere = TestMail.nowhere();
        assertEquals(Optional.empty(), MailTransports.of(nowhere, clock, LaunchMode.NORMAL));
        assertEquals(Optional.empty(), MailTransports.of(nowhere, clock, LaunchMode.TEST));
        assertInstanceOf(
                SmtpMailTransport.class,
                MailTransports.of(TestMail.on(1, Security.NONE), clock, LaunchMode.DEVELOPMENT)
                        .orElseThrow());
        MailTransport development =
                MailTransports.of(nowhere, clock, LaunchMode.DEVELOPMENT).orElseThrow();
        try (LogLines lines = new LogLines()) {
            development.deliver(to("ada@example.com"));

            assertTrue(lines.all().stream().anyMatch(line -> line.contains("ada@example.com") && line.contains(TOKEN)));
        }
    }

    private void send(String address) {
        letters.send(new EmailAddress(address), to(address).letter());
    }

    private static OutgoingEmail to(String address) {
        return new OutgoingEmail(
                new EmailAddress(address),
                new EmailMessage.PasswordReset(
                        URI.create("https://id.example.com/reset?token=" + TOKEN), Duration.ofHours(1)));
    }

    private void counted(Outcome outcome, int letters) {
        Eventually.holds(letters + " " + outcome, () -> count(outcome) == letters);
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

    private long said(String command) {
        return sink.said().stream().filter(line -> line.startsWith(command)).count();
    }

    private static void saysNoSecret(LogLines lines) {
        for (String line : lines.all()) {
            assertFalse(line.contains("example.com") || line.contains(TOKEN), line);
        }
    }
}
