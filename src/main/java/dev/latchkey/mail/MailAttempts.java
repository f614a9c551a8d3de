package dev.latchkey.mail;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.mail.MailMetrics.Outcome;
import dev.latchkey.mail.MailTransport.DeliveryException;
import dev.latchkey.platform.http.PreferredLanguages;
import dev.latchkey.platform.ops.OutOfMemoryGuard;
import io.quarkus.narayana.jta.QuarkusTransaction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/** Attempts to send one e-mail that is claimed, whose row is deleted or postponed after that. */
final class MailAttempts {

    private static final Logger LOG = Logger.getLogger(MailAttempts.class);

    /** Beside the time for one attempt, what a slow database takes for the statements before and after it. */
    private static final Duration CLAIM_MARGIN = Duration.ofSeconds(15);

    private static final Duration PAUSE_BETWEEN_DELETIONS = Duration.ofSeconds(1);

    /** What a mailbox may get in an hour is bounded; so is what has waited for it, after a day without a mail server. */
    private static final int MAX_WAITING_OF_A_KIND = 5;

    private final MailTransport transport;
    private final OutgoingEmailRepository rows;
    private final List<EmailWriter> writers;
    private final MailConfig config;
    private final MailMetrics metrics;
    private final MailPauses pauses;
    private final BooleanSupplier stopping;

    MailAttempts(
            MailTransport transport,
            OutgoingEmailRepository rows,
            List<EmailWriter> writers,
            MailConfig config,
            MailMetrics metrics,
            MailPauses pauses,
            BooleanSupplier stopping) {
        this.transport = transport;
        this.rows = rows;
        this.writers = writers;
        this.config = config;
        this.metrics = metrics;
        this.pauses = pauses;
        this.stopping = stopping;
    }

    /** Returns for how long an e-mail is claimed: longer than it can take to send it. */
    static Duration claim(MailConfig config) {
        return config.attemptTimeout().plus(CLAIM_MARGIN);
    }

    /** Writes and sends a claimed e-mail, and records what became of it. */
    void make(OutgoingEmailEntity row) {
        Optional<Outcome> outcome;
        try {
            outcome = attempt(row);
        } catch (DeliveryException e) {
            if (e.isOfServer()) {
                refused(row, e);
                return;
            }
            if (!e.isPermanent()) {
                postpone(row, pauses.after(row.attempts), String.valueOf(e.getMessage()));
                return;
            }
            LOG.warnf("An e-mail (%s) cannot be delivered: %s", row.kind, e.getMessage());
            outcome = Optional.of(Outcome.REFUSED);
        } catch (Throwable e) {
            OutOfMemoryGuard.exitIfOutOfMemory(e);
            // Security: the message may quote an address or a statement's values.
            postpone(row, pauses.after(row.attempts), e.getClass().getSimpleName());
            return;
        }
        outcome.ifPresent(known -> end(row, known));
    }

    /** No e-mail is lost by a password that has expired, and none is tried for a while. */
    private void refused(OutgoingEmailEntity row, DeliveryException refusal) {
        if (pauses.refused()) {
            LOG.errorf(
                    "The mail server refuses this service: %s. No e-mail is sent for %s; correct LATCHKEY_MAIL_USERNAME,"
                            + " its password or LATCHKEY_MAIL_FROM",
                    refusal.getMessage(), pauses.longest());
        }
        postpone(row, pauses.longest(), String.valueOf(refusal.getMessage()));
    }

    /** Writes and sends an e-mail; empty if the claim is no longer in force. */
    private Optional<Outcome> attempt(OutgoingEmailEntity row) throws DeliveryException {
        if (row.requested && isOvertaken(row)) {
            return Optional.empty();
        }
        Optional<OutgoingEmail> email = write(row);
        if (email.isEmpty()) {
            return Optional.of(Outcome.UNWRITTEN);
        }
        // Security: what was withdrawn while it was written is not sent; and nothing is sent once another replica took
        // over.
        if (!QuarkusTransaction.requiringNew().call(() -> rows.prolong(row.id, row.attempts, claim(config)))) {
            return Optional.empty();
        }
        transport.deliver(email.get());
        pauses.served();
        return Optional.of(Outcome.SENT);
    }

    /** Deletes requested e-mails of that kind to that recipient for which enough later ones wait; returns whether this is one. */
    private boolean isOvertaken(OutgoingEmailEntity row) {
        return QuarkusTransaction.requiringNew().call(() -> {
            int deleted = rows.deleteAllButNewest(row.kind, row.recipient, MAX_WAITING_OF_A_KIND);
            metrics.count(Outcome.UNWRITTEN, deleted);
            return deleted > 0 && !rows.prolong(row.id, row.attempts, claim(config));
        });
    }

    private Optional<OutgoingEmail> write(OutgoingEmailEntity row) {
        EmailAddress recipient = EmailAddress.stored(row.recipient);
        Map<String, String> details = row.readDetails();
        return StoredNotices.read(row.kind, PreferredLanguages.of(row.locale), details)
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
                                details))));
    }

    private void postpone(OutgoingEmailEntity row, Duration pause, String reason) {
        // An interrupted thread could not use its connection; it was only to end its waiting for the mail server.
        boolean interrupted = Thread.interrupted();
        // Other replicas need not wait for what the end of this process has cut off.
        Duration wait = interrupted && stopping.getAsBoolean() ? Duration.ZERO : pause;
        if (QuarkusTransaction.requiringNew()
                .call(() -> rows.postpone(row.id, row.attempts, wait, config.giveUpAfter()))) {
            LOG.warnf("An e-mail (%s) has not been sent yet: %s", row.kind, reason);
        } else if (delete(row)) {
            metrics.count(Outcome.FAILED);
            LOG.errorf("An e-mail (%s) was given up after %d attempts: %s", row.kind, row.attempts, reason);
        }
    }

    /**
     * Deletes an e-mail that is done with; else it would be sent again. It tries again while the database is unavailable, and
     * once after the end of the process has interrupted it.
     */
    private void end(OutgoingEmailEntity row, Outcome outcome) {
        metrics.count(outcome);
        boolean unused = Thread.interrupted();
        boolean last = false;
        long end = System.nanoTime() + claim(config).toNanos();
        while (true) {
            try {
                delete(row);
                return;
            } catch (RuntimeException e) {
                boolean interrupted = Thread.interrupted();
                if (last || System.nanoTime() - end > 0) {
                    throw e;
                }
                last = interrupted || !sleep();
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
            return false;
        }
    }
}
