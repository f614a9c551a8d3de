package dev.latchkey.mail;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.mail.MailTransport.DeliveryException;
import dev.latchkey.platform.db.AfterCommit;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends e-mails in the background, a few at a time: no request waits for a mail server, and none holds a transaction
 * meanwhile.
 *
 * <p>They wait in memory. What a process has not sent when it ends is lost, and a user who misses an e-mail requests it again.
 */
@ApplicationScoped
public class MailQueue {

    private static final Logger LOG = Logger.getLogger(MailQueue.class);

    /** The time for which a stopping process goes on sending the e-mails in the queue. */
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(3);

    private static final Duration IDLE_WORKER = Duration.ofSeconds(30);

    /** The outcome of an e-mail, as metrics count it. */
    enum Outcome {
        SENT,
        /** No e-mail was needed, or there was no account to send it to. */
        UNWRITTEN,
        /** The mail server does not accept it. */
        REFUSED,
        /** All attempts failed. */
        FAILED,
        /** The queue was full. */
        OVERFLOWED
    }

    private final @Nullable MailTransport transport;
    private final MailConfig config;
    private final MeterRegistry meters;
    private final AfterCommit afterCommit;
    private final ThreadPoolExecutor workers;
    private volatile boolean stopping;

    @Inject
    MailQueue(
            MailConfig config, EmailTemplates templates, Vertx vertx, MeterRegistry meters, AfterCommit afterCommit) {
        this(MailTransport.of(config, templates, vertx, LaunchMode.current()), config, meters, afterCommit);
    }

    MailQueue(Optional<MailTransport> transport, MailConfig config, MeterRegistry meters, AfterCommit afterCommit) {
        this.transport = transport.orElse(null);
        this.config = config;
        this.meters = meters;
        this.afterCommit = afterCommit;
        BlockingQueue<Runnable> waiting = new ArrayBlockingQueue<>(Math.max(1, config.queue()));
        int most = Math.max(1, config.workers());
        this.workers = new ThreadPoolExecutor(
                most,
                most,
                IDLE_WORKER.toSeconds(),
                TimeUnit.SECONDS,
                waiting,
                Thread.ofVirtual().name("latchkey-mail-", 0).factory());
        this.workers.allowCoreThreadTimeOut(true);
        meters.gaugeCollectionSize("latchkey.mails.waiting", List.of(), waiting);
        for (Outcome outcome : Outcome.values()) {
            count(outcome, 0);
        }
    }

    /** Registers the metrics at the start, so that they exist before the first e-mail. */
    void start(@Observes StartupEvent started) {
        LOG.debugf("e-mails are sent by %s", transport);
    }

    /** Returns whether e-mails can be sent; if not, sending does nothing. */
    public boolean isConfigured() {
        return transport != null;
    }

    /** Sends a message; within a transaction, once that has committed. */
    public void send(EmailAddress to, EmailMessage message) {
        OutgoingEmail email = new OutgoingEmail(to, message);
        send(() -> Optional.of(email));
    }

    /**
     * Writes and sends an e-mail, both later; within a transaction, once that has committed. A draft that fails is tried
     * again, so what it changes has to be a transaction of its own.
     *
     * <p>Security: whether there is an account to write to shows neither in the caller's response nor in its time (FR-007).
     */
    public void send(Supplier<Optional<OutgoingEmail>> draft) {
        MailTransport configured = transport;
        if (configured != null) {
            afterCommit.run(() -> queue(configured, draft));
        }
    }

    private void queue(MailTransport configured, Supplier<Optional<OutgoingEmail>> draft) {
        try {
            workers.execute(() -> process(configured, draft));
        } catch (RejectedExecutionException tooMany) {
            count(Outcome.OVERFLOWED, 1);
            LOG.warn("An e-mail was not sent: too many are waiting for the mail server");
        }
    }

    void stop(@Observes ShutdownEvent stopped) throws InterruptedException {
        stopping = true;
        workers.shutdown();
        if (!workers.awaitTermination(SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            int lost = workers.shutdownNow().size() + workers.getActiveCount();
            LOG.warnf("%d e-mails were not sent before the process ended", lost);
        }
    }

    private void process(MailTransport configured, Supplier<Optional<OutgoingEmail>> draft) {
        Optional<OutgoingEmail> email = Optional.empty();
        Duration pause = config.pause();
        for (int attempt = 1; ; attempt++) {
            String reason;
            try {
                if (email.isEmpty()) {
                    email = draft.get();
                }
                if (email.isEmpty()) {
                    count(Outcome.UNWRITTEN, 1);
                    return;
                }
                configured.deliver(email.get());
                count(Outcome.SENT, 1);
                return;
            } catch (DeliveryException e) {
                reason = String.valueOf(e.getMessage());
                if (e.isPermanent()) {
                    count(Outcome.REFUSED, 1);
                    LOG.warnf("An e-mail cannot be delivered: %s", reason);
                    return;
                }
            } catch (RuntimeException e) {
                // Security: the message may quote an address or a statement's values.
                reason = e.getClass().getSimpleName();
            }
            if (attempt >= config.attempts() || stopping || !sleep(pause)) {
                count(Outcome.FAILED, 1);
                LOG.errorf("An e-mail was not sent after %d attempts: %s", attempt, reason);
                return;
            }
            LOG.warnf("An e-mail has not been sent yet: %s", reason);
            pause = pause.multipliedBy(2);
        }
    }

    private static boolean sleep(Duration pause) {
        try {
            TimeUnit.MILLISECONDS.sleep(pause.toMillis());
            return true;
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void count(Outcome outcome, int emails) {
        meters.counter("latchkey.mails", "outcome", outcome.name().toLowerCase(Locale.ROOT))
                .increment(emails);
    }
}
