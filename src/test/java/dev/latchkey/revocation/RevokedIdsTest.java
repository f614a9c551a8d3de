package dev.latchkey.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Together;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RevokedIdsTest {

    private static final long NOW = 1_800_000_000L;

    private final RevokedIds ids = new RevokedIds();

    @Test
    void containsNothingAtFirst() {
        assertFalse(ids.contains(0));
        assertFalse(ids.contains(1));
        assertFalse(ids.contains(-1));
        assertEquals(0, ids.size());
    }

    @Test
    void containsWhatWasAddedAndNothingElse() {
        SplittableRandom names = new SplittableRandom(1);
        SplittableRandom again = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            ids.add(names.nextLong(), NOW);
        }
        assertEquals(100_000, ids.size());
        for (int i = 0; i < 100_000; i++) {
            assertTrue(ids.contains(again.nextLong()));
        }
        for (int i = 0; i < 100_000; i++) {
            assertFalse(ids.contains(again.nextLong()));
        }
    }

    // An empty slot is a zero, so a hash of zero must not look like one.
    @Test
    void containsAHashOfZero() {
        ids.add(0, NOW);
        assertTrue(ids.contains(0));
        assertFalse(ids.contains(0x4000));
    }

    @Test
    void keepsApartWhatSharesASlot() {
        for (long i = 1; i <= 1_000; i++) {
            ids.add(i << 32, NOW);
        }
        for (long i = 1; i <= 1_000; i++) {
            assertTrue(ids.contains(i << 32));
            assertFalse(ids.contains((i << 32) + 1));
        }
    }

    @Test
    void countsOnceWhatIsAddedTwiceAndKeepsItForTheLongerTime() {
        ids.add(7, NOW + 10);
        ids.add(7, NOW);
        assertEquals(1, ids.size());
        sweep(NOW + 10);
        assertTrue(ids.contains(7));
        sweep(NOW + 11);
        assertFalse(ids.contains(7));
        assertEquals(0, ids.size());
    }

    @Test
    void dropsWhatIsOverAndNothingElse() {
        Random names = new Random(2);
        long[] over = names.longs(5_000).toArray();
        long[] living = names.longs(5_000).toArray();
        for (int i = 0; i < 5_000; i++) {
            ids.add(over[i], NOW - 1);
            ids.add(living[i], NOW + i);
        }
        sweep(NOW);
        assertEquals(5_000, ids.size());
        for (int i = 0; i < 5_000; i++) {
            assertFalse(ids.contains(over[i]));
            assertTrue(ids.contains(living[i]));
        }
    }

    @Test
    void keepsForeverWhatEndsBeyondItsClock() {
        ids.add(7, Long.MAX_VALUE);
        ids.add(8, 0);
        sweep(NOW);
        assertTrue(ids.contains(7));
        assertFalse(ids.contains(8));
    }

    // Security: whoever asks while it grows or is swept must not be told that a token is good which is revoked.
    @Test
    void neverMissesWhatIsInItWhileItGrowsAndIsSwept() {
        int count = 400_000;
        AtomicInteger added = new AtomicInteger();
        AtomicBoolean done = new AtomicBoolean();
        Together.times(3, thread -> {
            if (thread == 0) {
                for (int i = 0; i < count; i++) {
                    ids.add(spread(i), NOW + 60);
                    ids.add(spread(-1 - i), NOW - 1);
                    added.set(i + 1);
                    if (i % 100 == 0) {
                        ids.sweepOne(NOW);
                    }
                }
                done.set(true);
            } else {
                SplittableRandom random = new SplittableRandom(thread);
                while (!done.get()) {
                    int known = added.get();
                    if (known > 0) {
                        int i = random.nextInt(known);
                        assertTrue(ids.contains(spread(i)), () -> "missed " + i + " of " + known);
                    }
                }
            }
            return thread;
        });
        sweep(NOW);
        assertEquals(count, ids.size());
    }

    private void sweep(long now) {
        for (int i = 0; i < RevokedIds.SEGMENTS; i++) {
            ids.sweepOne(now);
        }
    }

    /** Distinct for distinct numbers, as an odd factor makes them. */
    private static long spread(long i) {
        return (i + 1) * 0x9E3779B97F4A7C15L;
    }
}
