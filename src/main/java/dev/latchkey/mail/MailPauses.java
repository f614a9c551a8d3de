package dev.latchkey.mail;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When the next attempt is made to send e-mails: of one that failed, and of all of them while the mail server refuses this
 * service.
 */
final class MailPauses {

    private final Duration first;
    private final Duration longest;
    private final LongSupplier nanoTime;

    /** The time at which the server is tried again that refused this service; null: it does not. */
    private @Nullable Long resumeAt;

    MailPauses(Duration first, Duration longest, LongSupplier nanoTime) {
        this.first = first;
        this.longest = longest;
        this.nanoTime = nanoTime;
    }

    /** Returns the pause after an attempt: each twice as long as the one before, up to a maximum. */
    Duration after(int attempt) {
        Duration pause = first;
        for (int i = 1; i < attempt && pause.compareTo(longest) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return shorter(pause, longest);
    }

    Duration longest() {
        return longest;
    }

    /** Notes that the server has refused this service; returns whether the pause begins with that. */
    synchronized boolean refused() {
        boolean begins = remaining().isZero();
        if (begins) {
            resumeAt = nanoTime.getAsLong() + longest.toNanos();
        }
        return begins;
    }

    /** Notes that the server has not refused this service. */
    synchronized void served() {
        resumeAt = null;
    }

    /** Returns whether the server refused this service when it was tried last: then one e-mail at a time tries it again. */
    synchronized boolean isRefused() {
        return resumeAt != null;
    }

    /** Returns for how long no e-mail is to be sent. */
    synchronized Duration remaining() {
        long nanos = resumeAt == null ? 0 : resumeAt - nanoTime.getAsLong();
        return Duration.ofNanos(Math.max(0, nanos));
    }

    static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
