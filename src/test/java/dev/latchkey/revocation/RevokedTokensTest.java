package dev.latchkey.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RevokedTokensTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration BOUND = Duration.ofSeconds(1);

    private final RevokedTokens revoked = new RevokedTokens(BOUND, false);

    @Test
    void coversARevokedSessionWheneverItsTokenWasIssued() {
        revoked.add("session-1", NOW.plusSeconds(60));
        assertTrue(revoked.isRevoked("ada", "session-1", NOW));
        assertTrue(revoked.isRevoked("ada", "session-1", NOW.plusSeconds(30)));
        assertFalse(revoked.isRevoked("ada", "session-2", NOW));
        assertFalse(revoked.isRevoked("ada", "", NOW));
        assertFalse(revoked.isRevoked("ada", null, NOW));
        assertFalse(revoked.isRevoked("session-1", "ada", NOW), "a user of that name");
    }

    @Test
    void coversAUsersTokensFromBefore() {
        revoked.addUser("ada", "", NOW, NOW.plusSeconds(60));
        assertTrue(revoked.isRevoked("ada", "any", NOW.minusSeconds(1)));
        assertTrue(revoked.isRevoked("ada", null, NOW.minusSeconds(1)));
        assertFalse(revoked.isRevoked("ada", "any", NOW));
        assertFalse(revoked.isRevoked("eve", "any", NOW.minusSeconds(1)));
    }

    @Test
    void coversNotTheSparedSessionUntilItIsEndedByName() {
        revoked.addUser("ada", "spared", NOW, NOW.plusSeconds(60));
        assertFalse(revoked.isRevoked("ada", "spared", NOW.minusSeconds(100)));
        assertTrue(revoked.isRevoked("ada", "other", NOW.minusSeconds(100)));
        assertTrue(revoked.isRevoked("ada", null, NOW.minusSeconds(100)));
        revoked.add("spared", NOW.plusSeconds(60));
        assertTrue(revoked.isRevoked("ada", "spared", NOW.minusSeconds(100)));
    }

    @Test
    void forgetsWhatIsOver() {
        revoked.add("session-1", NOW.plusSeconds(60));
        revoked.addUser("ada", "", NOW, NOW.plusSeconds(60));
        assertEquals(2, revoked.size());
        sweep(NOW.plusSeconds(60));
        assertEquals(2, revoked.size());
        sweep(NOW.plusSeconds(61));
        assertEquals(0, revoked.size());
        assertFalse(revoked.contains("session-1"));
        assertFalse(revoked.isRevoked("ada", null, NOW.minusSeconds(1)));
    }

    // Fail closed: with a shared secret a replica could judge tokens before it has ever seen a database.
    @Test
    void isBlindUntilItHasReadOnce() {
        assertTrue(revoked.isStale(NOW));
        revoked.add("session-1", NOW.plusSeconds(60));
        assertTrue(revoked.isStale(NOW));
        revoked.complete(NOW);
        assertFalse(revoked.isStale(NOW));
        assertFalse(revoked.isStale(NOW.plus(Duration.ofDays(1))), "it goes on with what it knows");
    }

    @Test
    void isBlindBeyondTheBoundWhenStrict() {
        RevokedTokens strict = new RevokedTokens(BOUND, true);
        assertTrue(strict.isStale(NOW));
        strict.complete(NOW);
        assertFalse(strict.isStale(NOW.plus(BOUND)));
        assertTrue(strict.isStale(NOW.plus(BOUND).plusMillis(1)));
        strict.complete(NOW.plus(BOUND));
        assertFalse(strict.isStale(NOW.plus(BOUND).plusMillis(1)));
    }

    // A clock that is turned back would make old knowledge look fresh.
    @Test
    void isBlindWhenStrictAndTheClockWasTurnedBack() {
        RevokedTokens strict = new RevokedTokens(BOUND, true);
        strict.complete(NOW);
        assertFalse(strict.isStale(NOW.minus(BOUND)));
        assertTrue(strict.isStale(NOW.minus(BOUND).minusMillis(1)));
    }

    private void sweep(Instant now) {
        for (int i = 0; i < RevokedIds.SEGMENTS; i++) {
            revoked.sweep(now);
        }
    }
}
