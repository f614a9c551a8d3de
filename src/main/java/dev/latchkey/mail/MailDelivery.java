package dev.latchkey.mail;

import dev.latchkey.mail.OutgoingEmailRepository.State;
import dev.latchkey.platform.db.DatabaseErrors;
import dev.latchkey.platform.db.Migrations.SchemaReady;
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

    /** Between two looks at the table, also while another transaction holds a row that is due. */
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);

    /** Nothing in a round waits for a mail server; this is far more than the timeouts of a database that does not answer. */
    private static final Duration MAX_ROUND = Duration.ofMinutes(2);

    private static final Duration WARNING_INTERVAL = Duration.ofMinutes(1);

    private final OutgoingEmailRepository rows;
    private final Set<String> kinds;
    private final MailConfig config;
    private final MailMetrics metrics;
    private final MailPauses pauses;
    private final @Nullable MailAttempts attempts;
    private final int workerCount;
    private final Semaphore free;
    private final Semaphore wakes = new Semaphore(0);
    // No virtual threads: in the native executable some were seen to stop on two processors, with e-mails and no
    // message.
    private final ExecutorService workers = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("latchkey-mail-", 0).factory());
    private final BackgroundThread dispatcher;

    // Of the dispatcher alone.
    private boolean claimsFail;
    private long warnedAt;

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
        this.rows = rows;
        // A newer release may have queued others; those are its own.
        this.kinds = Stream.concat(
                        StoredNotices.KINDS.stream(), writers.stream().flatMap(writer -> writer.kinds().stream()))
                .collect(Collectors.toUnmodifiableSet());
        this.config = config;
        this.metrics = metrics;
        this.pauses = new MailPauses(config.pause(), config.maxPause(), System::nanoTime);
        this.workerCount = Math.max(1, config.workers());
        this.free = new Semaphore(workerCount);
        this.dispatcher = threads.create("latchkey-mail", MAX_ROUND, this::dispatch);
        this.attempts = transport
                .map(server -> new MailAttempts(server, rows, writers, config, metrics, pauses, dispatcher::isStopped))
                .orElse(null);
    }

    boolean isConfigured() {
        return attempts != null;
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
        // Security: a server that locks accounts after some wrong passwords gets one attempt at a time.
        boolean alone = pauses.isRefused();
        int acquired = acquire(alone);
        int begun = 0;
        Duration pause = config.poll();
        try {
            List<OutgoingEmailEntity> claimed =
                    acquired == 0 || !pauses.remaining().isZero() ? List.of() : claim(alone ? 1 : acquired);
            for (OutgoingEmailEntity row : claimed) {
                begin(row);
                begun++;
            }
            if (begun == 0) {
                Duration next = readState().nextIn().plus(SHORTEST_PAUSE);
                Duration refused = pauses.remaining();
                pause = MailPauses.shorter(pause, next.compareTo(refused) > 0 ? next : refused);
            }
            claimsFail = false;
        } catch (RuntimeException databaseUnavailable) {
            warn(databaseUnavailable);
        } finally {
            free.release(acquired - begun);
        }
        if (acquired > 0 && begun == 0) {
            boolean unused = wakes.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
            wakes.drainPermits();
        }
    }

    /** Takes all free workers, or if they are to be idle all there are; 0 after a while without. */
    private int acquire(boolean all) throws InterruptedException {
        int needed = all ? workerCount : 1;
        return free.tryAcquire(needed, config.poll().toMillis(), TimeUnit.MILLISECONDS)
                ? needed + free.drainPermits()
                : 0;
    }

    private void warn(RuntimeException failure) {
        long now = System.nanoTime();
        if (!claimsFail || now - warnedAt > WARNING_INTERVAL.toNanos()) {
            LOG.warnf("No e-mails can be claimed: %s (logged once a minute)", DatabaseErrors.reason(failure));
            warnedAt = now;
        }
        claimsFail = true;
    }

    private List<OutgoingEmailEntity> claim(int wanted) {
        return QuarkusTransaction.requiringNew().call(() -> rows.claim(wanted, kinds, MailAttempts.claim(config)));
    }

    private State readState() {
        State state = QuarkusTransaction.requiringNew().call(() -> rows.state(kinds));
        metrics.waiting(state.waiting());
        return state;
    }

    private void begin(OutgoingEmailEntity row) {
        workers.execute(() -> {
            try {
                Objects.requireNonNull(attempts).make(row);
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
}
