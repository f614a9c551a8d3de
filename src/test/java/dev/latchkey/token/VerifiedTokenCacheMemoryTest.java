package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.TestKeys;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the cache of verified tokens may hold, by the room that it takes. */
class VerifiedTokenCacheMemoryTest {

    private static final Instant NOW = TestVerifiers.NOW;
    private static final int MEGABYTE = 1 << 20;
    private static final SigningKeys KEYS = TestKeys.pairs(Algorithm.EDDSA);

    private final VerifiedTokenCache cache = new VerifiedTokenCache(MEGABYTE, Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void holdsHundredsOfOwnTokensInAMegabyte() {
        add(1000, token(682, Map.of("sub", "user-1", "user_id", "user-1", "groups", List.of("user"))));
        assertTrue(cache.size() >= 300, () -> cache.size() + " are held");
        assertTrue(cache.size() < 700, () -> cache.size() + " are held");
    }

    // Measured: 1500 empty objects are 6,557 characters and 140,950 bytes of the heap (docs/performance.md).
    @Test
    void weighsManySmallObjectsByTheirMemory() {
        VerifiedTokenCache.SignedToken many = token(6_557, Map.of("more", Collections.nCopies(1500, Map.of())));
        assertTrue(VerifiedTokenCache.weight(many) >= 140_950);
        add(100, many);
        assertTrue(cache.size() <= MEGABYTE / 140_950, () -> cache.size() + " are held");
    }

    @Test
    void weighsTextsListsAndMembersAtAnyDepth() {
        int plain = VerifiedTokenCache.weight(token(700, Map.of()));
        for (Object more : List.of(List.of(), Map.of(), "", 7, List.of(Map.of("a", List.of("b"))))) {
            assertTrue(VerifiedTokenCache.weight(token(700, Map.of("more", more))) > plain);
        }
        assertTrue(VerifiedTokenCache.weight(token(7000, Map.of())) > plain);
    }

    @Test
    void cachesNothingWithoutMemory() {
        VerifiedTokenCache none = new VerifiedTokenCache(0, Clock.fixed(NOW, ZoneOffset.UTC));
        none.add("token", token(700, Map.of()));
        assertEquals(0, none.size());
        assertTrue(none.find("token").isEmpty());
    }

    private void add(int count, VerifiedTokenCache.SignedToken token) {
        for (int i = 0; i < count; i++) {
            cache.add("token-" + i, token);
        }
    }

    private static VerifiedTokenCache.SignedToken token(int length, Map<String, Object> claims) {
        VerifiedToken token = new VerifiedToken(
                new TokenOrigin("latchkey", true, true),
                "user-1",
                "",
                false,
                Set.of(),
                "session-1",
                0L,
                Authentication.unknown(),
                NOW,
                null,
                NOW.plusSeconds(900),
                null,
                claims);
        return new VerifiedTokenCache.SignedToken(
                TestVerifiers.own(KEYS, TestTokenConfig.usual()),
                TestIssuer.verifying(KEYS).getFirst(),
                null,
                token,
                length);
    }
}
