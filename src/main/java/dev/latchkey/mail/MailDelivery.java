package dev.latchkey.mail;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.mail.MailMetrics.Outcome;
import dev.latchkey.mail.MailTransport.DeliveryException;
import dev.latchkey.mail.OutgoingEmailRepository.State;
import dev.latchkey.platform.db.DatabaseErrors;
import dev.latchkey.platform.db.Migrations.SchemaReady;
import dev.latchkey.platform.http.PreferredLanguages;
import dev.latchkey.platform.ops.BackgroundThread;
import dev.latchkey.platform.ops.BackgroundThreads;
import dev.latchkey.platform.ops.OutOfMemoryGuard;
import io.quarkus.arc.All;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends the e-mails that wait in the database, a few at a time, on any replica.
 *
 * <p>A row is claimed for a limited time and deleted once the mail server has accepted the e-mail; no transaction is open
 * meanwhile. When a process dies, its claims run out and others go on. An e-mail is sent twice only if that happens between the
 * server's acceptance and the deletion, or if the server's acceptance gets lost: SMTP knows no way out of that.
 */
@ApplicationScoped
class MailDelivery {

    private static final Logger LOG = Logger.getLogger(MailDelivery.class);

    /** The time for which a stopping process goes on sending what it has begun. */
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(3);

    private static final Duration LAST_STATEMENTS = Duration.ofSeconds(1);

    /** Beside the time for one attempt, what a slow database takes for the statements before and after it. */
    private static final Duration CLAIM_MARGIN = Duration.ofSeconds(15);

