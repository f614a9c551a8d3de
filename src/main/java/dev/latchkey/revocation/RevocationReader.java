package dev.latchkey.revocation;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/** Reads revocations on a thread of its own: at short intervals, and at once when it is woken. */
@ApplicationScoped
class RevocationReader {

    private static final Logger LOG = Logger.getLogger(RevocationReader.class);
    /** The interval between readings: a quarter of the promised second, so that one may fail and the next be slow. */
    private static final Duration INTERVAL = Duration.ofMillis(250);
    /** The minimum pause between two readings, however often the reader is woken. */
    private static final Duration MINIMUM_PAUSE = Duration.ofMillis(5);

    private final RevocationFeed feed;
    private final RevokedTokens revoked;
    private final Clock clock;
    private final Semaphore wakes = new Semaphore(0);
    private final AtomicLong failures = new AtomicLong();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("latchkey-revocations").unstarted(this::run);
    private boolean started;
    private volatile boolean stopped;

    @Inject
    RevocationReader(RevocationFeed feed, RevokedTokens revoked, Clock clock) {
        this.feed = feed;
        this.revoked = revoked;
        this.clock = clock;
    }

    synchronized void start() {
        if (!started) {
            started = true;
            thread.start();
        }
    }

    /** Causes a reading at once, or after the present one, since something was revoked. */
    void wake() {
        wakes.release();
    }

    /** Returns how many readings failed since the start. */
    long failures() {
        return failures.get();
    }

    /** Reads once, now; after a failure the next reading tries again. */
    void readOnce() {
        try {
            feed.read();
        } catch (SQLException | RuntimeException databaseUnavailable) {
            if (!stopped) {
                failures.incrementAndGet();
                LOG.debug("Revocations could not be read", databaseUnavailable);
            }
        }
        revoked.sweep(clock.instant());
    }

    @PreDestroy
    void stop() throws InterruptedException {
        stopped = true;
        wake();
        feed.close();
        thread.join(TimeUnit.SECONDS.toMillis(3));
        // Once more, since the thread may have been connecting.
        feed.close();
    }

    private void run() {
        while (!stopped) {
            readOnce();
            pause();
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(MINIMUM_PAUSE.toMillis());
            boolean unused = wakes.tryAcquire(INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
            wakes.drainPermits();
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }
}
