package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

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
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Other issuers' tokens count by the rules that were set for each, and never as ours. */
class TrustedIssuerTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.400Z");
    private static final long SECOND = NOW.getEpochSecond();
    private static final String SHOP = "https://shop.example.com";
    private static final String SECRET = "the secret of another service, long enough by far";
    private static final String OUR_SECRET = "a shared secret of exactly 48 bytes, for HS256!!";

    private static final SigningKeys OURS = TestKeys.pairs(Algorithm.EDDSA);
    private static final SigningKeys THEIRS = TestKeys.pairs(Algorithm.EDDSA, Algorithm.ES256, Algorithm.RS256);
    private static final SigningKey KEY = THEIRS.current();

    /** As Better Auth's jwt plugin writes it: no typ, the whole user inside, no jti and no session. */
    private static final String USER = """
            {"iat":%1$d,"name":"Ada","email":"ada@example.com","emailVerified":false,"image":null,\
            "createdAt":"2026-01-01T00:00:00.000Z","id":"user-7","sub":"user-7","exp":%2$d,\
            "iss":"https://shop.example.com","aud":"https://shop.example.com"}""".formatted(SECOND, SECOND + 900);

    /** As Better Auth's cookie cache writes it, signed with the server's secret. */
    private static final String CACHED = """
            {"session":{"expiresAt":"%3$s","token":"t","userId":"user-7","id":"s"},\
            "user":{"name":"Ada","email":"ada@example.com","id":"user-7"},"updatedAt":1795156424585,"version":"1",\
            "iat":%1$d,"exp":%2$d}""".formatted(SECOND, SECOND + 300, NOW.plusSeconds(3600));

    private static final String HS256 = "{\"alg\":\"HS256\"}";

    // --- By public keys ---

    @Test
    void acceptsTokenOfBetterAuth() {
        VerifiedToken token = accepted(byKeys(), RawTokens.sign(KEY, header(KEY), USER));
        assertEquals(new TokenOrigin("shop", false, false), token.origin());
        assertEquals("user-7", token.userId());
        assertEquals("ada@example.com", token.email());
        assertNull(token.sessionId());
        assertNull(token.session());
    }

    // Security: an address is asserted to backends as verified only if its issuer says so in as many words.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'\"emailVerified\":true' | true",
                "'\"email_verified\":true' | true",
                "'\"email_verified\":true,\"emailVerified\":true' | true",
                "'\"email_verified\":true,\"emailVerified\":false' | false",
                "'\"email_verified\":false,\"emailVerified\":true' | false",
                "'\"email_verified\":\"true\"' | false",
                "'\"email_verified\":1' | false",
                "'\"email_verified\":[true]' | false",
                "'\"user\":{\"emailVerified\":true}' | false",
                "'\"name\":\"emailVerified\"' | false"
            })
    void readsWhetherTheAddressIsVerified(String claim, boolean verified) {
        String claims = USER.replace("\"name\":\"Ada\",", "").replace("\"emailVerified\":false", claim);
        assertEquals(
                verified,
                accepted(byKeys(), RawTokens.sign(KEY, header(KEY), claims)).emailVerified());
        String withoutAddress = claims.replace("\"email\":\"ada@example.com\",", "");
        assertFalse(accepted(byKeys(), RawTokens.sign(KEY, header(KEY), withoutAddress))
                .emailVerified());
    }

    // Security: what another issuer calls a recent or a strong sign-in is none of ours.
    @Test
    void takesNoSignInFromAnotherIssuer() {
        String claims = USER.replace("\"image\":null", "\"auth_time\":%d,\"amr\":[\"mfa\"]".formatted(SECOND));
        VerifiedToken token = accepted(byKeys(), RawTokens.sign(KEY, header(KEY), claims));
        assertEquals(Authentication.unknown(), token.authentication());
    }

    @ParameterizedTest
    @ValueSource(strings = {"JWT", "jwt", "at+jwt", "application/at+jwt"})
    void acceptsTheUsualTypes(String type) {
        accepted(byKeys(), RawTokens.sign(KEY, header(KEY).replace("}", ",\"typ\":\"" + type + "\"}"), USER));
    }

    // Tokens for other purposes say so in their type, like Better Auth's session cache.
    @ParameterizedTest
    @ValueSource(strings = {"\"better-auth.session-cache+jwt\"", "\"id_token+jwt\"", "\"\\u0000\"", "7", "null", "[]"})
    void refusesOtherTypes(String type) {
        assertEquals(
                Reason.FOREIGN_HEADER,
                refused(byKeys(), RawTokens.sign(KEY, header(KEY).replace("}", ",\"typ\":" + type + "}"), USER)));
    }

    @Test
    void acceptsConfiguredTypes() {
        TrustedIssuer cache = new TrustedIssuer(
                new TokenOrigin("cache", false, false),
                Set.of("better-auth.session-cache+jwt"),
                SHOP,
                "better-auth:session-cache",
                "sub",
                "email",
                null,
                null,
                () -> keysOf(THEIRS));
        String payload = USER.replace("\"aud\":\"" + SHOP, "\"aud\":\"better-auth:session-cache");
        String header = header(KEY).replace("}", ",\"typ\":\"better-auth.session-cache+jwt\"}");
        assertEquals(
                "user-7", accepted(cache, RawTokens.sign(KEY, header, payload)).userId());
        assertEquals(Reason.FOREIGN_HEADER, refused(cache, RawTokens.sign(KEY, header(KEY), payload)));
        assertEquals(Reason.FOREIGN_AUDIENCE, refused(cache, RawTokens.sign(KEY, header, USER)));
    }

    @Test
    void refusesOtherIssuerOrAudience() {
        refuses(Reason.FOREIGN_ISSUER, USER.replace("\"iss\":\"" + SHOP, "\"iss\":\"https://evil.example.com"));
        refuses(Reason.FOREIGN_ISSUER, USER.replace("\"iss\":\"" + SHOP + "\",", ""));
        refuses(Reason.FOREIGN_ISSUER, USER.replace("\"iss\":\"" + SHOP + "\"", "\"iss\":[\"" + SHOP + "\"]"));
        refuses(Reason.FOREIGN_AUDIENCE, USER.replace("\"aud\":\"" + SHOP, "\"aud\":\"https://other.example.com"));
        refuses(Reason.FOREIGN_AUDIENCE, USER.replace(",\"aud\":\"" + SHOP + "\"", ""));
    }

    @Test
    void refusesTokenWithoutRequiredClaims() {
        refuses(Reason.NO_USER, USER.replace("\"sub\":\"user-7\",", ""));
        refuses(Reason.NO_USER, USER.replace("\"sub\":\"user-7\"", "\"sub\":7"));
        refuses(Reason.NO_USER, USER.replace("\"sub\":\"user-7\"", "\"sub\":\"\""));
        refuses(Reason.NO_USER, USER.replace("\"sub\":\"user-7\"", "\"sub\":\"user-7\",\"user_id\":\"user-8\""));
        refuses(Reason.NO_USER, USER.replace("\"sub\":\"user-7\"", "\"sub\":\"user-7\",\"user_id\":null"));
        refuses(Reason.BAD_CLAIMS, USER.replace("\"iat\":" + SECOND + ",", ""));
        refuses(Reason.BAD_CLAIMS, USER.replace("\"exp\":" + (SECOND + 900) + ",", ""));
        refuses(Reason.BAD_CLAIMS, USER.replace("\"exp\":" + (SECOND + 900), "\"exp\":\"never\""));
        refuses(Reason.BAD_CLAIMS, USER.replace("\"exp\":" + (SECOND + 900), "\"exp\":1e300"));
        refuses(Reason.EXPIRED, USER.replace("\"exp\":" + (SECOND + 900), "\"exp\":" + (SECOND - 5)));
        refuses(Reason.NOT_YET_VALID, USER.replace("\"iat\":" + SECOND, "\"iat\":" + (SECOND + 60)));
        refuses(Reason.NOT_YET_VALID, USER.replace("\"id\":", "\"nbf\":" + (SECOND + 60) + ",\"id\":"));
    }

    @Test
    void refusesKeyOfAnotherIssuer() {
        SigningKey foreign = TestKeys.pairs(Algorithm.EDDSA).current();
        assertEquals(Reason.UNKNOWN_KEY, refused(byKeys(), RawTokens.sign(foreign, header(foreign), USER)));
        assertEquals(Reason.BAD_SIGNATURE, refused(byKeys(), RawTokens.sign(foreign, header(KEY), USER)));
        assertEquals(
                Reason.UNKNOWN_KEY, refused(byKeys(), RawTokens.sign(OURS.current(), header(OURS.current()), USER)));
    }

    // A key id selects among the keys of the algorithm that the token claims, and of nothing else.
    @Test
    void refusesOtherAlgorithmForKey() {
        for (String algorithm : List.of("ES256", "RS256", "HS256")) {
            String header = header(KEY).replace("EdDSA", algorithm);
            assertEquals(Reason.UNKNOWN_KEY, refused(byKeys(), RawTokens.sign(KEY, header, USER)), algorithm);
        }
        assertEquals(
                Reason.UNKNOWN_ALGORITHM,
                refused(byKeys(), RawTokens.sign(KEY, header(KEY).replace("EdDSA", "none"), USER)));
    }

    @Test
    void usesTheOnlyKeyOfTheAlgorithmForTokenWithoutKeyId() {
        accepted(byKeys(), RawTokens.sign(KEY, "{\"alg\":\"EdDSA\"}", USER));
        TrustedIssuer several = shop(() -> List.of(
                new VerificationKey(
                        new KeyId("a"),
                        Algorithm.EDDSA,
                        keysOf(THEIRS).getFirst().key()),
                new VerificationKey(
                        new KeyId("b"), Algorithm.EDDSA, keysOf(OURS).getFirst().key())));
        assertEquals(Reason.UNKNOWN_KEY, refused(several, RawTokens.sign(KEY, "{\"alg\":\"EdDSA\"}", USER)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"jku\":\"https://evil.example.com/jwks\"",
                "\"x5u\":\"https://evil.example.com/cert\"",
                "\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}",
                "\"x5c\":[\"AAAA\"]",
                "\"zip\":\"DEF\"",
                "\"crit\":[\"exp\"],\"exp\":1",
                "\"crit\":[]",
                "\"b64\":false",
                "\"enc\":\"A256GCM\"",
                "\"cty\":\"JWT\"",
                "\"kid\":\"twice\""
            })
    void refusesHeadersThatLeadAstray(String more) {
        assertInstanceOf(
                Refused.class,
                verifier(byKeys()).verify(RawTokens.sign(KEY, header(KEY).replace("}", "," + more + "}"), USER)));
    }

    // --- By a shared secret ---

    @Test
    void acceptsCookieCacheOfBetterAuth() {
        VerifiedToken token = accepted(bySecret(), hmac(SECRET, HS256, CACHED));
        assertEquals("user-7", token.userId());
        assertEquals("ada@example.com", token.email());
        assertEquals(Instant.ofEpochSecond(SECOND + 300), token.expiresAt());
    }

    // A verifier has to check the session's own end, too.
    @Test
    void refusesCookieCacheOfExpiredSession() {
        String over = CACHED.replace(
                NOW.plusSeconds(3600).toString(), NOW.minusSeconds(10).toString());
        assertEquals(Reason.EXPIRED, refused(bySecret(), hmac(SECRET, HS256, over)));
        String never = CACHED.replace("\"expiresAt\":\"" + NOW.plusSeconds(3600) + "\",", "");
        assertEquals(Reason.BAD_CLAIMS, refused(bySecret(), hmac(SECRET, HS256, never)));
    }

    // The same secret signs its links in mails; such a link must open nothing.
    @Test
    void refusesOtherTokensOfTheSameSecret() {
        String mail = "{\"email\":\"ada@example.com\",\"userId\":\"user-7\",\"iat\":%d,\"exp\":%d}"
                .formatted(SECOND, SECOND + 3600);
        assertEquals(Reason.NO_USER, refused(bySecret(), hmac(SECRET, HS256, mail)));
    }

    @Test
    void refusesAnyIssuerAndAudienceWhenNoneIsConfigured() {
        String named = CACHED.replace("\"version\"", "\"aud\":\"https://other.example.com\",\"version\"");
        assertEquals(Reason.FOREIGN_AUDIENCE, refused(bySecret(), hmac(SECRET, HS256, named)));
        String issued = CACHED.replace("\"version\"", "\"iss\":\"https://other.example.com\",\"version\"");
        assertEquals(Reason.FOREIGN_ISSUER, refused(bySecret(), hmac(SECRET, HS256, issued)));
    }

    @Test
    void refusesKeyIdWithSharedSecret() {
        assertEquals(
                Reason.UNKNOWN_KEY, refused(bySecret(), hmac(SECRET, "{\"alg\":\"HS256\",\"kid\":\"any\"}", CACHED)));
        assertEquals(Reason.BAD_SIGNATURE, refused(bySecret(), hmac(OUR_SECRET, HS256, CACHED)));
    }

    // HS256 and public keys side by side: no form of a public key is a secret.
    @ParameterizedTest
    @EnumSource(names = {"EDDSA", "ES256", "RS256"})
    void refusesHs256SignedWithPublicKeyBesideSharedSecret(Algorithm algorithm) {
        AccessTokenVerifier verifier = verifier(byKeys(), bySecret());
        for (VerificationKey key : keysOf(THEIRS)) {
            byte[] der = key.key().getEncoded();
            String id = Objects.requireNonNull(key.id()).value();
            for (byte[] form : List.of(der, utf8(java.util.Base64.getEncoder().encodeToString(der)), utf8(id))) {
                for (String header : List.of(HS256, "{\"alg\":\"HS256\",\"kid\":\"" + id + "\"}")) {
                    assertInstanceOf(
                            Refused.class, verifier.verify(RawTokens.hmac(form, header, USER)), algorithm::jose);
                    assertInstanceOf(
                            Refused.class, verifier.verify(RawTokens.hmac(form, header, CACHED)), algorithm::jose);
                }
            }
        }
    }

    // --- Beside our own ---

    // Security: another issuer's key makes no token of ours, whatever the token says of itself.
    @Test
    void isNeverTakenForOwnToken() {
        String ours = """
                {"iss":"%s","aud":"%s","sub":"user-1","user_id":"user-1","iat":%d,"exp":%d,"jti":"j","sid":"s"}""".formatted(TestTokenConfig.ORIGIN, TestTokenConfig.ORIGIN, SECOND, SECOND + 900);
        assertEquals(Reason.FOREIGN_ISSUER, refused(byKeys(), RawTokens.sign(KEY, RawTokens.header(KEY), ours)));
        assertEquals(
                Reason.FOREIGN_ISSUER,
                refused(
                        bySecret(),
                        hmac(
                                SECRET,
                                "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}",
                                ours.replace(
                                        "\"jti\"",
                                        "\"user\":{\"id\":\"user-1\"},\"session\":{\"expiresAt\":\"2027-01-01T00:00:00Z\"},\"jti\""))));
    }

    // A key of the same name at another issuer is another key.
    @Test
    void distinguishesKeysWithTheSameId() {
        KeyId ourId = Objects.requireNonNull(OURS.current().id());
        TrustedIssuer impostor = shop(() -> List.of(new VerificationKey(
                ourId, Algorithm.EDDSA, keysOf(THEIRS).getFirst().key())));
        String theirs = RawTokens.sign(KEY, header(OURS.current()).replace("}", ",\"typ\":\"at+jwt\"}"), USER);
        assertEquals("shop", accepted(impostor, theirs).origin().name());
        String ours = RawTokens.sign(OURS.current(), RawTokens.header(OURS.current()), USER);
        assertInstanceOf(Refused.class, verifier(impostor).verify(ours));
    }

    // Security: what revokes a user's earlier tokens is kept for that long and no longer.
    @Test
    void refusesTokensBeyondTheLongestLifetimeWhateverEndTheyHave() {
        TrustedIssuer issuer = new TrustedIssuer(
                new TokenOrigin("shop", false, true),
                TrustedIssuer.USUAL_TYPES,
                SHOP,
                SHOP,
                "sub",
                "email",
                null,
                Duration.ofHours(1),
                () -> keysOf(THEIRS));
        String young = USER.replace("\"iat\":" + SECOND, "\"iat\":" + (SECOND - 3_500));
        assertEquals(
                Instant.ofEpochSecond(SECOND + 100),
                accepted(issuer, RawTokens.sign(KEY, header(KEY), young)).expiresAt());
        String old = USER.replace("\"iat\":" + SECOND, "\"iat\":" + (SECOND - 3_605));
        assertEquals(Reason.EXPIRED, refused(issuer, RawTokens.sign(KEY, header(KEY), old)));
        assertEquals(
                Instant.ofEpochSecond(SECOND + 900),
                accepted(issuer, RawTokens.sign(KEY, header(KEY), USER)).expiresAt());
    }

    @Test
    void refusesDisabledUsersOfAnIssuerThatSharesOurs() {
        RevokedTokens revoked = TestRevocations.none();
        String token = RawTokens.sign(KEY, header(KEY), USER);
        for (boolean shares : new boolean[] {false, true}) {
            TrustedIssuer issuer = new TrustedIssuer(
                    new TokenOrigin("shop", false, shares),
                    TrustedIssuer.USUAL_TYPES,
                    SHOP,
                    SHOP,
                    "sub",
                    "email",
                    null,
                    null,
                    () -> keysOf(THEIRS));
            AccessTokenVerifier verifier = TestVerifiers.of(
                    OURS, List.of(issuer), revoked, TestTokenConfig.usual(), Clock.fixed(NOW, ZoneOffset.UTC));
            assertInstanceOf(Accepted.class, verifier.verify(token));
            TestRevocations.disabled(revoked, "user-7");
            if (shares) {
                assertEquals(new Refused(Reason.REVOKED), verifier.verify(token));
            } else {
                assertInstanceOf(Accepted.class, verifier.verify(token), "its ids are its own");
            }
            revoked = TestRevocations.none();
        }
    }

    @Test
    void ownRevocationsDoNotApplyToForeignIds() {
        RevokedTokens revoked = TestRevocations.none();
        TestRevocations.session(revoked, "user-7", NOW.plusSeconds(900));
        AccessTokenVerifier verifier =
                TestVerifiers.of(ours(OURS), List.of(byKeys()), revoked, TestTokenConfig.usual(), clock());
        assertInstanceOf(Accepted.class, verifier.verify(RawTokens.sign(KEY, header(KEY), USER)));
    }

    private static void refuses(Reason reason, String payload) {
        assertEquals(reason, refused(byKeys(), RawTokens.sign(KEY, header(KEY), payload)), payload);
    }

    private static TrustedIssuer byKeys() {
        return shop(() -> keysOf(THEIRS));
    }

    private static TrustedIssuer shop(java.util.function.Supplier<List<VerificationKey>> keys) {
        return new TrustedIssuer(
                new TokenOrigin("shop", false, false),
                TrustedIssuer.USUAL_TYPES,
                SHOP,
                SHOP,
                "sub",
                "email",
                null,
                null,
                keys);
    }

    private static TrustedIssuer bySecret() {
        VerificationKey key = new VerificationKey(null, Algorithm.HS256, new SecretKeySpec(utf8(SECRET), "HmacSHA256"));
        return new TrustedIssuer(
                new TokenOrigin("cache", false, false),
                TrustedIssuer.USUAL_TYPES,
                null,
                null,
                "user.id",
                "user.email",
                "session.expiresAt",
                null,
                () -> List.of(key));
    }

    private static List<VerificationKey> keysOf(SigningKeys keys) {
        return keys.published().stream()
                .flatMap(jwk -> keys
                        .candidates(
                                Algorithm.named((String) Objects.requireNonNull(jwk.get("alg")))
                                        .orElseThrow(),
                                (String) jwk.get("kid"))
                        .stream())
                .toList();
    }

    private static AccessTokenVerifier verifier(TrustedIssuer... trusted) {
        return TestVerifiers.of(
                ours(TestKeys.shared(OUR_SECRET)),
                List.of(trusted),
                TestRevocations.none(),
                TestTokenConfig.usual(),
                clock());
    }

    private static OwnTokens ours(SigningKeys keys) {
        return TestVerifiers.own(keys, TestTokenConfig.usual());
    }

    private static Clock clock() {
        return Clock.fixed(NOW, ZoneOffset.UTC);
    }

    private static VerifiedToken accepted(TrustedIssuer trusted, String token) {
        return assertInstanceOf(Accepted.class, verifier(trusted).verify(token)).token();
    }

    private static @Nullable Reason refused(TrustedIssuer trusted, String token) {
        return verifier(trusted).verify(token) instanceof Refused refused ? refused.reason() : null;
    }

    private static String header(SigningKey key) {
        return "{\"alg\":\"" + key.algorithm().jose() + "\",\"kid\":\""
                + Objects.requireNonNull(key.id()).value() + "\"}";
    }

    private static String hmac(String secret, String header, String payload) {
        return RawTokens.hmac(utf8(secret), header, payload);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