    /** Between two looks at the table, also while another transaction holds a row that is due. */
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);

    private static final Duration PAUSE_BETWEEN_DELETIONS = Duration.ofSeconds(1);

    /** Nothing in a round waits for a mail server; this is far more than the timeouts of a database that does not answer. */
    private static final Duration MAX_ROUND = Duration.ofMinutes(2);

    private final @Nullable MailTransport transport;
    private final OutgoingEmailRepository rows;
    private final List<EmailWriter> writers;
    private final Set<String> kinds;
    private final MailConfig config;
    private final MailMetrics metrics;
    private final Semaphore free;
    private final Semaphore wakes = new Semaphore(0);
    private final ExecutorService workers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("latchkey-mail-", 0).factory());
    private final BackgroundThread dispatcher;

    @Inject
    MailDelivery(
            OutgoingEmailRepository rows,
            @All List<EmailWriter> writers,
            MailConfig config,
            EmailTemplates templates,
            Vertx vertx,
            MailMetrics metrics,
            BackgroundThreads threads) {
        this(MailTransport.of(config, templates, vertx, LaunchMode.current()), rows, writers, config, metrics, threads);
    }

    MailDelivery(
            Optional<MailTransport> transport,
            OutgoingEmailRepository rows,
            List<EmailWriter> writers,
            MailConfig config,
            MailMetrics metrics,
            BackgroundThreads threads) {
        this.transport = transport.orElse(null);
        this.rows = rows;
        this.writers = writers;
        // A newer release may have queued others; those are its own.
        this.kinds = Stream.concat(
                        StoredNotices.KINDS.stream(), writers.stream().flatMap(writer -> writer.kinds().stream()))
                .collect(Collectors.toUnmodifiableSet());
        this.config = config;
        this.metrics = metrics;
        this.free = new Semaphore(Math.max(1, config.workers()));
        this.dispatcher = threads.create("latchkey-mail", MAX_ROUND, this::dispatch);
    }

    boolean isConfigured() {
        return transport != null;
    }

    /** Starts once the table is there; never where no e-mail can be sent. */
    void start(@Observes SchemaReady ready) {
        if (isConfigured()) {
            dispatcher.start();
        }
    }

    /** Looks for e-mails at once, since one was queued. */
    void wake() {
        wakes.release();
    }

    /** Takes no more e-mails and finishes those that it is sending. What waits is left to other replicas, or the next start. */
    void stop(@Observes ShutdownEvent stopped) throws InterruptedException {
        dispatcher.stop(SHUTDOWN_TIMEOUT);
        workers.shutdown();
        if (!workers.awaitTermination(SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.info("E-mails that the mail server has not accepted yet are left to the next process");
            workers.shutdownNow();
            // Time for them to end their claims, so that others need not wait until these run out.
            boolean unused = workers.awaitTermination(LAST_STATEMENTS.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** A round of the thread: claims as many e-mails as there are workers for, or waits. */
    private void dispatch() throws InterruptedException {
        int wanted = free.tryAcquire(config.poll().toMillis(), TimeUnit.MILLISECONDS) ? 1 + free.drainPermits() : 0;
        int begun = 0;
        Duration pause = config.poll();
        try {
            List<OutgoingEmailEntity> claimed = wanted == 0 ? List.of() : claim(wanted);
            claimed.forEach(this::begin);
            begun = claimed.size();
            if (begun == 0) {
                pause = min(pause, readState().nextIn().plus(SHORTEST_PAUSE));
            }
        } catch (RuntimeException databaseUnavailable) {
            LOG.debugf("No e-mails can be claimed: %s", DatabaseErrors.reason(databaseUnavailable));
        } finally {
            free.release(wanted - begun);
        }
        if (wanted > 0 && begun == 0) {
            boolean unused = wakes.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
            wakes.drainPermits();
        }
    }

    private List<OutgoingEmailEntity> claim(int wanted) {
        return QuarkusTransaction.requiringNew().call(() -> rows.claim(wanted, kinds, claim()));
    }

    private State readState() {
        State state = QuarkusTransaction.requiringNew().call(() -> rows.state(kinds));
        metrics.waiting(state.waiting());
        return state;
    }

    private void begin(OutgoingEmailEntity row) {
        workers.execute(() -> {
            try {
                process(row);
            } catch (Throwable failure) {
                // The claim runs out, and the e-mail is tried again.
                OutOfMemoryGuard.exitIfOutOfMemory(failure);
                LOG.errorf(
                        "What became of an e-mail (%s) could not be recorded; another attempt follows: %s",
                        row.kind, failure.getClass().getSimpleName());
            } finally {
                free.release();
            }
        });
    }

    private void process(OutgoingEmailEntity row) {
        Optional<Outcome> outcome;
        try {
            outcome = attempt(row);
        } catch (DeliveryException e) {
            if (!e.isPermanent()) {
                postpone(row, String.valueOf(e.getMessage()));
                return;
            }
            LOG.warnf("An e-mail (%s) cannot be delivered: %s", row.kind, e.getMessage());
            outcome = Optional.of(Outcome.REFUSED);
        } catch (RuntimeException e) {
            // Security: the message may quote an address or a statement's values.
            postpone(row, e.getClass().getSimpleName());
            return;
        }
        outcome.ifPresent(known -> end(row, known));
    }

    /** Writes and sends an e-mail; empty if the claim is no longer in force. */
    private Optional<Outcome> attempt(OutgoingEmailEntity row) throws DeliveryException {
        Optional<OutgoingEmail> email = write(row);
        if (email.isEmpty()) {
            return Optional.of(Outcome.UNWRITTEN);
        }
        // Security: what was withdrawn while it was written is not sent; and nothing is sent once another replica took
        // over.
        if (!QuarkusTransaction.requiringNew().call(() -> rows.prolong(row.id, row.attempts, claim()))) {
            return Optional.empty();
        }
        Objects.requireNonNull(transport).deliver(email.get());
        return Optional.of(Outcome.SENT);
    }

    private Optional<OutgoingEmail> write(OutgoingEmailEntity row) {
        EmailAddress recipient = EmailAddress.stored(row.recipient);
        return StoredNotices.read(row.kind, PreferredLanguages.of(row.locale), row.details)
                .map(notice -> new OutgoingEmail(recipient, notice))
                .or(() -> writers.stream()
                        .filter(writer -> writer.kinds().contains(row.kind))
                        .findFirst()
                        .flatMap(writer -> writer.write(new QueuedEmail(
                                row.id,
                                row.kind,
                                recipient,
                                row.userId == null ? null : new AccountId(row.userId),
                                PreferredLanguages.of(row.locale),
                                row.details))));
    }

    private void postpone(OutgoingEmailEntity row, String reason) {
        // An interrupted thread could not use its connection; it was only to end its waiting for the mail server.
        boolean unused = Thread.interrupted();
        if (QuarkusTransaction.requiringNew()
                .call(() -> rows.postpone(row.id, row.attempts, pause(row.attempts), config.giveUpAfter()))) {
            LOG.warnf("An e-mail (%s) has not been sent yet: %s", row.kind, reason);
        } else if (delete(row)) {
            metrics.count(Outcome.FAILED);
            LOG.errorf("An e-mail (%s) was given up after %d attempts: %s", row.kind, row.attempts, reason);
        }
    }

    /** Returns the pause after an attempt: each twice as long as the one before, up to a maximum. */
    private Duration pause(int attempt) {
        Duration pause = config.pause();
        for (int i = 1; i < attempt && pause.compareTo(config.maxPause()) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return min(pause, config.maxPause());
    }

    /** Deletes an e-mail that is done with. While the database is unavailable it tries again: else the e-mail would be sent again. */
    private void end(OutgoingEmailEntity row, Outcome outcome) {
        metrics.count(outcome);
        boolean unused = Thread.interrupted();
        long end = System.nanoTime() + claim().toNanos();
        while (true) {
            try {
                delete(row);
                return;
            } catch (RuntimeException e) {
                if (System.nanoTime() - end > 0 || !sleep()) {
                    throw e;
                }
            }
        }
    }

    private boolean delete(OutgoingEmailEntity row) {
        return QuarkusTransaction.requiringNew().call(() -> rows.delete(row.id, row.attempts));
    }

    private static boolean sleep() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_BETWEEN_DELETIONS.toMillis());
            return true;
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Returns for how long an e-mail is claimed: longer than it can take to send it. */
    private Duration claim() {
        return config.attemptTimeout().plus(CLAIM_MARGIN);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
