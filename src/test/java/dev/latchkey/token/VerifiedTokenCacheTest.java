package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.SteppedClock;
import dev.latchkey.key.Algorithm;
import dev.latchkey.key.KeyId;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.SigningKeys.SigningKey;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.key.TestKeys;
import dev.latchkey.revocation.RevokedTokens;
import dev.latchkey.revocation.TestRevocations;
import dev.latchkey.token.VerificationResult.Accepted;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerificationResult.Refused;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A cached token is verified as if it were not cached, only faster. */
class VerifiedTokenCacheTest {

    private static final SigningKeys KEYS = TestKeys.pairs(Algorithm.EDDSA);
    private static final SigningKeys THEIR_KEYS = TestKeys.pairs(Algorithm.EDDSA);
    private static final SigningKey THEIR_KEY = THEIR_KEYS.current();

    private final SteppedClock clock = new SteppedClock();
    private final RevokedTokens revoked = TestRevocations.none();
    private final List<VerificationKey> theirs = new ArrayList<>(keys());
    private final TrustedIssuer shop = new TrustedIssuer(
            new TokenOrigin("shop", false, true),
            Set.of("at+jwt"),
            "shop",
            "us",
            "sub",
            "email",
            null,
            null,
            () -> theirs);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AccessTokenVerifier verifier = new AccessTokenVerifier(
            TestVerifiers.own(KEYS, TestTokenConfig.usual()),
            List.of(shop),
            revoked,
            TestTokenConfig.usual(),
            clock,
            meters);

    @Test
    void returnsTheCachedClaims() {
        String token = ours();
        assertSame(accepted(token), accepted(token), "its claims are not even read again");
    }

    @Test
    void refusesCachedTokenOnceItExpires() {
        String token = ours();
        accepted(token);
        clock.stepTo(Duration.ofMinutes(14));
        accepted(token);
        clock.stepTo(Duration.ofMinutes(15).plusSeconds(6));
        assertEquals(Reason.EXPIRED, refused(token));
        clock.stepTo(Duration.ofMinutes(14));
        accepted(token);
    }

    // A clock that is put back must not make a token valid before its time.
    @Test
    void refusesCachedTokenBeforeItIsValid() {
        String token = ours();
        accepted(token);
        clock.stepTo(Duration.ofMinutes(-1));
        assertEquals(Reason.NOT_YET_VALID, refused(token));
    }

    @Test
    void refusesCachedTokenThatIsRevoked() {
        String token = ours();
        accepted(token);
        TestRevocations.session(revoked, "session-1", clock.instant().plusSeconds(3600));
        assertEquals(Reason.REVOKED, refused(token));
    }

    @Test
    void refusesCachedTokenOfRevokedUser() {
        String token = ours();
        accepted(token);
        TestRevocations.user(
                revoked,
                "user-1",
                "",
                8,
                clock.instant().plusSeconds(5),
                clock.instant().plusSeconds(3600));
        assertEquals(Reason.REVOKED, refused(token));
    }

    // The key was retired, or its issuer publishes it no longer.
    @Test
    void refusesCachedTokenWithoutItsKey() {
        String token = theirs();
        accepted(token);
        List<VerificationKey> before = List.copyOf(theirs);
        theirs.clear();
        assertEquals(Reason.UNKNOWN_KEY, refused(token));
        theirs.addAll(before);
        accepted(token);
        // Another key under the same name.
        theirs.set(
                0,
                new VerificationKey(
                        theirs.getFirst().id(),
                        Algorithm.EDDSA,
                        keysOf(TestKeys.pairs(Algorithm.EDDSA)).getFirst().key()));
        assertEquals(Reason.BAD_SIGNATURE, refused(token));
    }

    // Security: only the whole text, signature included, is the token that was cached.
    @Test
    void refusesEveryOtherSignatureUnderCachedClaims() {
        String token = ours();
        accepted(token);
        String claimed = token.substring(0, token.lastIndexOf('.') + 1);
        String another = ours();
        accepted(another);
        assertEquals(Reason.BAD_SIGNATURE, refused(claimed + another.substring(another.lastIndexOf('.') + 1)));
        assertEquals(Reason.MALFORMED, refused(claimed));
        assertInstanceOf(Refused.class, verifier.verify(token + "="));
        assertInstanceOf(Refused.class, verifier.verify(token + " "));
        accepted(token);
    }

    @Test
    void cachesNoRefusedToken() {
        VerifiedTokenCache cache = new VerifiedTokenCache(1 << 20, clock);
        assertEquals(0, cache.size());
        TestRevocations.session(revoked, "session-1", clock.instant().plusSeconds(3600));
        String token = ours();
        assertEquals(Reason.REVOKED, refused(token));
        clock.stepTo(Duration.ofHours(1));
        assertEquals(Reason.REVOKED, refused(token));
    }

    @Test
    void staysWithinItsMemoryLimit() {
        VerifiedTokenCache cache = new VerifiedTokenCache(100_000, clock);
        VerifiedToken token = accepted(ours());
        for (int i = 0; i < 10_000; i++) {
            VerifiedTokenCache.SignedToken signed = new VerifiedTokenCache.SignedToken(
                    shop,
                    theirs.getFirst(),
                    Objects.requireNonNull(THEIR_KEY.id()).value(),
                    token,
                    700);
            cache.add("token " + i, signed);
        }
        assertTrue(cache.size() > 0, "it keeps some");
        assertTrue(cache.size() < 100, "but not all: " + cache.size());
    }

    @Test
    void countsResultsAndCacheHits() {
        String token = ours();
        accepted(token);
        accepted(token);
        assertEquals(Reason.MALFORMED, refused("no token"));
        assertEquals(
                2,
                meters.get("latchkey.tokens.verified")
                        .tag("result", "accepted")
                        .counter()
                        .count());
        assertEquals(
                1,
                meters.get("latchkey.tokens.verified")
                        .tag("result", "malformed")
                        .counter()
                        .count());
        assertEquals(
                0,
                meters.get("latchkey.tokens.verified")
                        .tag("result", "expired")
                        .counter()
                        .count());
        assertEquals(1, meters.get("latchkey.tokens.cache.hits").counter().count());
        assertEquals(1, meters.get("latchkey.tokens.cached").gauge().value());
    }

    private String ours() {
        return new AccessTokens(
                        KEYS,
                        revoked,
                        TestVerifiers.issuer(KEYS, TestTokenConfig.usual()),
                        TestTokenConfig.usual(),
                        clock,
                        meters)
                .mint(TestSubjects.until(clock.instant().plusSeconds(86_400)))
                .value();
    }

    private String theirs() {
        long now = clock.instant().getEpochSecond();
        return RawTokens.sign(
                THEIR_KEY,
                RawTokens.header(THEIR_KEY),
                "{\"iss\":\"shop\",\"aud\":\"us\",\"sub\":\"user-2\",\"iat\":%d,\"exp\":%d}".formatted(now, now + 900));
    }

    private static List<VerificationKey> keys() {
        return keysOf(THEIR_KEYS);
    }

    private static List<VerificationKey> keysOf(SigningKeys keys) {
        KeyId id = Objects.requireNonNull(keys.current().id());
        return keys.candidates(Algorithm.EDDSA, id.value());
    }

    private VerifiedToken accepted(String token) {
        return assertInstanceOf(Accepted.class, verifier.verify(token)).token();
    }

    private @Nullable Reason refused(String token) {
        return verifier.verify(token) instanceof Refused refused ? refused.reason() : null;
    }
}
