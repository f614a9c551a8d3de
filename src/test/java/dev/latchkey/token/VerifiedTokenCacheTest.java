package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.SteppedClock;
import dev.latchkey.key.Algorithm;
import dev.latchkey.key.KeyId;
import dev.latchkey.key.SigningKey;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.TestKeys;
import dev.latchkey.key.VerificationKey;
import dev.latchkey.revocation.RevokedTokens;
import dev.latchkey.revocation.TestRevocations;
import dev.latchkey.token.VerificationResult.Accepted;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerificationResult.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A token that is remembered is judged as if it were not, only faster. */
class VerifiedTokenCacheTest {

    private static final SigningKeys KEYS = TestKeys.pairs(Algorithm.EDDSA);
    private static final SigningKeys THEIR_KEYS = TestKeys.pairs(Algorithm.EDDSA);
    private static final SigningKey THEIR_KEY = THEIR_KEYS.current();

    private final SteppedClock clock = new SteppedClock();
    private final RevokedTokens revoked = TestRevocations.none();
    private final List<VerificationKey> theirs = new ArrayList<>(keys());
    private final TrustedIssuer shop = new TrustedIssuer(
            new TokenOrigin("shop", false, true), Set.of("at+jwt"), "shop", "us", "sub", "email", null, () -> theirs);
    private final AccessTokenVerifier judge = new AccessTokenVerifier(
            new OwnTokens(KEYS, new Issuer(TokenSettings.usual(), TokenSettings.PUBLIC_URL)),
            List.of(shop),
            revoked,
            TokenSettings.usual(),
            clock);

    @Test
    void givesTheSameTokenAgain() {
        String token = ours();
        assertSame(accepted(token), accepted(token), "its claims are not even read again");
    }

    @Test
    void refusesARememberedTokenFromItsEndOn() {
        String token = ours();
        accepted(token);
        clock.stepTo(Duration.ofMinutes(14));
        accepted(token);
        clock.stepTo(Duration.ofMinutes(15).plusSeconds(6));
        assertEquals(Reason.EXPIRED, refused(token));
        clock.stepTo(Duration.ofMinutes(14));
        accepted(token);
    }

    // A clock that is put back must not make a token count before its time.
    @Test
    void refusesARememberedTokenBeforeItsBeginning() {
        String token = ours();
        accepted(token);
        clock.stepTo(Duration.ofMinutes(-1));
        assertEquals(Reason.NOT_YET_VALID, refused(token));
    }

    @Test
    void refusesARememberedTokenThatIsRevoked() {
        String token = ours();
        accepted(token);
        TestRevocations.session(revoked, "session-1", clock.instant().plusSeconds(3600));
        assertEquals(Reason.REVOKED, refused(token));
    }

    @Test
    void refusesARememberedTokenWhoseUserIsRevoked() {
        String token = ours();
        accepted(token);
        TestRevocations.user(
                revoked,
                "user-1",
                "",
                clock.instant().plusSeconds(5),
                clock.instant().plusSeconds(3600));
        assertEquals(Reason.REVOKED, refused(token));
    }

    // The key was retired, or its issuer publishes it no longer.
    @Test
    void refusesARememberedTokenWhoseKeyIsGone() {
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

    // Security: only the whole text, signature included, is the token that was remembered.
    @Test
    void refusesEveryOtherSignatureUnderRememberedClaims() {
        String token = ours();
        accepted(token);
        String claimed = token.substring(0, token.lastIndexOf('.') + 1);
        String another = ours();
        accepted(another);
        assertEquals(Reason.BAD_SIGNATURE, refused(claimed + another.substring(another.lastIndexOf('.') + 1)));
        assertEquals(Reason.MALFORMED, refused(claimed));
        assertInstanceOf(Refused.class, judge.judge(token + "="));
        assertInstanceOf(Refused.class, judge.judge(token + " "));
        accepted(token);
    }

    @Test
    void remembersNothingThatWasRefused() {
        VerifiedTokenCache remembered = new VerifiedTokenCache(1 << 20, clock);
        assertEquals(0, remembered.size());
        TestRevocations.session(revoked, "session-1", clock.instant().plusSeconds(3600));
        String token = ours();
        assertEquals(Reason.REVOKED, refused(token));
        clock.stepTo(Duration.ofHours(1));
        assertEquals(Reason.REVOKED, refused(token));
    }

    @Test
    void takesNoMoreRoomThanItMay() {
        VerifiedTokenCache remembered = new VerifiedTokenCache(100_000, clock);
        VerifiedToken token = accepted(ours());
        for (int i = 0; i < 10_000; i++) {
            SignedToken signed = new SignedToken(
                    shop,
                    theirs.getFirst(),
                    Objects.requireNonNull(THEIR_KEY.id()).value(),
                    token,
                    700);
            remembered.remember("token " + i, signed);
        }
        assertTrue(remembered.size() > 0, "it remembers some");
        assertTrue(remembered.size() < 100, "but not all: " + remembered.size());
    }

    private String ours() {
        return new AccessTokens(KEYS, revoked, new Issuer(TokenSettings.usual(), TokenSettings.PUBLIC_URL), TokenSettings.usual(), clock)
                .mint(new TokenSubject(
                        "user-1",
                        "ada@example.com",
                        Set.of(),
                        "session-1",
                        clock.instant().plusSeconds(86_400)))
                .value();
    }

    private String theirs() {
        long now = clock.instant().getEpochSecond();
        return Forge.sign(
                THEIR_KEY,
                Forge.header(THEIR_KEY),
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
        return assertInstanceOf(Accepted.class, judge.judge(token)).token();
    }

    private @Nullable Reason refused(String token) {
        return judge.judge(token) instanceof Refused refused ? refused.reason() : null;
    }
}
