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

/** Reads the feed over and over, on a thread of its own: at short intervals, and at once when it is woken. */
@ApplicationScoped
class RevocationReader {

    private static final Logger LOG = Logger.getLogger(RevocationReader.class);
    /** Four of them fit the bound that is promised, so that one may fail and the next be slow. */
    private static final Duration INTERVAL = Duration.ofMillis(250);
    /** However often it is woken. */
    private static final Duration LEAST_PAUSE = Duration.ofMillis(5);

    private final RevocationFeed feed;
    private final RevokedTokens revoked;
    private final Clock clock;
    private final Semaphore wakes = new Semaphore(0);
    private final AtomicLong failures = new AtomicLong();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("latchkey-revocations").unstarted(this::run);
    private boolean begun;
    private volatile boolean ended;

    @Inject
    RevocationReader(RevocationFeed feed, RevokedTokens revoked, Clock clock) {
        this.feed = feed;
        this.revoked = revoked;
        this.clock = clock;
    }

    synchronized void begin() {
        if (!begun) {
            begun = true;
            thread.start();
        }
    }

    /** Something was revoked: read again at once, or once more after the present reading. */
    void wake() {
        wakes.release();
    }

    /** Readings that failed since the start. */
    long failures() {
        return failures.get();
    }

    /** One reading, now; a failure is left to the next one. */
    void readOnce() {
        try {
            feed.read();
        } catch (SQLException | RuntimeException databaseAway) {
            if (!ended) {
                failures.incrementAndGet();
                LOG.debug("revocations could not be read", databaseAway);
            }
        }
        revoked.sweep(clock.instant());
    }

    @PreDestroy
    void end() throws InterruptedException {
        ended = true;
        wake();
        feed.close();
        thread.join(TimeUnit.SECONDS.toMillis(3));
        // Once more, for it may have been connecting.
        feed.close();
    }

    private void run() {
        while (!ended) {
            readOnce();
            pause();
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LEAST_PAUSE.toMillis());
            boolean unused = wakes.tryAcquire(INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
            wakes.drainPermits();
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
            ended = true;
        }
    }
}
