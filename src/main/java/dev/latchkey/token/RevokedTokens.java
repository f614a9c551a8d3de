package dev.latchkey.token;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What this replica knows of tokens that were revoked, each until the last such token has expired. */
@ApplicationScoped
class RevokedTokens {

    /** How old the knowledge may be by which a token is renewed. */
    static final Duration RECENT = Duration.ofSeconds(30);

    private final Map<String, Instant> ends = new ConcurrentHashMap<>();
    private volatile Instant completeAt = Instant.EPOCH;

    void add(String sessionId, Instant until) {
        ends.put(sessionId, until);
    }

    boolean contains(String sessionId) {
        return ends.containsKey(sessionId);
    }

    /** Whether a revocation names this token, by its session or by its user. */
    boolean covers(String userId, @Nullable String sessionId, Instant issuedAt) {
        return sessionId != null && contains(sessionId);
    }

    /** Whether so little is known that no token can be accepted. */
    boolean blind(Instant now) {
        return false;
    }

    /** All that other replicas had revoked by then has been added. */
    void complete(Instant now) {
        completeAt = now;
    }

    boolean everComplete() {
        return completeAt.isAfter(Instant.EPOCH);
    }

    /** Whether a revocation elsewhere would have been heard of, but for the latest ones. */
    boolean recent(Instant now) {
        return now.isBefore(completeAt.plus(RECENT));
    }

    void forget(Instant now) {
        ends.values().removeIf(until -> until.isBefore(now));
    }
}
