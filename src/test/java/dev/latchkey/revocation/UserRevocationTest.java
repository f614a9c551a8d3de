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
        assertTrue(all.revokes(PHONE, 99));
        assertTrue(all.revokes(NONE, 99), "a token without a session");
        assertFalse(all.revokes(PHONE, 100), "the same second");
        assertFalse(all.revokes(PHONE, 101));
    }

    @Test
    void keepsOneSession() {
        UserRevocation others = at(100, PHONE);
        assertFalse(others.revokes(PHONE, 1));
        assertTrue(others.revokes(LAPTOP, 99));
    }

    // Who was spared by the first is not by the second.
    @Test
    void exceptionOfOneRevocationDoesNotHoldForTheOther() {
        UserRevocation both = at(100, PHONE).merge(at(200, LAPTOP));
        assertTrue(both.revokes(PHONE, 199));
        assertFalse(both.revokes(PHONE, 200));
        assertFalse(both.revokes(LAPTOP, 150), "signed in between the two");
        assertTrue(both.revokes(LAPTOP, 99), "the first did not spare it");
    }

    @Test
    void mergedRevocationLastsAsLongAsTheLongerOne() {
        assertEquals(
                900,
                new UserRevocation(NONE, second(1), second(900))
                        .merge(new UserRevocation(NONE, second(2), second(800)))
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
                            all.stream().anyMatch(one -> one.revokes(whose, when)),
                            merged.revokes(session, issued),
                            () -> all + " for session " + whose + " at " + when);
                }
            }
        }
    }

    private static UserRevocation at(long second, long spared) {
        return new UserRevocation(spared, second(second), second(second + 1_000));
    }

    private static Instant second(long second) {
        return Instant.ofEpochSecond(second);
    }
}
