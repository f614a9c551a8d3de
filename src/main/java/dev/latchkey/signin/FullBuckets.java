package dev.latchkey.signin;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.latchkey.signin.RateLimits.Limited;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The rate limit buckets that the database has said to be full, so that further attempts are refused from the memory of this
 * replica, without a statement.
 *
 * <p>What is remembered is asked for anew after {@link #RECHECK} at the latest: a refund, a password reset or an unlock on
 * another replica has its effect here within that time. On this replica it has it at once.
 */
@ApplicationScoped
class FullBuckets {

    /** How long a bucket is refused without asking the database; it bounds the statements that a flood causes. */
    static final Duration RECHECK = Duration.ofSeconds(5);

    /**
     * Security: bounds the memory. Each entry is a bucket that is full in the database, which took its attempts, so an
     * attacker cannot evict the others cheaply; and what is evicted costs a statement, and lets no attempt through.
     */
    private static final int MAX_ENTRIES = 20_000;

    private final Clock clock;
    private final ConcurrentMap<String, Full> full;

    /** Counts what was forgotten, in stripes by bucket. */
    private final AtomicLongArray forgotten = new AtomicLongArray(1024);

    FullBuckets(Clock clock) {
        this.clock = clock;
        this.full = Caffeine.newBuilder()
                .maximumSize(MAX_ENTRIES)
                // Only to free memory: whether an entry is valid is decided by the clock.
                .expireAfterWrite(RECHECK)
                .executor(Runnable::run)
                .<String, Full>build()
                .asMap();
    }

    /** When the database was asked, and until when it said the bucket to be full. */
    private record Full(Instant asked, Instant until, boolean locked) {}

    /** Returns the refusal of an attempt, if the bucket is known to be full. */
    Optional<Limited> find(String bucket) {
        Full known = full.get(bucket);
        if (known == null) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        boolean valid = !now.isBefore(known.asked())
                && now.isBefore(known.asked().plus(RECHECK))
                && now.isBefore(known.until());
        return valid
                ? Optional.of(new Limited(Duration.between(now, known.until()), true, known.locked()))
                : Optional.empty();
    }

    /** Returns a mark to be taken before the database is asked; what was freed meanwhile is then not remembered as full. */
    long mark(String bucket) {
        return forgotten.get(stripe(bucket));
    }

    void remember(String bucket, Limited limited, long mark) {
        if (limited.retryAfter().isPositive() && mark == mark(bucket)) {
            Instant now = clock.instant();
            Full entry = new Full(now, now.plus(limited.retryAfter()), limited.locked());
            full.put(bucket, entry);
            // What was freed between the comparison and the entry has missed the entry.
            if (mark != mark(bucket)) {
                full.remove(bucket, entry);
            }
        }
    }

    /** Forgets a bucket that has room again. */
    void forget(String bucket) {
        forgotten.incrementAndGet(stripe(bucket));
        full.remove(bucket);
    }

    void forgetAll() {
        full.keySet().forEach(this::forget);
    }

    private int stripe(String bucket) {
        return Math.floorMod(bucket.hashCode(), forgotten.length());
    }
}
