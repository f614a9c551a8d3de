package dev.latchkey.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Together;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RevokedTokensTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration BOUND = Duration.ofSeconds(1);

    private final RevokedTokens revoked = new RevokedTokens(BOUND, false);

    @Test
    void revokesSessionWheneverItsTokenWasIssued() {
        revoked.add("session-1", NOW.plusSeconds(60));
        assertTrue(revoked.isRevoked("ada", "session-1", null, NOW));
        assertTrue(revoked.isRevoked("ada", "session-1", null, NOW.plusSeconds(30)));
        assertFalse(revoked.isRevoked("ada", "session-2", null, NOW));
        assertFalse(revoked.isRevoked("ada", "", null, NOW));
        assertFalse(revoked.isRevoked("ada", null, null, NOW));
        assertFalse(revoked.isRevoked("session-1", "ada", null, NOW), "a user of that name");
    }

    @Test
    void revokesEarlierTokensOfUser() {
        revoked.addUser("ada", "", 1, NOW, NOW.plusSeconds(60));
        assertTrue(revoked.isRevoked("ada", "any", null, NOW.minusSeconds(1)));
        assertTrue(revoked.isRevoked("ada", null, null, NOW.minusSeconds(1)));
        assertFalse(revoked.isRevoked("ada", "any", null, NOW));
        assertFalse(revoked.isRevoked("eve", "any", null, NOW.minusSeconds(1)));
    }

    // A token of the row as it was, whenever it was signed, and one of the row as it is, within the same second.
    @Test
    void tellsTokensApartByTheVersionOfTheirUser() {
        revoked.addUser("ada", "", 3, NOW, NOW.plusSeconds(60));
        assertTrue(revoked.isRevoked("ada", "any", 2L, NOW.plusSeconds(30)));
        assertTrue(revoked.isRevoked("ada", "any", 0L, NOW.minusSeconds(30)));
        assertFalse(revoked.isRevoked("ada", "any", 3L, NOW.minusSeconds(30)));
        assertFalse(revoked.isRevoked("ada", "any", 4L, NOW.minusSeconds(30)));
        assertFalse(revoked.isRevoked("eve", "any", 2L, NOW));
    }

    @Test
    void sparesOneSessionOfAnyVersion() {
        revoked.addUser("ada", "spared", 3, NOW, NOW.plusSeconds(60));
        assertFalse(revoked.isRevoked("ada", "spared", 2L, NOW));
        assertTrue(revoked.isRevoked("ada", "other", 2L, NOW));
        revoked.addUser("ada", "", 4, NOW, NOW.plusSeconds(60));
        assertTrue(revoked.isRevoked("ada", "spared", 3L, NOW));
        assertFalse(revoked.isRevoked("ada", "spared", 4L, NOW));
    }

    @Test
    void knowsDisabledUsersUntilTheyAreEnabled() {
        assertFalse(revoked.isDisabled("ada"));
        revoked.addDisabled("ada");
        revoked.addDisabled("eve");
        assertTrue(revoked.isDisabled("ada"));
        revoked.removeDisabled("ada");
        assertFalse(revoked.isDisabled("ada"));
        assertTrue(revoked.isDisabled("eve"));
        sweep(NOW.plus(Duration.ofDays(400)));
        assertTrue(revoked.isDisabled("eve"), "for as long as they are disabled");
    }

    // A replica that was cut off for long may have missed that a user was enabled.
    @Test
    void replacesTheDisabledUsersByThoseThatWereRead() {
        revoked.addDisabled("ada");
        revoked.addDisabled("eve");
        revoked.replaceDisabled(List.of("eve", "bob"));
        assertFalse(revoked.isDisabled("ada"));
        assertTrue(revoked.isDisabled("eve"));
        assertTrue(revoked.isDisabled("bob"));
    }

    @Test
    void keptSessionIsValidUntilItIsRevokedItself() {
        revoked.addUser("ada", "spared", 1, NOW, NOW.plusSeconds(60));
        assertFalse(revoked.isRevoked("ada", "spared", null, NOW.minusSeconds(100)));
        assertTrue(revoked.isRevoked("ada", "other", null, NOW.minusSeconds(100)));
        assertTrue(revoked.isRevoked("ada", null, null, NOW.minusSeconds(100)));
        revoked.add("spared", NOW.plusSeconds(60));
        assertTrue(revoked.isRevoked("ada", "spared", null, NOW.minusSeconds(100)));
    }

    @Test
    void removesExpiredRevocations() {
        revoked.add("session-1", NOW.plusSeconds(60));
        revoked.addUser("ada", "", 1, NOW, NOW.plusSeconds(60));
        assertEquals(2, revoked.size());
        sweep(NOW.plusSeconds(60));
        assertEquals(2, revoked.size());
        sweep(NOW.plusSeconds(61));
        assertEquals(0, revoked.size());
        assertFalse(revoked.contains("session-1"));
        assertFalse(revoked.isRevoked("ada", null, null, NOW.minusSeconds(1)));
    }

    // Fail closed: with a shared secret a replica could accept tokens before it has ever seen a database.
    @Test
    void isStaleUntilItHasReadOnce() {
        assertTrue(revoked.isStale(NOW));
        revoked.add("session-1", NOW.plusSeconds(60));
        assertTrue(revoked.isStale(NOW));
        revoked.markComplete(NOW);
        assertFalse(revoked.isStale(NOW));
        assertFalse(revoked.isStale(NOW.plus(Duration.ofDays(1))), "it goes on with what it knows");
    }

    @Test
    void isStaleBeyondTheMaximumWhenStrict() {
        RevokedTokens strict = new RevokedTokens(BOUND, true);
        assertTrue(strict.isStale(NOW));
        strict.markComplete(NOW);
        assertFalse(strict.isStale(NOW.plus(BOUND)));
        assertTrue(strict.isStale(NOW.plus(BOUND).plusMillis(1)));
        strict.markComplete(NOW.plus(BOUND));
        assertFalse(strict.isStale(NOW.plus(BOUND).plusMillis(1)));
    }

    // A clock that is turned back would make old knowledge look fresh.
    @Test
    void isStaleWhenStrictAndTheClockWasTurnedBack() {
        RevokedTokens strict = new RevokedTokens(BOUND, true);
        strict.markComplete(NOW);
        assertFalse(strict.isStale(NOW.minus(BOUND)));
        assertTrue(strict.isStale(NOW.minus(BOUND).minusMillis(1)));
    }

    @Test
    void containsNothingAtFirst() {
        assertFalse(revoked.contains(""));
        assertFalse(revoked.contains("session-1"));
        assertEquals(0, revoked.size());
    }

    @Test
    void containsWhatWasAddedAndNothingElse() {
        for (int i = 0; i < 100_000; i++) {
            revoked.add("session-" + i, NOW);
        }
        assertEquals(100_000, revoked.size());
        for (int i = 0; i < 100_000; i++) {
            assertTrue(revoked.contains("session-" + i));
            assertFalse(revoked.contains("other-" + i));
        }
    }

    @Test
    void keepsDuplicateRevocationOnceForTheLongerTime() {
        revoked.add("session-1", NOW.plusSeconds(10));
        revoked.add("session-1", NOW);
        assertEquals(1, revoked.size());
        sweep(NOW.plusSeconds(10));
        assertTrue(revoked.contains("session-1"));
        sweep(NOW.plusSeconds(11));
        assertFalse(revoked.contains("session-1"));
        assertEquals(0, revoked.size());
    }

    @Test
    void removesExpiredRevocationsAndNoOthers() {
        for (int i = 0; i < 5_000; i++) {
            revoked.add("expired-" + i, NOW.minusSeconds(1));
            revoked.add("kept-" + i, NOW.plusSeconds(i));
        }
        sweep(NOW);
        assertEquals(5_000, revoked.size());
        for (int i = 0; i < 5_000; i++) {
            assertFalse(revoked.contains("expired-" + i));
            assertTrue(revoked.contains("kept-" + i));
        }
    }

    @Test
    void keepsRevocationsWithoutAnEnd() {
        revoked.add("session-1", Instant.MAX);
        revoked.add("session-2", Instant.EPOCH);
        sweep(NOW);
        assertTrue(revoked.contains("session-1"));
        assertFalse(revoked.contains("session-2"));
    }

    // Security: a reader must not be told that a token is valid which is revoked, while others add and sweep.
    @Test
    void findsEveryRevocationDuringConcurrentChanges() {
        int count = 100_000;
        AtomicInteger added = new AtomicInteger();
        AtomicBoolean done = new AtomicBoolean();
        Together.times(3, thread -> {
            if (thread == 0) {
                for (int i = 0; i < count; i++) {
                    revoked.add("kept-" + i, NOW.plusSeconds(60));
                    revoked.add("expired-" + i, NOW.minusSeconds(1));
                    added.set(i + 1);
                    if (i % 100 == 0) {
                        revoked.sweep(NOW);
                    }
                }
                done.set(true);
            } else {
                SplittableRandom random = new SplittableRandom(thread);
                while (!done.get()) {
                    int known = added.get();
                    if (known > 0) {
                        int i = random.nextInt(known);
                        assertTrue(revoked.contains("kept-" + i), () -> "missed " + i + " of " + known);
                    }
                }
            }
            return thread;
        });
        sweep(NOW);
        assertEquals(count, revoked.size());
    }

    private void sweep(Instant now) {
        for (int i = 0; i < 2 * RevokedTokens.SWEEPS; i++) {
            revoked.sweep(now);
        }
    }
}
