package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.TestKeys;
import dev.latchkey.revocation.RevokedTokens;
import dev.latchkey.revocation.TestRevocations;
import dev.latchkey.token.AccessTokens.AccessToken;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTokensTest {

    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant SESSION_END = START.plus(Duration.ofDays(30));
    private static final SigningKeys KEYS = TestKeys.pairs(Algorithm.EDDSA);

    private final RevokedTokens revoked = TestRevocations.none();

    // FR-012: fifteen minutes unless the deployment says otherwise.
    @Test
    void tokenExpiresAfterTheLifetime() {
        AccessToken usual = at(START).mint(subject(SESSION_END));
        assertEquals(Duration.ofMinutes(15), usual.lifetime());
        assertEquals(START.plusSeconds(900), read(usual, START).expiresAt());

        AccessToken daily = tokens(START, TestTokenConfig.usual().lifetime(Duration.ofDays(1), Duration.ofMinutes(5)))
                .mint(subject(SESSION_END));
        assertEquals(Duration.ofDays(1), daily.lifetime());
        assertEquals(START.plus(Duration.ofDays(1)), read(daily, START).expiresAt());
    }

    // FR-012: no token outlives its session.
    @Test
    void tokenExpiresWithItsSession() {
        Instant end = START.plusSeconds(61).plusMillis(700);
        AccessToken token = at(START.plusMillis(300)).mint(subject(end));
        assertEquals(Duration.ofSeconds(61), token.lifetime());
        assertEquals(START.plusSeconds(61), read(token, START.plusMillis(300)).expiresAt());
    }

    @Test
    void issuesInWholeSecondsNeverInTheFuture() {
        VerifiedToken token = read(at(START.plusMillis(999)).mint(subject(SESSION_END)), START.plusMillis(999));
        assertEquals(START, token.issuedAt());
        assertEquals(START.plusSeconds(900), token.expiresAt());
    }

    @Test
    void isNotPrinted() {
        AccessToken token = at(START).mint(subject(SESSION_END));
        assertFalse(token.toString().contains(token.value().substring(0, 10)));
    }

    // US5: near its end a token is answered with a fresh one that says the same.
    @Test
    void renewsTokenThatIsAboutToExpire() {
        VerifiedToken old = minted();
        Instant late = START.plusSeconds(600);
        readAt(late);
        VerifiedToken fresh = read(renewed(old, late).orElseThrow(), late);
        assertEquals(late.plusSeconds(900), fresh.expiresAt());
        assertEquals(old.userId(), fresh.userId());
        assertEquals(old.email(), fresh.email());
        assertEquals(old.roles(), fresh.roles());
        assertEquals(old.sessionId(), fresh.sessionId());
        assertEquals(old.emailVerified(), fresh.emailVerified());
        assertEquals(old.authentication(), fresh.authentication());
        assertEquals(old.session(), fresh.session());
    }

    @Test
    void doesNotRenewBeforeTheWindow() {
        VerifiedToken old = minted();
        for (int second : new int[] {0, 1, 300, 599}) {
            readAt(START.plusSeconds(second));
            assertEquals(Optional.empty(), renewed(old, START.plusSeconds(second)));
        }
    }

    // Five minutes or a third of the lifetime, whichever is less.
    @ParameterizedTest
    @ValueSource(ints = {60, 180, 900, 86_400})
    void windowIsAThirdOfAShortLifetime(int lifetime) {
        TokenConfig config = TestTokenConfig.usual().lifetime(Duration.ofSeconds(lifetime), Duration.ofMinutes(5));
        VerifiedToken old = read(tokens(START, config).mint(subject(SESSION_END)), START);
        Instant opening = START.plusSeconds(lifetime - Math.min(300, lifetime / 3));
        readAt(opening);
        assertEquals(Optional.empty(), tokens(opening.minusSeconds(1), config).renew(old));
        assertTrue(tokens(opening, config).renew(old).isPresent());
    }

    @Test
    void doesNotRenewForRevokedSession() {
        VerifiedToken old = minted();
        Instant late = START.plusSeconds(700);
        readAt(late);
        assertTrue(renewed(old, late).isPresent());
        TestRevocations.session(revoked, "session-1", late.plusSeconds(1));
        assertEquals(Optional.empty(), renewed(old, late));
    }

    // A replica that is cut off does not know who signed out: it goes on verifying, and prolongs nothing.
    @Test
    void doesNotRenewWhileRevocationsAreStale() {
        VerifiedToken old = minted();
        Instant late = START.plusSeconds(700);
        assertEquals(Optional.empty(), renewed(old, late), "none were read since the start");
        readAt(late.minus(RevokedTokens.RECENT));
        assertEquals(Optional.empty(), renewed(old, late), "none were read for a while");
        readAt(late.minus(RevokedTokens.RECENT).plusMillis(1));
        assertTrue(renewed(old, late).isPresent());
    }

    @Test
    void doesNotRenewBeyondTheEndOfTheSession() {
        Instant end = START.plusSeconds(960);
        VerifiedToken old = read(at(START).mint(subject(end)), START);
        readAt(START.plusSeconds(899));
        VerifiedToken last = read(renewed(old, START.plusSeconds(899)).orElseThrow(), START.plusSeconds(899));
        assertEquals(end, last.expiresAt(), "what is left of the session");
        assertEquals(Optional.empty(), renewed(last, START.plusSeconds(950)), "there is no more to give");

        readAt(end);
        assertEquals(Optional.empty(), renewed(old, end));
        assertEquals(Optional.empty(), renewed(old, end.plusSeconds(1)));
    }

    @Test
    void doesNotRenewTokenWithoutTheTimesOfItsSession() {
        VerifiedToken old = minted();
        VerifiedToken without = new VerifiedToken(
                old.origin(),
                old.userId(),
                old.email(),
                old.emailVerified(),
                old.roles(),
                old.sessionId(),
                old.authentication(),
                old.issuedAt(),
                old.notBefore(),
                old.expiresAt(),
                null,
                old.claims());
        Instant late = START.plusSeconds(700);
        readAt(late);
        assertEquals(Optional.empty(), renewed(without, late));
    }

    // LATCHKEY_SECRET was changed: what verifies still does, and an response that is right is not spoilt.
    @Test
    void doesNotRenewWithoutSigningKey() {
        VerifiedToken old = minted();
        Instant late = START.plusSeconds(700);
        readAt(late);
        AccessTokens unable =
                tokens(TestKeys.encryptedUnderAnotherSecret(Algorithm.EDDSA), late, TestTokenConfig.usual());
        assertEquals(Optional.empty(), unable.renew(old));
        assertThrows(SigningKeys.UnavailableException.class, () -> unable.mint(subject(SESSION_END)));
    }

    private VerifiedToken minted() {
        return read(at(START).mint(subject(SESSION_END)), START);
    }

    private Optional<AccessToken> renewed(VerifiedToken token, Instant when) {
        return at(when).renew(token);
    }

    private void readAt(Instant when) {
        TestRevocations.complete(revoked, when);
    }

    private AccessTokens at(Instant when) {
        return tokens(when, TestTokenConfig.usual());
    }

    private AccessTokens tokens(Instant when, TokenConfig config) {
        return tokens(KEYS, when, config);
    }

    private AccessTokens tokens(SigningKeys keys, Instant when, TokenConfig config) {
        return new AccessTokens(
                keys,
                revoked,
                new Issuer(config, TestTokenConfig.PUBLIC_URL),
                config,
                Clock.fixed(when, ZoneOffset.UTC));
    }

    private VerifiedToken read(AccessToken token, Instant when) {
        TokenConfig config = TestTokenConfig.usual();
        AccessTokenVerifier verifier = TestVerifiers.of(
                new OwnTokens(KEYS, new Issuer(config, TestTokenConfig.PUBLIC_URL)),
                List.of(),
                TestRevocations.none(),
                config,
                Clock.fixed(when, ZoneOffset.UTC));
        return assertInstanceOf(VerificationResult.Accepted.class, verifier.verify(token.value()))
                .token();
    }

    private static TokenSubject subject(Instant sessionEnd) {
        return TestSubjects.withRoles(TestSubjects.until(sessionEnd), "user");
    }
}
