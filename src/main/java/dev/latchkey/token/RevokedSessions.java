package dev.latchkey.token;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What this replica knows of ended sessions, each until the last of its access tokens has expired. */
@ApplicationScoped
class RevokedSessions {

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
