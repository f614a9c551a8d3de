package dev.latchkey.revocation;

import dev.latchkey.platform.ops.BackgroundThread;
import dev.latchkey.platform.ops.BackgroundThreads;
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
    /** The duration of a round that no database causes: each of its few statements ends with the socket's timeout of 5 s. */
    private static final Duration MAX_ROUND = Duration.ofSeconds(90);

    private final RevocationFeed feed;
    private final RevokedTokens revoked;
    private final Clock clock;
    private final Semaphore wakes = new Semaphore(0);
    private final AtomicLong failures = new AtomicLong();
    private final BackgroundThread thread;

    @Inject
    RevocationReader(RevocationFeed feed, RevokedTokens revoked, Clock clock, BackgroundThreads threads) {
        this.feed = feed;
        this.revoked = revoked;
        this.clock = clock;
        this.thread = threads.create("latchkey-revocations", MAX_ROUND, this::readAndPause);
    }

    void start() {
        thread.start();
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
            if (!thread.isStopped()) {
                failures.incrementAndGet();
                LOG.debug("Revocations could not be read", databaseUnavailable);
            }
        }
        revoked.sweep(clock.instant());
    }

    @PreDestroy
    void stop() {
        thread.stop(Duration.ZERO);
        feed.close();
        thread.stop(Duration.ofSeconds(3));
        // Once more, since the thread may have been connecting.
        feed.close();
    }

    private void readAndPause() throws InterruptedException {
        readOnce();
        TimeUnit.MILLISECONDS.sleep(MINIMUM_PAUSE.toMillis());
        boolean unused = wakes.tryAcquire(INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        wakes.drainPermits();
    }
}
