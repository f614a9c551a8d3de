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
import dev.latchkey.fixture.Sql;
import dev.latchkey.mail.MailConfig.Security;
import dev.latchkey.mail.MailMetrics.Outcome;
import dev.latchkey.mail.MailTransport.DeliveryException;
import dev.latchkey.platform.db.AfterCommit;
import dev.latchkey.platform.db.Migrations.SchemaReady;
import dev.latchkey.platform.http.PreferredLanguages;
import dev.latchkey.platform.ops.BackgroundThreads;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * E-mails wait in the database and are sent later, by any replica, never for a change that was rolled back, and once as far as
 * the mail server lets that be known. The service under test has no mail server; each replica here has one worker.
 */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class MailDeliveryDatabaseTest {

    private static final String TOKEN = "k3vJ9qXw2LmT8sRb5NfY7cPd4HgZ6aQe";
    private static final String KIND = "test";

    @Inject
    AfterCommit afterCommit;

    @Inject
    OutgoingEmailRepository rows;

    @Inject
    EmailTemplates templates;

    @Inject
    Vertx vertx;

    private final List<Replica> replicas = new ArrayList<>();
    private MailSink sink;
    private Duration timeout = Duration.ofSeconds(2);

    /** What one process has of all this. */
    private record Replica(MailQueue queue, MailDelivery delivery, SimpleMeterRegistry meters) {

        void start() {
            delivery.start(new SchemaReady());
        }

        double count(Outcome outcome) {
            return meters.get("latchkey.mails")
                    .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                    .counter()
                    .count();
        }

        double total() {
            return Arrays.stream(Outcome.values()).mapToDouble(this::count).sum();
        }

        double waiting() {
            return meters.get("latchkey.mails.waiting").gauge().value();
        }
    }

    @BeforeEach
    void open() {
        Sql.update("delete from outgoing_emails");
        sink = MailSink.inClearText();
    }

    @AfterEach
    void close() throws InterruptedException {
        sink.close();
        for (Replica replica : replicas) {
            replica.delivery().stop(new ShutdownEvent());
        }
    }

    @Nested
    class Queueing {

        @Test
        void queuesInTheTransactionOfTheCaller() {
            Replica replica = replica();

            QuarkusTransaction.requiringNew().run(() -> {
                send(replica, "ada@example.com");
                assertEquals(0, waitingRows(), "nobody sees it before the commit");
            });

            assertEquals(1, waitingRows());
        }

        @Test
        void queuesNothingWhenTheTransactionRollsBack() {
            Replica replica = replica();

            assertThrows(
                    IllegalStateException.class,
                    () -> QuarkusTransaction.requiringNew().run(() -> {
                        send(replica, "ada@example.com");
                        throw new IllegalStateException("rolled back");
                    }));

            assertEquals(0, waitingRows());
        }

        @Test
        void queuesNothingWithoutATransport() {
            Replica replica = replica(Optional.empty());

            send(replica, "ada@example.com");
            replica.queue().sendOnRequest(queued("ada@example.com"));

            assertFalse(replica.queue().isConfigured());
            assertEquals(0, waitingRows());
        }

        @Test
        void dropsRequestedEmailsBeyondTheirRoomAndKeepsRoomForChanges() {
            Replica replica = replica();
            fill(TestMail.QUEUE - 1);
            assertTrue(replica.queue().sendOnRequest(queued("first@example.com")));

            try (LogLines lines = new LogLines()) {
                assertFalse(replica.queue().sendOnRequest(queued("second@example.com")));
                assertFalse(replica.queue().sendOnRequest(queued("third@example.com")));
                assertEquals(1, lines.errors().size(), () -> lines.errors() + ", once a minute");
                assertNoSecrets(lines);
            }
            assertEquals(2, replica.count(Outcome.OVERFLOWED));
            send(replica, "notice@example.com");

            assertEquals(
                    List.of("first@example.com", "notice@example.com"),
                    Sql.column("select recipient from outgoing_emails where kind <> 'filler' order by recipient"));
        }

        @Test
        void dropsEverythingBeyondTwiceThatRoomAndLetsTheChangeGoOn() {
            Replica replica = replica();
            fill(2 * TestMail.QUEUE);

            QuarkusTransaction.requiringNew().run(() -> send(replica, "notice@example.com"));

            assertEquals(1, replica.count(Outcome.OVERFLOWED));
            assertEquals(0, Sql.count("select count(*) from outgoing_emails where kind <> 'filler'"));
        }

        @Test
        void callersDoNotWaitForAMailServerThatHangs() {
            // The first attempt is to last longer than the test.
            timeout = Duration.ofSeconds(30);
            Replica replica = started();
            sink.behave(Behaviour.HANGS);
            send(replica, "first@example.com");
            Eventually.holds("the worker is busy", () -> sink.openConnections() == 1);

            for (int i = 0; i < 10; i++) {
                send(replica, "ada@example.com");
            }

            Eventually.holds("the others wait", () -> replica.waiting() == 10);
            assertEquals(1, sink.openConnections());
        }

        @Test
        void deletesWhatNobodyTriesToSend() {
            send(replica(), "old@example.com");
            age("9 days");
            send(replica(), "claimed@example.com");
            age("9 days");
            Sql.update("update outgoing_emails set claimed_until = now() + interval '1 hour'"
                    + " where recipient = 'claimed@example.com'");
            send(replica(), "new@example.com");

            QuarkusTransaction.requiringNew().run(() -> replica().queue().deleteExpired(1000));

            assertEquals(
                    List.of("claimed@example.com", "new@example.com"),
                    Sql.column("select recipient from outgoing_emails order by recipient"));
        }

        private void fill(int count) {
            Sql.update("insert into outgoing_emails (id, kind, recipient)"
                    + " select gen_random_uuid(), 'filler', 'filler@example.com' from generate_series(1, " + count
                    + ")");
        }
    }

    @Nested
    class Sending {

        @Test
        void sendsAfterTheCommitAndDeletesTheRow() {
            Replica replica = started();

            QuarkusTransaction.requiringNew().run(() -> send(replica, "ada@example.com"));

            sink.awaitEmailTo("ada@example.com");
            counted(replica, Outcome.SENT, 1);
            Eventually.holds("the row is gone", () -> waitingRows() == 0);
            assertEquals(1, sink.emails().size());
        }

        @Test
        void sendsWhatWasQueuedBeforeTheStartOldestFirst() {
            Replica replica = replica();
            for (String name : List.of("third", "first", "second")) {
                send(replica, name + "@example.com");
            }
            due("first@example.com", "3 minutes");
            due("second@example.com", "2 minutes");
            due("third@example.com", "1 minute");

            replica.start();

            sink.awaitEmailTo("third@example.com");
            assertEquals(
                    List.of("first@example.com", "second@example.com", "third@example.com"),
                    sink.emails().stream().map(email -> email.to()).toList());
        }

        @Test
        void severalReplicasSendEachEmailOnce() {
            Replica one = replica();
            for (int i = 0; i < 40; i++) {
                send(one, "user" + i + "@example.com");
            }

            one.start();
            started();
            started();

            Eventually.holds("all are sent", () -> waitingRows() == 0);
            assertEquals(40, sink.emails().size());
            assertEquals(
                    40,
                    sink.emails().stream().map(email -> email.to()).distinct().count());
        }

        @Test
        void doesNotTouchWhatAnotherReplicaIsSending() {
            Replica replica = replica();
            send(replica, "claimed@example.com");
            Sql.update("update outgoing_emails set attempts = 1, claimed_until = now() + interval '1 minute'");
            replica.start();
            send(replica, "other@example.com");

            sink.awaitEmailTo("other@example.com");
            Eventually.holds("the other row is gone", () -> waitingRows() == 1);
            assertEquals(List.of(), sink.emailsTo("claimed@example.com"));
            assertEquals(List.of("1"), Sql.column("select attempts from outgoing_emails"));
        }

        @Test
        void takesOverAClaimThatRanOut() {
            Replica replica = replica();
            send(replica, "ada@example.com");
            Sql.update("update outgoing_emails set attempts = 1, claimed_until = now() - interval '1 second'");

            replica.start();

            sink.awaitEmailTo("ada@example.com");
            Eventually.holds("the row is gone", () -> waitingRows() == 0);
        }

        @Test
        void aReplicaWhoseClaimRanOutChangesNothingAnyMore() {
            send(replica(), "ada@example.com");
            OutgoingEmailEntity first = claim().getFirst();
            assertEquals(List.of(), claim(), "one at a time");
            Sql.update("update outgoing_emails set claimed_until = now() - interval '1 second'");
            OutgoingEmailEntity second = claim().getFirst();

            assertFalse(with(() -> rows.prolong(first.id, first.attempts, Duration.ofHours(1))));
            assertFalse(with(() -> rows.postpone(first.id, first.attempts, Duration.ZERO, Duration.ofHours(1))));
            assertFalse(with(() -> rows.delete(first.id, first.attempts)));

            assertTrue(with(() -> rows.prolong(second.id, second.attempts, Duration.ofHours(1))));
            assertTrue(with(() -> rows.delete(second.id, second.attempts)));
        }

        @Test
        void retriesAfterTemporaryFailures() {
            Replica replica = started();
            sink.behaveNext(Behaviour.DROPS_IN_DATA, Behaviour.DEFERS, Behaviour.HANGS);
            send(replica, "ada@example.com");

            sink.awaitEmailTo("ada@example.com");
            counted(replica, Outcome.SENT, 1);
            assertEquals(1, sink.emails().size());
            assertEquals(0, replica.count(Outcome.FAILED));
        }

        @Test
        void givesUpWhatIsTooOld() {
            Replica replica = replica();
            sink.behave(Behaviour.DEFERS);
            send(replica, "ada@example.com");
            age("1 day");

            replica.start();

            counted(replica, Outcome.FAILED, 1);
            assertEquals(1, commands("MAIL"), "it is tried once, however old it is");
            assertEquals(0, waitingRows());
        }

        @Test
        void doesNotRetryAPermanentRefusal() {
            Replica replica = started();
            sink.behave(Behaviour.REFUSES_RECIPIENT);
            send(replica, "ada@example.com");

            counted(replica, Outcome.REFUSED, 1);
            Eventually.holds("the row is gone", () -> waitingRows() == 0);
            assertEquals(1, commands("RCPT"));
        }

        // A password that has expired.
        @Test
        void losesNothingWhileTheServerRefusesThisService() {
            sink.behave(Behaviour.REFUSES_SENDER);
            try (LogLines lines = new LogLines()) {
                Replica replica = started();
                for (int i = 0; i < 3; i++) {
                    send(replica, "user" + i + "@example.com");
                }
                Eventually.holds("it is tried again", () -> commands("MAIL") >= 4);

                assertEquals(3, waitingRows());
                assertEquals(0, replica.total());
                assertTrue(
                        lines.errors().stream().anyMatch(line -> line.contains("refuses this service")),
                        () -> lines.errors().toString());
                assertNoSecrets(lines);
                sink.behave(Behaviour.ACCEPTS);
                counted(replica, Outcome.SENT, 3);
            }
            Eventually.holds("the rows are gone", () -> waitingRows() == 0);
        }

        @Test
        void aRowThatCannotBeReadKeepsNoOtherBack() {
            Replica replica = replica();
            Sql.update("insert into outgoing_emails (id, kind, recipient, details)" + " values (gen_random_uuid(), '"
                    + KIND + "', 'odd@example.com', '[1]')");
            send(replica, "ada@example.com");

            replica.start();

            sink.awaitEmailTo("ada@example.com");
            Eventually.holds("the row is gone", () -> waitingRows() == 1);
            assertEquals(List.of("odd@example.com"), Sql.column("select recipient from outgoing_emails"));
        }

        // Five of a kind in an hour is what a mailbox may get; requests went on while the mail server was away.
        @Test
        void sendsTheNewestFiveRequestedEmailsOfAKindToAMailbox() {
            Replica replica = replica();
            for (int i = 0; i < 7; i++) {
                replica.queue().sendOnRequest(queued("ada@example.com"));
                send(replica, "ada@example.com");
            }
            replica.queue().sendOnRequest(queued("grace@example.com"));
            List<String> newest = Sql.column("select id::text from outgoing_emails where kind = '" + KIND
                    + "' and recipient = 'ada@example.com' order by created_at desc limit 5");
            Set<String> written = ConcurrentHashMap.newKeySet();
            Replica sender = replica(email -> {
                if (email.recipient().canonical().equals("ada@example.com")) {
                    written.add(email.id().toString());
                }
                return Optional.of(withLink(email));
            });

            sender.start();

            Eventually.holds("all rows are gone", () -> waitingRows() == 0);
            assertEquals(2, sender.count(Outcome.UNWRITTEN));
            assertEquals(13, sender.count(Outcome.SENT));
            assertTrue(written.containsAll(newest), "the newest are sent");
            assertEquals(12, sink.emailsTo("ada@example.com").size());
        }

        @Test
        void leavesKindsOfOtherReleasesAlone() {
            Replica replica = replica();
            Sql.update("insert into outgoing_emails (id, kind, recipient)"
                    + " values (gen_random_uuid(), 'of_a_later_release', 'later@example.com')");
            replica.start();
            send(replica, "ada@example.com");

            sink.awaitEmailTo("ada@example.com");
            Eventually.holds("the row is gone", () -> waitingRows() == 1);
            assertEquals(List.of("0"), Sql.column("select attempts from outgoing_emails"));
        }

        @Test
        void logsNoAddressNoLinkAndNoServerResponse() {
            try (LogLines lines = new LogLines()) {
                Replica replica = started(email -> Optional.of(withLink(email)));
                for (Behaviour behaviour : List.of(Behaviour.REFUSES_RECIPIENT, Behaviour.REFUSES_MESSAGE)) {
                    double before = replica.total();
                    sink.behave(behaviour);
                    replica.queue().sendOnRequest(queued("ada@example.com"));
                    Eventually.holds("it is given up: " + behaviour, () -> replica.total() == before + 1);
                }
                sink.behave(Behaviour.ACCEPTS);
                sink.behaveNext(Behaviour.DEFERS, Behaviour.DROPS_IN_DATA);
                replica.queue().sendOnRequest(queued("ada@example.com"));
                sink.awaitEmailTo("ada@example.com");

                assertTrue(
                        lines.all().stream()
                                .anyMatch(line -> line.contains("recipient address not accepted (550 5.1.1)")),
                        () -> lines.all().toString());
                assertNoSecrets(lines);
            }
        }

        @Test
        void finishesWhatItSendsAtShutdownAndLeavesTheRestToOthers() throws InterruptedException {
            Replica replica = started();
            sink.behaveNext(Behaviour.HANGS);
            send(replica, "sending@example.com");
            Eventually.holds("the worker is busy", () -> sink.openConnections() == 1);
            send(replica, "waiting@example.com");

            replica.delivery().stop(new ShutdownEvent());
            send(replica, "late@example.com");

            assertEquals(List.of(), sink.emails());
            assertEquals(3, Sql.count("select count(*) from outgoing_emails where claimed_until is null"));
            started();
            for (String name : List.of("sending", "waiting", "late")) {
                sink.awaitEmailTo(name + "@example.com");
            }
            Eventually.holds("all rows are gone", () -> waitingRows() == 0);
            assertEquals(3, sink.emails().size());
        }
    }

    @Nested
    class Stopping {

        @Test
        void finishesWhatTheServerAcceptsMeanwhile() throws InterruptedException {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch stopping = new CountDownLatch(1);
            Replica replica = started(email -> {
                begun.countDown();
                await(stopping);
                return Optional.of(withLink(email));
            });
            replica.queue().sendOnRequest(queued("sending@example.com"));
            await(begun);
            replica.queue().sendOnRequest(queued("waiting@example.com"));

            Thread stop = Thread.ofVirtual().start(() -> {
                try {
                    replica.delivery().stop(new ShutdownEvent());
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            stopping.countDown();
            stop.join();

            assertEquals(1, sink.emailsTo("sending@example.com").size());
            assertEquals(0, Sql.count("select count(*) from outgoing_emails where recipient = 'sending@example.com'"));
        }

        private static void await(CountDownLatch latch) {
            try {
                assertTrue(latch.await(10, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Nested
    class Writing {

        @Test
        void retriesAWriterThatEndsWithAnError() {
            AtomicInteger tries = new AtomicInteger();
            Replica replica = started(email -> {
                if (tries.incrementAndGet() == 1) {
                    throw new StackOverflowError("statement with ada@example.com and " + TOKEN);
                }
                return Optional.of(withLink(email));
            });
            replica.queue().sendOnRequest(queued("ada@example.com"));

            sink.awaitEmailTo("ada@example.com");
            assertEquals(2, tries.get());
        }

        @Test
        void writesAtEachAttemptAndNotBefore() {
            AtomicInteger written = new AtomicInteger();
            Replica replica = replica(email -> {
                written.incrementAndGet();
                return Optional.of(withLink(email));
            });
            replica.queue().sendOnRequest(queued("ada@example.com"));
            assertEquals(0, written.get());
            sink.behaveNext(Behaviour.DEFERS);

            replica.start();

            assertTrue(sink.awaitEmailTo("ada@example.com").message().contains(TOKEN));
            assertEquals(2, written.get());
        }

        @Test
        void retriesAWriterThatFails() {
            AtomicInteger tries = new AtomicInteger();
            try (LogLines lines = new LogLines()) {
                Replica replica = started(email -> {
                    if (tries.incrementAndGet() < 3) {
                        throw new IllegalStateException("statement with ada@example.com and " + TOKEN);
                    }
                    return Optional.of(withLink(email));
                });
                replica.queue().sendOnRequest(queued("ada@example.com"));

                sink.awaitEmailTo("ada@example.com");
                assertEquals(3, tries.get());
                assertNoSecrets(lines);
            }
        }

        @Test
        void sendsNothingWithoutARecipientAndDeletesTheRow() {
            Replica replica = started(email -> Optional.empty());
            replica.queue().sendOnRequest(queued("ada@example.com"));

            counted(replica, Outcome.UNWRITTEN, 1);
            Eventually.holds("the row is gone", () -> waitingRows() == 0);
            assertEquals(List.of(), sink.commands());
        }

        // Security: sessions were ended while the e-mail was written, and its link is void.
        @Test
        void sendsNothingThatWasWithdrawnWhileItWasWritten() {
            Replica replica = started(email -> {
                Sql.update("delete from outgoing_emails where recipient = 'withdrawn@example.com'");
                return Optional.of(withLink(email));
            });
            replica.queue().sendOnRequest(queued("withdrawn@example.com"));
            Eventually.holds("it is withdrawn", () -> waitingRows() == 0);
            replica.queue().sendOnRequest(queued("ada@example.com"));

            sink.awaitEmailTo("ada@example.com");
            assertEquals(1, sink.emails().size());
        }
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
        MailTransport development = MailTransport.of(noServer, templates, vertx, LaunchMode.DEVELOPMENT)
                .orElseThrow();
        try (LogLines lines = new LogLines()) {
            development.deliver(withLink(queued("ada@example.com")));

            assertTrue(lines.all().stream().anyMatch(line -> line.contains("ada@example.com") && line.contains(TOKEN)));
        }
    }

    /** A writer of e-mails of one kind. */
    private interface Writer {

        Optional<OutgoingEmail> write(QueuedEmail email);
    }

    private Replica started() {
        return started(email -> Optional.of(withLink(email)));
    }

    private Replica started(Writer writer) {
        Replica replica = replica(writer);
        replica.start();
        return replica;
    }

    private Replica replica() {
        return replica(email -> Optional.of(withLink(email)));
    }

    private Replica replica(Writer writer) {
        return replica(Optional.of(new SmtpTransport(settings(), templates, vertx)), writer);
    }

    private TestMail settings() {
        return TestMail.on(sink.port(), Security.NONE).withTimeouts(timeout, timeout);
    }

    private Replica replica(Optional<MailTransport> transport) {
        return replica(transport, email -> Optional.of(withLink(email)));
    }

    private Replica replica(Optional<MailTransport> transport, Writer writer) {
        TestMail config = settings();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        MailMetrics metrics = new MailMetrics(meters);
        EmailWriter ofOneKind = new EmailWriter() {
            @Override
            public Set<String> kinds() {
                return Set.of(KIND);
            }

            @Override
            public Optional<OutgoingEmail> write(QueuedEmail email) {
                return writer.write(email);
            }
        };
        MailDelivery delivery =
                new MailDelivery(transport, rows, List.of(ofOneKind), config, metrics, new BackgroundThreads());
        Replica replica = new Replica(new MailQueue(rows, delivery, config, metrics, afterCommit), delivery, meters);
        replicas.add(replica);
        return replica;
    }

    private List<OutgoingEmailEntity> claim() {
        return with(() -> rows.claim(10, StoredNotices.KINDS, Duration.ofMinutes(1)));
    }

    private static <T> T with(Supplier<T> statement) {
        return QuarkusTransaction.requiringNew().call(statement::get);
    }

    private static void send(Replica replica, String address) {
        replica.queue()
                .send(
                        new EmailAddress(address),
                        new EmailMessage.EmailChangeUndone(PreferredLanguages.NONE, "id.example.com"));
    }

    private static QueuedEmail queued(String address) {
        return new QueuedEmail(
                UUID.randomUUID(), KIND, new EmailAddress(address), null, PreferredLanguages.NONE, Map.of());
    }

    private static OutgoingEmail withLink(QueuedEmail email) {
        return new OutgoingEmail(
                email.recipient(),
                new EmailMessage.PasswordReset(
                        PreferredLanguages.NONE,
                        URI.create("https://id.example.com/reset?token=" + TOKEN),
                        Duration.ofHours(1)));
    }

    private static long waitingRows() {
        return Sql.count("select count(*) from outgoing_emails");
    }

    private static void age(String since) {
        Sql.update("update outgoing_emails set created_at = now() - cast(? as interval)", since);
    }

    private static void due(String recipient, String since) {
        Sql.update(
                "update outgoing_emails set next_attempt_at = now() - cast(? as interval) where recipient = ?",
                since,
                recipient);
    }

    private static void counted(Replica replica, Outcome outcome, int emails) {
        Eventually.holds(emails + " " + outcome, () -> replica.count(outcome) == emails);
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
