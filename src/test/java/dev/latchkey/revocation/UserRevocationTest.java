package dev.latchkey.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class UserRevocationTest {

    private static final long NONE = 0;
    private static final long PHONE = 1;
    private static final long LAPTOP = 2;

    @Test
    void revokesEarlierTokensOnly() {
        UserRevocation all = at(100, NONE);
        assertTrue(revokes(all, PHONE, 99));
        assertTrue(revokes(all, NONE, 99), "a token without a session");
        assertFalse(revokes(all, PHONE, 100), "the same second");
        assertFalse(revokes(all, PHONE, 101));
    }

    @Test
    void keepsOneSession() {
        UserRevocation others = at(100, PHONE);
        assertFalse(revokes(others, PHONE, 1));
        assertTrue(revokes(others, LAPTOP, 99));
    }

    // Who was spared by the first is not by the second.
    @Test
    void exceptionOfOneRevocationDoesNotHoldForTheOther() {
        UserRevocation both = at(100, PHONE).merge(at(200, LAPTOP));
        assertTrue(revokes(both, PHONE, 199));
        assertFalse(revokes(both, PHONE, 200));
        assertFalse(revokes(both, LAPTOP, 150), "signed in between the two");
        assertTrue(revokes(both, LAPTOP, 99), "the first did not spare it");
    }

    @Test
    void mergedRevocationLastsAsLongAsTheLongerOne() {
        assertEquals(
                900,
                new UserRevocation(NONE, 1, second(1), second(900))
                        .merge(new UserRevocation(NONE, 2, second(2), second(800)))
                        .expiresAt());
    }

    // Rows arrive in any order and more than once; what is refused is what any of them refuses.
    @Test
    void mergingIsIndependentOfOrder() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 20_000; round++) {
            List<UserRevocation> all = new ArrayList<>();
            int count = 1 + random.nextInt(5);
            for (int i = 0; i < count; i++) {
                all.add(at(random.nextInt(4), random.nextInt(4)));
            }
            UserRevocation merged = all.get(random.nextInt(count));
            for (UserRevocation one : all) {
                merged = random.nextBoolean() ? merged.merge(one) : one.merge(merged);
            }
            for (long session = 0; session < 5; session++) {
                for (long issued = -1; issued < 5; issued++) {
                    long whose = session;
                    long when = issued;
                    assertEquals(
                            all.stream().anyMatch(one -> revokes(one, whose, when)),
                            revokes(merged, session, issued),
                            () -> all + " for session " + whose + " at " + when);
                }
            }
        }
    }

    // The version alone tells: no clock makes a token valid that was minted for an earlier row, or refuses one of a
    // later.
    @Test
    void goesByTheVersionWhateverTheTime() {
        UserRevocation revocation = new UserRevocation(NONE, 3, second(100), second(1_000));
        assertTrue(revocation.revokes(PHONE, 2L, 5_000));
        assertFalse(revocation.revokes(PHONE, 3L, 1));
    }

    @Test
    void mergesVersionsAndTimesOnTheirOwn() {
        UserRevocation both = new UserRevocation(NONE, 3, second(100), second(1_000))
                .merge(new UserRevocation(NONE, 2, second(200), second(1_000)));
        assertTrue(both.revokes(PHONE, 2L, 500));
        assertFalse(both.revokes(PHONE, 3L, 1));
        assertTrue(both.revokes(PHONE, null, 199));
        assertFalse(both.revokes(PHONE, null, 200));
    }

    /** Whether a token of this version is refused, and one without a version that was issued at this second as well. */
    private static boolean revokes(UserRevocation revocation, long session, long value) {
        boolean byVersion = revocation.revokes(session, value, Long.MAX_VALUE);
        assertEquals(byVersion, revocation.revokes(session, null, value));
        return byVersion;
    }

    private static UserRevocation at(long second, long spared) {
        return new UserRevocation(spared, second, second(second), second(second + 1_000));
    }

    private static Instant second(long second) {
        return Instant.ofEpochSecond(second);
    }
}
