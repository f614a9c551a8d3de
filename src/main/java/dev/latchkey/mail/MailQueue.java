package dev.latchkey.mail;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.platform.db.AfterCommit;
import dev.latchkey.platform.db.Expirable;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Queues e-mails in the database, in the transaction of the change that they belong to: what was rolled back sends none, and
 * what was committed sends its e-mails whatever happens to this process. {@link MailDelivery} sends them.
 */
@ApplicationScoped
public class MailQueue implements Expirable {

    private static final Logger LOG = Logger.getLogger(MailQueue.class);

    /** Room for the e-mails of changes, beside that for requests, as a multiple of it. */
    private static final int ROOM_FOR_CHANGES = 2;

    /** How long e-mails are kept that no replica tries to send, because the mail server was taken out of the settings for example. */
    private static final Duration KEPT_UNTRIED = Duration.ofDays(7);

    private static final long LOG_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong lastLogged = new AtomicLong(System.nanoTime() - LOG_INTERVAL_NANOS);
    private final OutgoingEmailRepository rows;
    private final MailDelivery delivery;
    private final MailConfig config;
    private final MailMetrics metrics;
    private final AfterCommit afterCommit;

    MailQueue(
            OutgoingEmailRepository rows,
            MailDelivery delivery,
            MailConfig config,
            MailMetrics metrics,
            AfterCommit afterCommit) {
        this.rows = rows;
        this.delivery = delivery;
        this.config = config;
        this.metrics = metrics;
        this.afterCommit = afterCommit;
    }

    /** Returns whether e-mails can be sent; if not, sending does nothing. */
    public boolean isConfigured() {
        return delivery.isConfigured();
    }

    /** Sends a notice, once the caller's transaction has committed; false if there was no room for it. */
    public boolean send(EmailAddress to, EmailMessage.Notice notice) {
        return send(new QueuedEmail(
                UUID.randomUUID(),
                StoredNotices.kind(notice),
                to,
                null,
                notice.languages(),
                StoredNotices.details(notice)));
    }

    /**
     * Writes and sends an e-mail that belongs to a change, once the caller's transaction has committed; false if there was no
     * room for it. The change itself goes on: an account must not become unusable because a mail server is away.
     */
    public boolean send(QueuedEmail email) {
        return queue(email, false, ROOM_FOR_CHANGES * config.queue());
    }

    /**
     * Writes and sends an e-mail that a client has requested; false if there was no room for it, which is to be said.
     *
     * <p>Security: whether there is an account to write to is looked up when the e-mail is written. It shows neither in the
     * caller's response nor in its time (FR-007): all requests queue the same row.
     */
    public boolean sendOnRequest(QueuedEmail email) {
        // Security: a flood of requests leaves room for the e-mails that protect accounts.
        return queue(email, true, config.queue());
    }

    /**
     * Makes a queued e-mail one of a user's, in the transaction of a caller who has locked the account: from then on it is
     * withdrawn with the user's links. Returns false if it was withdrawn already, and must not be sent.
     */
    public boolean assign(UUID email, AccountId user) {
        return rows.assign(email, user.value());
    }

    private boolean queue(QueuedEmail email, boolean requested, int room) {
        return isConfigured() && QuarkusTransaction.joiningExisting().call(() -> insert(email, requested, room));
    }

    private boolean insert(QueuedEmail email, boolean requested, int room) {
        if (!rows.hasFewerThan(room)) {
            metrics.count(MailMetrics.Outcome.OVERFLOWED);
            logOverflow(email, room);
            return false;
        }
        AccountId user = email.user();
        OutgoingEmailEntity row = new OutgoingEmailEntity();
        row.id = email.id();
        row.kind = email.kind();
        row.recipient = email.recipient().canonical();
        row.userId = user == null ? null : user.value();
        row.locale =
                email.languages().header().isEmpty() ? null : email.languages().header();
        row.store(email.details());
        row.requested = requested;
        rows.persist(row);
        afterCommit.run(delivery::wake);
        return true;
    }

    private void logOverflow(QueuedEmail email, int room) {
        long last = lastLogged.get();
        long now = System.nanoTime();
        if (now - last >= LOG_INTERVAL_NANOS && lastLogged.compareAndSet(last, now)) {
            LOG.errorf(
                    "An e-mail (%s) is not sent: %d are waiting for the mail server (logged once a minute)",
                    email.kind(), room);
        }
    }

    @Override
    public String name() {
        return "e-mails that were never sent";
    }

    @Override
    @Transactional(Transactional.TxType.MANDATORY)
    public int deleteExpired(int limit) {
        return rows.deleteOlderThan(config.giveUpAfter().plus(KEPT_UNTRIED), limit);
    }
}
