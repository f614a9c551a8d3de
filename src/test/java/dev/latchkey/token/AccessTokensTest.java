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
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTokensTest {

    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant SESSION_END = START.plus(Duration.ofDays(30));
    private static final SigningKeys KEYS = TestKeys.pairs(Algorithm.EDDSA);

    private final RevokedTokens revoked = TestRevocations.none();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

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

    // Security: a token that was renewed falls with the one that it was renewed from, however much later it was issued.
    @Test
    void renewedTokenIsRevokedWithTheOldOne() {
        VerifiedToken old = minted();
        Instant late = START.plusSeconds(600);
        readAt(late);
        VerifiedToken fresh = read(renewed(old, late).orElseThrow(), late);
        assertEquals(7L, fresh.tokenVersion());
        TestRevocations.user(revoked, "user-1", "", 8, START, late.plusSeconds(3600));
        assertEquals(Optional.empty(), renewed(old, late));
        assertTrue(revoked.isRevoked("user-1", "session-1", fresh.tokenVersion(), fresh.issuedAt()));
    }

    // RFC 8032: the same key and bytes have one signature, by any library.
    @Test
    void signsAsThePlatformDoes() throws Exception {
        String token = at(START).mint(subject(SESSION_END)).value();
        int end = token.lastIndexOf('.');
        Signature platform = Signature.getInstance("Ed25519");
        platform.initSign((PrivateKey) KEYS.current().key());
        platform.update(token.substring(0, end).getBytes(StandardCharsets.US_ASCII));
        assertEquals(Base64.getUrlEncoder().withoutPadding().encodeToString(platform.sign()), token.substring(end + 1));
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

    // Security: who has one stolen token keeps access for the limit and one more token's lifetime, however often it is
    // renewed, and not until the session's end.
    @Test
    void stolenTokenIsNotRenewedForLongerThanTheLimit() {
        VerifiedToken token = minted();
        int renewals = 0;
        for (Instant now = START; now.isBefore(SESSION_END); now = now.plusSeconds(300)) {
            readAt(now);
            Optional<AccessToken> fresh = renewed(token, now);
            if (fresh.isPresent()) {
                token = read(fresh.get(), now);
                renewals++;
            }
        }
        assertTrue(renewals > 100, "it was renewed " + renewals + " times");
        Instant latest = START.plus(Duration.ofHours(24)).plusSeconds(900);
        assertTrue(token.expiresAt().isBefore(latest), token.expiresAt() + " is before " + latest);
        assertEquals(renewals, meters.get("latchkey.tokens.renewed").counter().count());
    }

    @Test
    void renewsUntilTheLimitAndNoLonger() {
        TokenConfig config = TestTokenConfig.usual().headerRenewalLimit(Duration.ofMinutes(12));
        VerifiedToken old = minted();
        Instant limit = START.plusSeconds(720);
        readAt(limit);
        assertTrue(tokens(limit.minusMillis(1), config).renew(old).isPresent());
        assertEquals(Optional.empty(), tokens(limit, config).renew(old));
        assertEquals(Optional.empty(), tokens(limit.plusSeconds(60), config).renew(old));
        assertEquals(1, meters.get("latchkey.tokens.renewed").counter().count(), "refusals are not counted");
    }

    // Also where the database's clock, by which a session was refreshed, is ahead of ours.
    @Test
    void limitOfZeroSwitchesRenewalOff() {
        TokenConfig config = TestTokenConfig.usual().headerRenewalLimit(Duration.ZERO);
        Instant late = START.plusSeconds(700);
        SessionTimes times = new SessionTimes(late.plusSeconds(30), SESSION_END, SESSION_END);
        VerifiedToken old = read(at(START).mint(subject(times)), START);
        readAt(late);
        assertTrue(renewed(old, late).isPresent());
        assertEquals(Optional.empty(), tokens(late, config).renew(old));
    }

    // The idle end comes though the absolute one is far away: nobody refreshed the session.
    @Test
    void doesNotRenewBeyondTheIdleEnd() {
        Instant idleEnd = START.plusSeconds(960);
        VerifiedToken old = read(at(START).mint(subject(new SessionTimes(START, idleEnd, SESSION_END))), START);
        Instant late = START.plusSeconds(899);
        readAt(late);
        VerifiedToken last = read(renewed(old, late).orElseThrow(), late);
        assertEquals(idleEnd, last.expiresAt());
        assertEquals(Optional.empty(), renewed(last, START.plusSeconds(950)), "there is no more to give");
        readAt(idleEnd);
        assertEquals(Optional.empty(), renewed(old, idleEnd));
    }

    @Test
    void tokenExpiresAtTheIdleEnd() {
        Instant idleEnd = START.plusSeconds(60);
        AccessToken token = at(START).mint(subject(new SessionTimes(START, idleEnd, SESSION_END)));
        assertEquals(Duration.ofSeconds(60), token.lifetime());
    }

    // An imported session: how and when its user signed in is unknown, and the token does not claim anything.
    @Test
    void tokenOfUnknownSignInHasNoClaimsOfIt() {
        TokenSubject usual = subject(SESSION_END);
        VerifiedToken token = read(
                at(START)
                        .mint(new TokenSubject(
                                usual.userId(),
                                usual.email(),
                                false,
                                usual.roles(),
                                usual.tokenVersion(),
                                usual.sessionId(),
                                Authentication.unknown(),
                                usual.session())),
                START);
        assertFalse(token.claims().containsKey("auth_time"));
        assertFalse(token.claims().containsKey("amr"));
        assertEquals(false, token.claim("email_verified"));
    }

    // Security: the user's fields, some of which they choose themselves, never pass as a claim of ours.
    @Test
    void furtherClaimsReplaceNoneOfOurs() {
        TokenSubject usual = subject(SESSION_END);
        TokenSubject unknown = new TokenSubject(
                usual.userId(),
                usual.email(),
                false,
                usual.roles(),
                usual.tokenVersion(),
                usual.sessionId(),
                Authentication.unknown(),
                usual.session());
        Map<String, Object> further = new HashMap<>(Map.of("name", "Ada"));
        for (String name : Claim.OWN) {
            further.put(name, "forged");
        }
        for (SigningKeys keys : List.of(KEYS, TestKeys.shared("a shared secret of exactly 48 bytes, for HS256!!"))) {
            String token = tokens(keys, START, TestTokenConfig.usual())
                    .mint(unknown, further)
                    .value();
            String payload = RawTokens.text(token.split("\\.", -1)[1]);
            assertFalse(payload.contains("forged"), payload);
            assertTrue(payload.contains("\"name\":\"Ada\""), payload);
        }
    }

    // As tokens of earlier releases, which had the session's absolute end alone.
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
                old.tokenVersion(),
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
                keys, revoked, TestVerifiers.issuer(keys, config), config, Clock.fixed(when, ZoneOffset.UTC), meters);
    }

    private VerifiedToken read(AccessToken token, Instant when) {
        TokenConfig config = TestTokenConfig.usual();
        AccessTokenVerifier verifier = TestVerifiers.of(
                TestVerifiers.own(KEYS, config),
                List.of(),
                TestRevocations.none(),
                config,
                Clock.fixed(when, ZoneOffset.UTC));
        return assertInstanceOf(VerificationResult.Accepted.class, verifier.verify(token.value()))
                .token();
    }

    private static TokenSubject subject(Instant sessionEnd) {
        return subject(new SessionTimes(START, sessionEnd, sessionEnd));
    }

    private static TokenSubject subject(SessionTimes session) {
        TokenSubject usual = TestSubjects.withRoles(TestSubjects.until(session.absoluteEnd()), "user");
        return new TokenSubject(
                usual.userId(),
                usual.email(),
                usual.emailVerified(),
                usual.roles(),
                usual.tokenVersion(),
                usual.sessionId(),
                usual.authentication(),
                session);
    }
}
