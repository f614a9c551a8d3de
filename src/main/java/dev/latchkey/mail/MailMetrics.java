package dev.latchkey.mail;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Counts e-mails. */
@Singleton
class MailMetrics {

    /** The outcome of an e-mail. */
    enum Outcome {
        SENT,
        /** No e-mail was needed, there was no account to send it to, or enough later ones of its kind wait for its recipient. */
        UNWRITTEN,
        /** The mail server does not accept it. */
        REFUSED,
        /** No attempt succeeded until it was too old. */
        FAILED,
        /** Too many e-mails were waiting. */
        OVERFLOWED
    }

    private final MeterRegistry meters;
    private final AtomicLong waiting = new AtomicLong();

    MailMetrics(MeterRegistry meters) {
        this.meters = meters;
        Gauge.builder("latchkey.mails.waiting", waiting, AtomicLong::doubleValue)
                .register(meters);
        for (Outcome outcome : Outcome.values()) {
            count(outcome, 0);
        }
    }

    void count(Outcome outcome) {
        count(outcome, 1);
    }

    /** Sets how many e-mails wait in the database. */
    void waiting(long emails) {
        waiting.set(emails);
    }

    void count(Outcome outcome, int emails) {
        meters.counter("latchkey.mails", "outcome", outcome.name().toLowerCase(Locale.ROOT))
                .increment(emails);
    }
}
