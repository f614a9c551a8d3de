package dev.latchkey.mail;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.platform.db.AfterCommit;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Clock;
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
 * Sends letters, later and by a few at a time: no request waits for a mail server, and none holds a transaction meanwhile.
 *
 * <p>They wait in memory. What a process has not sent when it ends is lost, and whoever missed a letter asks again.
 */
@ApplicationScoped
public class MailQueue {

    private static final Logger LOG = Logger.getLogger(MailQueue.class);

    /** How long a stopping process goes on sending what still waits. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(3);

    private static final Duration IDLE_WORKER = Duration.ofSeconds(30);

    /** What has become of a letter. */
    enum Outcome {
        SENT,
        /** Nobody was to be written to. */
        UNWRITTEN,
        /** The mail server will not have it. */
        REFUSED,
        /** The mail server could not be talked to, as often as it was tried. */
        FAILED,
        /** Too many were waiting. */
        OVERFLOWED
    }

    private final @Nullable MailTransport delivery;
    private final MailConfig config;
    private final MeterRegistry meters;
    private final AfterCommit afterCommit;
    private final ThreadPoolExecutor workers;
    private volatile boolean stopping;

    @Inject
    MailQueue(MailConfig config, Clock clock, MeterRegistry meters, AfterCommit afterCommit) {
        this(MailTransports.of(config, clock, LaunchMode.current()), config, meters, afterCommit);
    }

    MailQueue(
            Optional<MailTransport> delivery,
            MailConfig config,
            MeterRegistry meters,
            AfterCommit afterCommit) {
        this.delivery = delivery.orElse(null);
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

    /** So that there are meters before the first letter. */
    void start(@Observes StartupEvent started) {
        LOG.debugf("letters leave by %s", delivery);
    }

    /** Whether there is a way for letters to leave by; if not, sending does nothing. */
    public boolean isConfigured() {
        return delivery != null;
    }

    /** Sends a letter; within a transaction, once that has committed. */
    public void send(EmailAddress to, EmailMessage letter) {
        OutgoingEmail addressed = new OutgoingEmail(to, letter);
        send(() -> Optional.of(addressed));
    }

    /**
     * Has a letter written and sent, both later; within a transaction, once that has committed. A draft that fails is tried
     * again, so what it changes has to be a transaction of its own.
     *
     * <p>Security: whether there is somebody to write to shows neither in the caller's answer nor in its time (FR-007).
     */
    public void send(Supplier<Optional<OutgoingEmail>> draft) {
        if (delivery == null) {
            return;
        }
        MailTransport transport = delivery;
        afterCommit.run(() -> queue(transport, draft));
    }

    private void queue(MailTransport way, Supplier<Optional<OutgoingEmail>> draft) {
        try {
            workers.execute(() -> carry(way, draft));
        } catch (RejectedExecutionException tooMany) {
            count(Outcome.OVERFLOWED, 1);
            LOG.warn("A letter was not sent: too many are waiting for the mail server");
        }
    }

    void stop(@Observes ShutdownEvent stopped) throws InterruptedException {
        stopping = true;
        workers.shutdown();
        if (!workers.awaitTermination(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
            int lost = workers.shutdownNow().size() + workers.getActiveCount();
            LOG.warnf("%d letters were not sent before the end", lost);
        }
    }

    private void carry(MailTransport way, Supplier<Optional<OutgoingEmail>> draft) {
        Optional<OutgoingEmail> written = Optional.empty();
        Duration pause = config.pause();
        for (int attempt = 1; ; attempt++) {
            String trouble;
            try {
                if (written.isEmpty()) {
                    written = draft.get();
                }
                if (written.isEmpty()) {
                    count(Outcome.UNWRITTEN, 1);
                    return;
                }
                way.deliver(written.get());
                count(Outcome.SENT, 1);
                return;
            } catch (MailRejectedException refused) {
                count(Outcome.REFUSED, 1);
                LOG.warnf("The mail server refuses a letter: %s", refused.getMessage());
                return;
            } catch (IOException | RuntimeException e) {
                trouble = words(e);
            }
            if (attempt >= config.attempts() || stopping || !rest(pause)) {
                count(Outcome.FAILED, 1);
                LOG.errorf("A letter was not sent, tried %d times: %s", attempt, trouble);
                return;
            }
            LOG.warnf("A letter is not sent yet: %s", trouble);
            pause = pause.multipliedBy(2);
        }
    }

    /** Security: of an exception that is not ours the message may quote an address or a statement's values. */
    private static String words(Exception e) {
        return e instanceof MailServerException
                ? String.valueOf(e.getMessage())
                : e.getClass().getSimpleName();
    }

    private static boolean rest(Duration pause) {
        try {
            TimeUnit.MILLISECONDS.sleep(pause.toMillis());
            return true;
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void count(Outcome outcome, int letters) {
        meters.counter("latchkey.mails", "outcome", outcome.name().toLowerCase(Locale.ROOT))
                .increment(letters);
    }
}
