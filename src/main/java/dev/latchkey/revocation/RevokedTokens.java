package dev.latchkey.revocation;

import dev.latchkey.platform.crypto.KeyedHash;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What this replica knows of tokens that were revoked, each until the last such token has expired.
 *
 * <p>Names are kept as their SipHash of 64 bits under a key of this process, so that nobody can choose names that collide.
 * With a million revocations a token that was not revoked is taken for one of them with a probability of 5.4e-14.
 */
@ApplicationScoped
public class RevokedTokens {

    /** How old the knowledge may be by which a token is renewed. */
    public static final Duration RECENT = Duration.ofSeconds(30);

    private final KeyedHash hashes = new KeyedHash();
    private final RevokedIds sessions = new RevokedIds();
    private final Map<Long, UserRevocation> users = new ConcurrentHashMap<>();
    private final Duration bound;
    private final boolean strict;
    private volatile Instant completeAt = Instant.EPOCH;
    private int sweeps;

    @Inject
    RevokedTokens(RevocationConfig config) {
        this(config.maxStaleness(), config.strict());
    }

    RevokedTokens(Duration bound, boolean strict) {
        this.bound = bound;
        this.strict = strict;
    }

    /** Of the usual settings. */
    RevokedTokens() {
        this(Duration.ofSeconds(1), false);
    }

    void add(String sessionId, Instant until) {
        sessions.add(hashes.of(sessionId), until.getEpochSecond());
    }

    void addUser(String userId, String spared, Instant issuedBefore, Instant until) {
        long sparedHash = spared.isEmpty() ? 0 : hashes.of(spared);
        users.merge(hashes.of(userId), new UserRevocation(sparedHash, issuedBefore, until), UserRevocation::and);
    }

    boolean contains(String sessionId) {
        return sessions.contains(hashes.of(sessionId));
    }

    /** Whether a revocation names this token, by its session or by its user. */
    public boolean isRevoked(String userId, @Nullable String sessionId, Instant issuedAt) {
        long session = sessionId == null ? 0 : hashes.of(sessionId);
        if (sessionId != null && sessions.contains(session)) {
            return true;
        }
        if (users.isEmpty()) {
            return false;
        }
        UserRevocation user = users.get(hashes.of(userId));
        return user != null && user.revokes(session, issuedAt.getEpochSecond());
    }

    /**
     * Whether so little is known that no token can be accepted.
     *
     * <p>Security: also when the clock was turned back behind the last reading, which then may be of any age.
     */
    public boolean isStale(Instant now) {
        return !everComplete() || (strict && age(now).abs().compareTo(bound) > 0);
    }

    /** All that had been revoked anywhere by then has been added. */
    void complete(Instant then) {
        completeAt = then;
    }

    boolean everComplete() {
        return completeAt.isAfter(Instant.EPOCH);
    }

    Duration age(Instant now) {
        return Duration.between(completeAt, now);
    }

    /** Whether a revocation elsewhere would have been heard of, but for the latest ones. */
    public boolean isRecent(Instant now) {
        return now.isBefore(completeAt.plus(RECENT));
    }

    int size() {
        return sessions.size() + users.size();
    }

    /** Drops some of what is over; called with each reading it comes round to everything. */
    synchronized void sweep(Instant now) {
        sessions.sweepOne(now.getEpochSecond());
        if (sweeps++ % RevokedIds.SEGMENTS == 0) {
            users.values().removeIf(user -> user.end() < now.getEpochSecond());
        }
    }
}
