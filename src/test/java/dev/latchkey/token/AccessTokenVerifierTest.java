package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.SigningKeys.SigningKey;
import dev.latchkey.key.TestKeys;
import dev.latchkey.revocation.RevokedTokens;
import dev.latchkey.revocation.TestRevocations;
import dev.latchkey.token.VerificationResult.Accepted;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerificationResult.Refused;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jose4j.json.JsonUtil;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTokenVerifierTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.400Z");
    private static final long SECOND = NOW.getEpochSecond();
    private static final String SECRET = "a shared secret of exactly 48 bytes, for HS256!!";
    private static final String EARLIER_SECRET = "the shared secret before it, also of many bytes";

    private static final SigningKeys KEYS = TestKeys.pairs(Algorithm.EDDSA, Algorithm.ES256);
    private static final SigningKey KEY = KEYS.current();
    private static final Map<Algorithm, SigningKeys> OF_EACH_KIND = Map.of(
            Algorithm.HS256, TestKeys.shared(SECRET),
            Algorithm.EDDSA, KEYS,
            Algorithm.ES256, TestKeys.pairs(Algorithm.ES256),
            Algorithm.RS256, TestKeys.pairs(Algorithm.RS256),
            Algorithm.PS256, TestKeys.pairs(Algorithm.PS256));

    private final RevokedTokens revoked = TestRevocations.none();

    /** SC-003. */
    @Nested
    class ValidTokens {

        // FR-010, FR-011, FR-016: whatever signs, what we mint is accepted and says what it was made of.
        @ParameterizedTest
        @EnumSource
        void acceptsMintedTokenOfEachAlgorithm(Algorithm algorithm) {
            SigningKeys keys = OF_EACH_KIND.get(algorithm);
            VerifiedToken token = accepted(verifier(keys), minted(keys));
            assertEquals("user-1", token.userId());
            assertEquals("ada@example.com", token.email());
            assertEquals(Set.of("user", "admin"), token.roles());
            assertEquals("session-1", token.sessionId());
            assertEquals(Instant.ofEpochSecond(SECOND), token.issuedAt());
            assertEquals(Instant.ofEpochSecond(SECOND + 900), token.expiresAt());
            assertTrue(token.emailVerified());
            assertEquals(new Authentication(Instant.ofEpochSecond(SECOND), Set.of("pwd")), token.authentication());
            assertEquals(
                    new SessionTimes(
                            Instant.ofEpochSecond(SECOND),
                            Instant.ofEpochSecond(SECOND + 86_400),
                            Instant.ofEpochSecond(SECOND + 86_400)),
                    token.session());
        }

        @ParameterizedTest
        @EnumSource
        void acceptsTokenSignedWithoutOurLibraries(Algorithm algorithm) {
            SigningKeys keys = OF_EACH_KIND.get(algorithm);
            accepted(verifier(keys), signed(keys.current(), payload(Map.of())));
        }

        // FR-010: exactly these claims, FR-011: exactly these headers.
        @ParameterizedTest
        @EnumSource
        void mintsExactlyTheSpecifiedClaimsAndHeaders(Algorithm algorithm) throws Exception {
            SigningKeys keys = OF_EACH_KIND.get(algorithm);
            String[] parts = minted(keys).split("\\.", -1);
            Map<String, Object> header = new HashMap<>(Map.of("alg", algorithm.jose(), "typ", "at+jwt"));
            if (algorithm != Algorithm.HS256) {
                header.put("kid", Objects.requireNonNull(keys.current().id()).value());
            }
            assertEquals(header, JsonUtil.parseJson(RawTokens.text(parts[0])));

            Map<String, Object> claims = new HashMap<>(JsonUtil.parseJson(RawTokens.text(parts[1])));
            assertTrue(((String) claims.remove("jti")).length() >= 22, "jti is random enough");
            assertEquals(
                    Set.of("user", "admin"), Set.copyOf((List<?>) Objects.requireNonNull(claims.remove("groups"))));
            Map<String, Object> expected = new HashMap<>();
            expected.put("iss", TestTokenConfig.ORIGIN);
            if (algorithm != Algorithm.HS256) {
                expected.put("aud", TestTokenConfig.ORIGIN);
            }
            expected.put("sub", "user-1");
            expected.put("user_id", "user-1");
            expected.put("email", "ada@example.com");
            expected.put("email_verified", true);
            expected.put("token_version", 7L);
            expected.put("sid", "session-1");
            expected.put("iat", SECOND);
            expected.put("exp", SECOND + 900);
            expected.put("auth_time", SECOND);
            expected.put("amr", List.of("pwd"));
            expected.put("session_refreshed", SECOND);
            expected.put("session_idle_end", SECOND + 86_400);
            expected.put("session_end", SECOND + 86_400);
            assertEquals(expected, claims);
            assertNotEquals(minted(keys), minted(keys), "each token has its own jti");
        }

        @Test
        void acceptsAudienceAmongOthers() {
            accepts(Map.of("aud", "[\"https://elsewhere.example\",\"" + TestTokenConfig.ORIGIN + "\"]"));
        }

        // With a shared secret the secret is the audience: what common backends decode without naming one.
        @Test
        void acceptsTokenWithoutAudienceBySharedSecret() {
            SigningKeys shared = TestKeys.shared(SECRET);
            String without = signed(shared.current(), payload(Map.of()).replaceFirst("\"aud\":\"[^\"]*\",", ""));
            assertFalse(accepted(verifier(shared), without).claims().containsKey("aud"));
            assertFalse(accepted(verifier(shared), minted(shared)).claims().containsKey("aud"));
            TestTokenConfig named = TestTokenConfig.usual().audience("urn:backends");
            assertEquals(Reason.FOREIGN_AUDIENCE, refused(verifier(shared, named), without));
            assertEquals(
                    Reason.FOREIGN_AUDIENCE,
                    refused(verifier(KEYS), signed(KEY, payload(Map.of()).replaceFirst("\"aud\":\"[^\"]*\",", ""))));
        }

        // Where none is issued, tokens of an earlier configuration are still accepted, and nobody else's.
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"https://auth.example.com\"",
                    "[\"https://auth.example.com\"]",
                    "[\"urn:other\",\"https://auth.example.com\"]"
                })
        void acceptsThePublicUrlAsAudienceWhereNoneIsIssued(String audience) {
            SigningKeys shared = TestKeys.shared(SECRET);
            accepted(verifier(shared), signed(shared.current(), payload(Map.of("aud", audience))));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"https://shop.example.com\"",
                    "\"\"",
                    "null",
                    "[]",
                    "7",
                    "false",
                    "[\"https://shop.example.com\"]",
                    "[\"https://auth.example.com\",7]",
                    "{\"https://auth.example.com\":true}",
                    "\"https://auth.example.com/\"",
                    "\"none\""
                })
        void refusesAnotherAudienceWhereNoneIsIssued(String audience) {
            SigningKeys shared = TestKeys.shared(SECRET);
            String token = signed(shared.current(), payload(Map.of("aud", audience)));
            for (TokenConfig config :
                    List.of(TestTokenConfig.usual(), TestTokenConfig.usual().audience("none"))) {
                assertEquals(Reason.FOREIGN_AUDIENCE, refused(verifier(shared, config), token));
            }
        }

        @Test
        void acceptsTokenWithoutOptionalClaims() {
            Map<String, String> claims = claims();
            claims.keySet()
                    .removeAll(Set.of(
                            "email",
                            "email_verified",
                            "groups",
                            "token_version",
                            "auth_time",
                            "amr",
                            "session_refreshed",
                            "session_idle_end",
                            "session_end"));
            VerifiedToken token = accepted(verifier(KEYS), signed(KEY, json(claims)));
            assertEquals("", token.email());
            assertEquals(Set.of(), token.roles());
            // Security: what a token does not say is never taken for said.
            assertFalse(token.emailVerified());
            assertEquals(Authentication.unknown(), token.authentication());
            assertEquals(null, token.session());
            assertEquals(null, token.tokenVersion());
        }

        @Test
        void acceptsUnknownClaims() {
            accepts(Map.of("tenant", "{\"id\":7}", "scope", "\"read\""));
        }

        @Test
        void requiresConfiguredIssuerAndAudience() {
            TokenConfig config = TestTokenConfig.usual().named("urn:latchkey", "urn:backends");
            AccessTokenVerifier verifier = verifier(KEYS, config);
            accepted(verifier, signed(KEY, payload(Map.of("iss", "\"urn:latchkey\"", "aud", "\"urn:backends\""))));
            assertEquals(Reason.FOREIGN_ISSUER, refused(verifier, signed(KEY, payload(Map.of()))));
            assertEquals(
                    Reason.FOREIGN_AUDIENCE,
                    refused(verifier, signed(KEY, payload(Map.of("iss", "\"urn:latchkey\"")))));
        }
    }

    /** FR-012, FR-017. */
    @Nested
    class Times {

        @Test
        void refusesExpiredTokenOnlyBeyondTheLeeway() {
            accepts(Map.of("exp", "" + (SECOND + 1)));
            accepts(Map.of("exp", "" + (SECOND - 4)));
            assertRefused(Reason.EXPIRED, Map.of("exp", "" + (SECOND - 5)));
            assertRefused(Reason.EXPIRED, Map.of("exp", "" + (SECOND - 3600)));
            assertRefused(Reason.EXPIRED, Map.of("exp", "0"));
        }

        // RFC 7519 section 4.1.4: on or after.
        @Test
        void refusesExpiredTokenFromTheInstantOfExpiry() {
            TokenConfig config = TestTokenConfig.usual().leeway(Duration.ZERO);
            String token = signed(KEY, payload(Map.of("exp", "" + (SECOND + 900))));
            Instant end = Instant.ofEpochSecond(SECOND + 900);
            accepted(verifier(KEYS, config, end.minusMillis(1)), token);
            assertEquals(Reason.EXPIRED, refused(verifier(KEYS, config, end), token));
        }

        @Test
        void refusesTokenFromTheFutureOnlyBeyondTheLeeway() {
            for (String claim : List.of("iat", "nbf")) {
                accepts(Map.of(claim, "" + SECOND));
                accepts(Map.of(claim, "" + (SECOND + 5)));
                assertRefused(Reason.NOT_YET_VALID, Map.of(claim, "" + (SECOND + 6)));
                assertRefused(Reason.NOT_YET_VALID, Map.of(claim, "" + (SECOND + 600)));
            }
        }

        @Test
        void allowsNoLeewayWhereNoneIsSet() {
            AccessTokenVerifier strict = verifier(KEYS, TestTokenConfig.usual().leeway(Duration.ZERO));
            accepted(strict, signed(KEY, payload(Map.of("exp", "" + (SECOND + 1)))));
            assertEquals(Reason.EXPIRED, refused(strict, signed(KEY, payload(Map.of("exp", "" + SECOND)))));
            assertEquals(Reason.NOT_YET_VALID, refused(strict, signed(KEY, payload(Map.of("iat", "" + (SECOND + 1))))));
        }
    }

    @Nested
    class Revocation {

        @Test
        void refusesTokensOfRevokedSessionOnly() {
            TestRevocations.session(revoked, "session-2", NOW);
            accepts(Map.of());
            TestRevocations.session(revoked, "session-1", NOW);
            assertRefused(Reason.REVOKED, Map.of());
            // Never told apart from a living one by its time.
            assertRefused(Reason.REVOKED, Map.of("exp", "" + (SECOND - 3600)));
        }

        // The row was read before the change, whenever the token was signed; and after it, also in the same second.
        @Test
        void refusesTokensOfEarlierVersionsOfTheUser() {
            TestRevocations.user(revoked, "user-1", "", 8, NOW.minusSeconds(3600), NOW.plusSeconds(3600));
            assertRefused(Reason.REVOKED, Map.of("token_version", "7"));
            assertRefused(Reason.REVOKED, Map.of("token_version", "0"));
            accepts(Map.of("token_version", "8"));
            accepts(Map.of("token_version", "9"));
            accepts(Map.of("token_version", "7", "sub", "\"user-2\"", "user_id", "\"user-2\""));
        }

        @Test
        void goesByTheTimeOfTokensWithoutAVersion() {
            Map<String, String> claims = claims();
            claims.remove("token_version");
            TestRevocations.user(revoked, "user-1", "", 8, NOW.minusSeconds(60), NOW.plusSeconds(3600));
            accepted(verifier(KEYS), signed(KEY, json(claims)));
            TestRevocations.user(revoked, "user-1", "", 9, NOW.plusSeconds(1), NOW.plusSeconds(3600));
            assertEquals(Reason.REVOKED, refused(verifier(KEYS), signed(KEY, json(claims))));
        }
    }

    /** FR-016. */
    @Nested
    class Header {

        @ParameterizedTest
        @MethodSource
        void refusesHeader(String header, Reason reason) {
            String ours = header.replace("KID", Objects.requireNonNull(KEY.id()).value());
            assertEquals(reason, refused(verifier(KEYS), RawTokens.sign(KEY, ours, payload(Map.of()))));
        }

        static Stream<Arguments> refusesHeader() {
            return Stream.of(
                    arguments("{\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"KID\"}", Reason.UNKNOWN_ALGORITHM),
                    arguments("{\"alg\":\"None\",\"typ\":\"at+jwt\"}", Reason.UNKNOWN_ALGORITHM),
                    arguments("{\"alg\":\"\",\"typ\":\"at+jwt\",\"kid\":\"KID\"}", Reason.UNKNOWN_ALGORITHM),
                    arguments("{\"alg\":null,\"typ\":\"at+jwt\",\"kid\":\"KID\"}", Reason.UNKNOWN_ALGORITHM),
                    arguments("{\"alg\":[\"EdDSA\"],\"typ\":\"at+jwt\",\"kid\":\"KID\"}", Reason.UNKNOWN_ALGORITHM),
                    arguments("{\"typ\":\"at+jwt\",\"kid\":\"KID\"}", Reason.UNKNOWN_ALGORITHM),
                    arguments("{\"alg\":\"eddsa\",\"typ\":\"at+jwt\",\"kid\":\"KID\"}", Reason.UNKNOWN_ALGORITHM),
                    arguments("{\"alg\":\"EDDSA\",\"typ\":\"at+jwt\",\"kid\":\"KID\"}", Reason.UNKNOWN_ALGORITHM),
                    arguments("{\"alg\":\"EdDSA \",\"typ\":\"at+jwt\",\"kid\":\"KID\"}", Reason.UNKNOWN_ALGORITHM),
                    arguments("{\"alg\":\"Ed25519\",\"typ\":\"at+jwt\",\"kid\":\"KID\"}", Reason.UNKNOWN_ALGORITHM),
                    arguments("{\"alg\":\"hs256\",\"typ\":\"at+jwt\"}", Reason.UNKNOWN_ALGORITHM),
                    arguments("{\"alg\":\"HS384\",\"typ\":\"at+jwt\"}", Reason.UNKNOWN_ALGORITHM),
                    arguments("{\"alg\":\"HS512\",\"typ\":\"at+jwt\"}", Reason.UNKNOWN_ALGORITHM),
                    arguments("{\"alg\":\"ES384\",\"typ\":\"at+jwt\",\"kid\":\"KID\"}", Reason.UNKNOWN_ALGORITHM),
                    arguments("{\"alg\":\"PS256\",\"typ\":\"at+jwt\",\"kid\":\"KID\"}", Reason.UNKNOWN_KEY),
                    // A key belongs to one algorithm: its id beside another one names nothing.
                    arguments("{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"KID\"}", Reason.UNKNOWN_KEY),
                    arguments("{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"KID\"}", Reason.UNKNOWN_KEY),
                    arguments("{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"KID\"}", Reason.UNKNOWN_KEY),
                    arguments("{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", Reason.UNKNOWN_KEY),
                    arguments("{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\"}", Reason.UNKNOWN_KEY),
                    arguments("{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\",\"kid\":\"\"}", Reason.UNKNOWN_KEY),
                    arguments("{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\",\"kid\":\"KID \"}", Reason.UNKNOWN_KEY),
                    arguments("{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\",\"kid\":\"../../dev/null\"}", Reason.UNKNOWN_KEY),
                    arguments("{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\",\"kid\":null}", Reason.FOREIGN_HEADER),
                    arguments("{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\",\"kid\":7}", Reason.FOREIGN_HEADER),
                    arguments("{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\",\"kid\":[\"KID\"]}", Reason.FOREIGN_HEADER),
                    arguments("{\"alg\":\"EdDSA\",\"kid\":\"KID\"}", Reason.FOREIGN_HEADER),
                    arguments("{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"KID\"}", Reason.FOREIGN_HEADER),
                    arguments("{\"alg\":\"EdDSA\",\"typ\":\"AT+JWT\",\"kid\":\"KID\"}", Reason.FOREIGN_HEADER),
                    arguments(
                            "{\"alg\":\"EdDSA\",\"typ\":\"application/at+jwt\",\"kid\":\"KID\"}",
                            Reason.FOREIGN_HEADER),
                    arguments("{\"alg\":\"EdDSA\",\"typ\":null,\"kid\":\"KID\"}", Reason.FOREIGN_HEADER),
                    arguments("{\"alg\":\"EdDSA\",\"typ\":[\"at+jwt\"],\"kid\":\"KID\"}", Reason.FOREIGN_HEADER),
                    arguments(
                            "{\"alg\":\"none\",\"typ\":\"at+jwt\",\"alg\":\"EdDSA\",\"kid\":\"KID\"}",
                            Reason.MALFORMED),
                    arguments("{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\",\"kid\":\"x\",\"kid\":\"KID\"}", Reason.MALFORMED),
                    arguments("{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\",\"kid\":\"KID\"}{}", Reason.MALFORMED),
                    arguments("[\"EdDSA\"]", Reason.MALFORMED),
                    arguments("\"EdDSA\"", Reason.MALFORMED),
                    arguments("null", Reason.MALFORMED),
                    arguments("{", Reason.MALFORMED),
                    arguments("{}", Reason.FOREIGN_HEADER),
                    arguments("[".repeat(3000), Reason.MALFORMED),
                    arguments("{\"alg\":".repeat(700), Reason.MALFORMED));
        }

        // RFC 8725 sections 3.1 to 3.11: nothing in a token says which key to trust or how to read on.
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"jku\":\"https://evil.example/jwks.json\"",
                    "\"x5u\":\"https://evil.example/chain.pem\"",
                    "\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
                    "\"x5c\":[\"MIIB\"]",
                    "\"x5t\":\"x\"",
                    "\"crit\":[\"exp\"]",
                    "\"crit\":[]",
                    "\"b64\":false",
                    "\"zip\":\"DEF\"",
                    "\"enc\":\"A256GCM\"",
                    "\"cty\":\"JWT\"",
                    "\"iss\":\"https://auth.example.com\"",
                    "\"Alg\":\"none\"",
                    "\"\":\"\""
                })
        void refusesUnknownHeader(String member) {
            String header = RawTokens.header(KEY).replace("}", "," + member + "}");
            assertEquals(
                    Reason.FOREIGN_HEADER, refused(verifier(KEYS), RawTokens.sign(KEY, header, payload(Map.of()))));
        }
    }

    /** FR-016. */
    @Nested
    class KeysAndSignatures {

        @Test
        void refusesForeignKey() {
            SigningKey foreign = TestKeys.pairs(Algorithm.EDDSA).current();
            assertEquals(Reason.UNKNOWN_KEY, refused(verifier(KEYS), signed(foreign, payload(Map.of()))));
            // Even when it calls itself ours.
            assertEquals(
                    Reason.BAD_SIGNATURE,
                    refused(verifier(KEYS), RawTokens.sign(foreign, RawTokens.header(KEY), payload(Map.of()))));
        }

        @Test
        void acceptsAllPublishedKeysAfterAChangeOfAlgorithm() {
            SigningKeys es256 = TestKeys.pairs(Algorithm.ES256);
            SigningKeys both = TestKeys.verifyingAlso(es256, KEYS);
            accepted(verifier(both), minted(es256));
            accepted(verifier(both), minted(KEYS));
            assertEquals(Reason.UNKNOWN_KEY, refused(verifier(es256), minted(KEYS)));
        }

        // The classic confusion: the public key, which everybody has, taken for an HMAC secret.
        @ParameterizedTest
        @EnumSource(names = "HS256", mode = EnumSource.Mode.EXCLUDE)
        void refusesHs256SignedWithAnyFormOfPublicKey(Algorithm algorithm) throws Exception {
            SigningKeys keys = OF_EACH_KIND.get(algorithm);
            Map<String, Object> jwk = keys.published().getFirst();
            String id = (String) jwk.get("kid");
            Key key = keys.candidates(algorithm, id).getFirst().key();
            byte[] der = key.getEncoded();
            String base64 = Base64.getEncoder().encodeToString(der);
            String pem = "-----BEGIN PUBLIC KEY-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END PUBLIC KEY-----";
            String member = (String) jwk.getOrDefault("x", jwk.get("n"));
            List<byte[]> forms = List.of(
                    der,
                    utf8(base64),
                    utf8(pem),
                    utf8(pem + "\n"),
                    utf8(JsonUtil.toJson(jwk)),
                    utf8(JsonUtil.toJson(Map.of("keys", List.of(jwk)))),
                    utf8(member),
                    Base64.getUrlDecoder().decode(member),
                    utf8(id),
                    Base64.getUrlDecoder().decode(id));
            AccessTokenVerifier verifier = verifier(keys);
            for (byte[] form : forms) {
                for (String kid : List.of("", ",\"kid\":\"" + id + "\"")) {
                    String header = "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"" + kid + "}";
                    assertEquals(
                            Reason.UNKNOWN_KEY, refused(verifier, RawTokens.hmac(form, header, payload(Map.of()))));
                    String claimed = "{\"alg\":\"" + algorithm.jose() + "\",\"typ\":\"at+jwt\",\"kid\":\"" + id + "\"}";
                    assertEquals(
                            Reason.BAD_SIGNATURE, refused(verifier, RawTokens.hmac(form, claimed, payload(Map.of()))));
                }
            }
        }

        // The corner case "the shared secret is rotated": old and new verify, anything else does not.
        @Test
        void acceptsCurrentAndPreviousSecretOnly() {
            AccessTokenVerifier verifier = verifier(TestKeys.shared(SECRET, EARLIER_SECRET));
            accepted(verifier, minted(TestKeys.shared(SECRET)));
            accepted(verifier, minted(TestKeys.shared(EARLIER_SECRET)));
            assertEquals(
                    Reason.BAD_SIGNATURE,
                    refused(verifier, minted(TestKeys.shared("a third secret that nobody has told us"))));
            assertEquals(
                    Reason.BAD_SIGNATURE,
                    refused(verifier(TestKeys.shared(SECRET)), minted(TestKeys.shared(EARLIER_SECRET))));
            accepted(verifier(TestKeys.shared(SECRET)), minted(TestKeys.shared(SECRET, EARLIER_SECRET)));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"any\"}",
                    "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"\"}",
                    "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":null}",
                    "{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
                    "{\"alg\":\"HS384\",\"typ\":\"at+jwt\"}",
                    "{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\"}",
                    "{\"alg\":\"none\",\"typ\":\"at+jwt\"}"
                })
        void refusesOtherHeadersWithSharedSecret(String header) {
            assertInstanceOf(
                    Refused.class,
                    verifier(TestKeys.shared(SECRET)).verify(RawTokens.hmac(utf8(SECRET), header, payload(Map.of()))));
        }

        @Test
        void refusesOtherHmacsWithSharedSecret() {
            String input =
                    RawTokens.part("{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}") + "." + RawTokens.part(payload(Map.of()));
            AccessTokenVerifier verifier = verifier(TestKeys.shared(SECRET));
            for (String algorithm : List.of("HmacSHA1", "HmacSHA384", "HmacSHA512")) {
                byte[] mac = RawTokens.mac(algorithm, utf8(SECRET), utf8(input));
                assertEquals(Reason.BAD_SIGNATURE, refused(verifier, input + "." + RawTokens.part(mac)));
            }
            byte[] right = RawTokens.mac("HmacSHA256", utf8(SECRET), utf8(input));
            for (int length : new int[] {1, 8, 16, 31}) {
                byte[] cut = Arrays.copyOf(right, length);
                assertEquals(Reason.BAD_SIGNATURE, refused(verifier, input + "." + RawTokens.part(cut)));
            }
        }

        // CVE-2022-21449 and its like: signatures of zeros, or of the wrong length.
        @ParameterizedTest
        @EnumSource
        void refusesZeroSignature(Algorithm algorithm) {
            SigningKeys keys = OF_EACH_KIND.get(algorithm);
            String token = minted(keys);
            String input = token.substring(0, token.lastIndexOf('.') + 1);
            for (int length : new int[] {1, 32, 63, 64, 65, 70, 256, 384}) {
                assertInstanceOf(Refused.class, verifier(keys).verify(input + RawTokens.part(new byte[length])));
            }
        }

        @Test
        void throwsKeysUnavailableBeforeTheKeysAreRead() {
            assertThrows(
                    SigningKeys.UnavailableException.class,
                    () -> verifier(TestKeys.unread()).verify(minted(KEYS)));
        }
    }

    /** One token has one spelling (the corner case "forged or altered token"). */
    @Nested
    class Form {

        @ParameterizedTest
        @EnumSource
        void refusesTokenWithOneCharacterAltered(Algorithm algorithm) {
            SigningKeys keys = OF_EACH_KIND.get(algorithm);
            String token = minted(keys);
            AccessTokenVerifier verifier = verifier(keys);
            // The slow algorithms are tried at every third place.
            int step = algorithm == Algorithm.HS256 ? 1 : 3;
            for (int i = 0; i < token.length(); i += step) {
                for (int bit = 0; bit < 7; bit += step) {
                    String altered =
                            token.substring(0, i) + (char) (token.charAt(i) ^ (1 << bit)) + token.substring(i + 1);
                    assertInstanceOf(Refused.class, verifier.verify(altered), () -> "altered: " + altered);
                }
            }
        }

        // The last character of each part may carry bits that no byte holds.
        @ParameterizedTest
        @EnumSource
        void refusesSecondEncodingOfTheSameBytes(Algorithm algorithm) {
            SigningKeys keys = OF_EACH_KIND.get(algorithm);
            String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            AccessTokenVerifier verifier = verifier(keys);
            // Several payload lengths, so that each part ends in each way.
            for (String padding : List.of("", "x", "xx")) {
                String token = signed(keys.current(), payload(Map.of("jti", "\"id" + padding + "\"")));
                accepted(verifier, token);
                String[] parts = token.split("\\.", -1);
                for (int part = 0; part < 3; part++) {
                    String original = parts[part];
                    String head = original.substring(0, original.length() - 1);
                    byte[] bytes = Base64.getUrlDecoder().decode(original);
                    for (char last : alphabet.toCharArray()) {
                        String other = head + last;
                        if (!other.equals(original)
                                && Arrays.equals(bytes, Base64.getUrlDecoder().decode(other))) {
                            parts[part] = other;
                            assertEquals(Reason.MALFORMED, refused(verifier, String.join(".", parts)));
                        }
                    }
                    parts[part] = original;
                }
            }
        }

        @ParameterizedTest
        @MethodSource
        void refusesForm(String form) {
            String token = minted(KEYS);
            String[] parts = token.split("\\.", -1);
            String malformed = form.replace("T", "\u0001")
                    .replace("H", "\u0002")
                    .replace("P", "\u0003")
                    .replace("S", "\u0004")
                    .replace("\u0001", token)
                    .replace("\u0002", parts[0])
                    .replace("\u0003", parts[1])
                    .replace("\u0004", parts[2]);
            assertEquals(Reason.MALFORMED, refused(verifier(KEYS), malformed));
        }

        static Stream<String> refusesForm() {
            return Stream.of(
                    "",
                    ".",
                    "..",
                    "...",
                    "H",
                    "H.P",
                    "H.P.",
                    "H.P..",
                    "H..S",
                    ".P.S",
                    "..S",
                    "H.P.S.",
                    ".H.P.S",
                    "H.P.S.S",
                    "H.P.S.S.S",
                    "H..P.P.S",
                    "H.P.S=",
                    "H.P.S==",
                    "H=.P.S",
                    "H.P=.S",
                    "H.P==.S",
                    "H.P%3D.S",
                    " T",
                    "T ",
                    "T\n",
                    "T\t",
                    "T\u0000",
                    "T\u00a0",
                    "H .P.S",
                    "H. P.S",
                    "H.P.\nS",
                    "H\r\n.P.S",
                    "\"T\"",
                    "'T'",
                    "T,T",
                    "Bearer T",
                    "T;x=1",
                    "T#x",
                    "H.P.S\u00e9",
                    "H.P.\uff21S",
                    "H.P.+/+/",
                    "H.P.A",
                    "A.P.S",
                    "H.A.S",
                    "{\"payload\":\"P\",\"protected\":\"H\",\"signature\":\"S\"}",
                    "{\"payload\":\"P\",\"signatures\":[{\"protected\":\"H\",\"signature\":\"S\"}]}");
        }

        @ParameterizedTest
        @ValueSource(strings = {"021", "102", "120", "201", "210", "000", "011"})
        void refusesPartsInAnotherOrder(String order) {
            String[] parts = minted(KEYS).split("\\.", -1);
            String swapped = order.chars().mapToObj(digit -> parts[digit - '0']).collect(Collectors.joining("."));
            assertInstanceOf(Refused.class, verifier(KEYS).verify(swapped));
        }

        @Test
        void refusesHeaderThatIsNotUtf8() {
            String header = RawTokens.header(KEY);
            byte[] bytes = utf8(header.replace("at+jwt", "at+jw?"));
            bytes[header.indexOf("at+jwt") + 5] = (byte) 0xff;
            String input = RawTokens.part(bytes) + "." + RawTokens.part(payload(Map.of()));
            assertEquals(Reason.MALFORMED, refused(verifier(KEYS), input + "." + RawTokens.part(new byte[64])));
        }

        @Test
        void refusesTokenOfMoreThan8KiB() {
            String largest = filled(8 * 1024);
            accepted(verifier(TestKeys.shared(SECRET)), largest);
            assertEquals(Reason.MALFORMED, refused(verifier(TestKeys.shared(SECRET)), filled(8 * 1024 + 2)));
            assertEquals(Reason.MALFORMED, refused(verifier(KEYS), "x".repeat(1_000_000)));
            assertEquals(Reason.MALFORMED, refused(verifier(KEYS), ".".repeat(8 * 1024)));
        }
    }

    /** FR-010, FR-027. */
    @Nested
    class Claims {

        @ParameterizedTest
        @MethodSource
        void refusesMissingRequiredClaim(String claim, Reason reason) {
            Map<String, String> claims = claims();
            claims.remove(claim);
            assertEquals(reason, refused(verifier(KEYS), signed(KEY, json(claims))));
        }

        static Stream<Arguments> refusesMissingRequiredClaim() {
            return required();
        }

        // FR-027: null, number, text, object, list, truth value: none is taken for another.
        @ParameterizedTest
        @MethodSource
        void refusesRequiredClaimOfWrongType(String claim, Reason reason) {
            Stream<String> wrong = switch (claim) {
                case "iat", "exp" ->
                    Stream.of("\"" + SECOND + "\"", SECOND + ".0", SECOND + ".5", "1e10", "1.7e9", "-1", "-" + SECOND);
                case "aud" -> Stream.of("7", "[7]");
                default -> Stream.of("7", "[\"user-1\"]", "\"\"");
            };
            Stream.concat(wrong, Stream.of("null", "true", "{}", "[]", "{\"" + claim + "\":1}"))
                    .forEach(value -> assertRefused(reason, Map.of(claim, value)));
        }

        static Stream<Arguments> refusesRequiredClaimOfWrongType() {
            return required();
        }

        private static Stream<Arguments> required() {
            return Stream.of(
                    arguments("iss", Reason.FOREIGN_ISSUER),
                    arguments("aud", Reason.FOREIGN_AUDIENCE),
                    arguments("sub", Reason.NO_USER),
                    arguments("user_id", Reason.NO_USER),
                    arguments("iat", Reason.BAD_CLAIMS),
                    arguments("exp", Reason.BAD_CLAIMS),
                    arguments("jti", Reason.BAD_CLAIMS),
                    arguments("sid", Reason.BAD_CLAIMS));
        }

        @ParameterizedTest
        @MethodSource
        void refusesClaim(String claim, String value, Reason reason) {
            assertRefused(reason, Map.of(claim, value));
        }

        static Stream<Arguments> refusesClaim() {
            String origin = TestTokenConfig.ORIGIN;
            return Stream.of(
                    // The corner case "token without a usable user".
                    arguments("sub", "\"user-2\"", Reason.NO_USER),
                    arguments("user_id", "\"user-2\"", Reason.NO_USER),
                    arguments("user_id", "\"User-1\"", Reason.NO_USER),
                    arguments("user_id", "\"user-1 \"", Reason.NO_USER),
                    arguments("user_id", "\"user-1\\u0000\"", Reason.NO_USER),
                    arguments("iss", "\"https://evil.example\"", Reason.FOREIGN_ISSUER),
                    arguments("iss", "\"" + origin + "/\"", Reason.FOREIGN_ISSUER),
                    arguments("iss", "\"" + origin.toUpperCase(Locale.ROOT) + "\"", Reason.FOREIGN_ISSUER),
                    arguments("iss", "[\"" + origin + "\"]", Reason.FOREIGN_ISSUER),
                    arguments("aud", "\"https://evil.example\"", Reason.FOREIGN_AUDIENCE),
                    arguments("aud", "\"" + origin + " \"", Reason.FOREIGN_AUDIENCE),
                    arguments("aud", "\"\"", Reason.FOREIGN_AUDIENCE),
                    arguments("aud", "[\"https://evil.example\"]", Reason.FOREIGN_AUDIENCE),
                    arguments("aud", "[[\"" + origin + "\"]]", Reason.FOREIGN_AUDIENCE),
                    arguments("aud", "[\"" + origin + "\",7]", Reason.FOREIGN_AUDIENCE),
                    arguments("aud", "[\"" + origin + "\",null]", Reason.FOREIGN_AUDIENCE),
                    arguments("aud", "{\"" + origin + "\":\"" + origin + "\"}", Reason.FOREIGN_AUDIENCE),
                    // Beyond 2^53 a number is not the same in every language.
                    arguments("exp", "9007199254740993", Reason.BAD_CLAIMS),
                    arguments("exp", "9223372036854775807", Reason.BAD_CLAIMS),
                    arguments("exp", "9223372036854775808", Reason.BAD_CLAIMS),
                    arguments("exp", "1" + "0".repeat(400), Reason.BAD_CLAIMS),
                    arguments("exp", "9e999", Reason.BAD_CLAIMS),
                    arguments("exp", "\"never\"", Reason.BAD_CLAIMS),
                    arguments("nbf", "\"" + SECOND + "\"", Reason.BAD_CLAIMS),
                    arguments("nbf", "null", Reason.BAD_CLAIMS),
                    arguments("nbf", "-1", Reason.BAD_CLAIMS),
                    arguments("session_end", "\"" + SECOND + "\"", Reason.BAD_CLAIMS),
                    arguments("session_end", "1.5", Reason.BAD_CLAIMS),
                    arguments("session_end", "null", Reason.BAD_CLAIMS),
                    arguments("session_idle_end", "\"" + SECOND + "\"", Reason.BAD_CLAIMS),
                    arguments("session_idle_end", "null", Reason.BAD_CLAIMS),
                    arguments("session_refreshed", "-1", Reason.BAD_CLAIMS),
                    arguments("session_refreshed", "[]", Reason.BAD_CLAIMS),
                    arguments("auth_time", "\"" + SECOND + "\"", Reason.BAD_CLAIMS),
                    arguments("auth_time", "1.5", Reason.BAD_CLAIMS),
                    arguments("auth_time", "true", Reason.BAD_CLAIMS),
                    arguments("auth_time", "null", Reason.BAD_CLAIMS),
                    arguments("amr", "\"pwd\"", Reason.BAD_CLAIMS),
                    arguments("amr", "null", Reason.BAD_CLAIMS),
                    arguments("amr", "[\"pwd\",7]", Reason.BAD_CLAIMS),
                    arguments("amr", "{\"pwd\":true}", Reason.BAD_CLAIMS),
                    arguments("email_verified", "\"true\"", Reason.BAD_CLAIMS),
                    arguments("email_verified", "1", Reason.BAD_CLAIMS),
                    arguments("email_verified", "null", Reason.BAD_CLAIMS),
                    arguments("email_verified", "[true]", Reason.BAD_CLAIMS),
                    arguments("token_version", "-1", Reason.BAD_CLAIMS),
                    arguments("token_version", "null", Reason.BAD_CLAIMS),
                    arguments("token_version", "\"7\"", Reason.BAD_CLAIMS),
                    arguments("token_version", "7.0", Reason.BAD_CLAIMS),
                    arguments("token_version", "9007199254740993", Reason.BAD_CLAIMS),
                    arguments("email", "null", Reason.BAD_CLAIMS),
                    arguments("email", "7", Reason.BAD_CLAIMS),
                    arguments("email", "[\"ada@example.com\"]", Reason.BAD_CLAIMS),
                    arguments("groups", "null", Reason.BAD_CLAIMS),
                    arguments("groups", "\"admin\"", Reason.BAD_CLAIMS),
                    arguments("groups", "{\"admin\":true}", Reason.BAD_CLAIMS),
                    arguments("groups", "[\"admin\",7]", Reason.BAD_CLAIMS),
                    arguments("groups", "[null]", Reason.BAD_CLAIMS),
                    arguments("groups", "[[\"admin\"]]", Reason.BAD_CLAIMS));
        }

        @Test
        void acceptsLargestExactTime() {
            accepts(Map.of("exp", "9007199254740992"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"null", "[]", "[{}]", "\"text\"", "7", "", "{", "{}}", "not json", "{\"sub\":}"})
        void refusesPayloadThatIsNoObject(String payload) {
            assertInstanceOf(Refused.class, verifier(KEYS).verify(signed(KEY, payload)));
        }

        // Two readers may take different ones of the two.
        @Test
        void refusesDuplicateClaims() {
            String payload = payload(Map.of());
            for (String claim : claims().keySet()) {
                String twice = payload.replaceFirst("\\{", "{\"" + claim + "\":\"first\",");
                assertEquals(Reason.MALFORMED_CLAIMS, refused(verifier(KEYS), signed(KEY, twice)), claim);
            }
            String escaped = payload.replaceFirst("\\{", "{\"s\\\\u0075b\":\"user-2\",");
            assertEquals(Reason.MALFORMED_CLAIMS, refused(verifier(KEYS), signed(KEY, escaped)));
            String nested = payload.replaceFirst("\\{", "{\"more\":{\"a\":1,\"a\":2},");
            assertEquals(Reason.MALFORMED_CLAIMS, refused(verifier(KEYS), signed(KEY, nested)));
        }

        // Security: who cannot sign learns nothing from the order in which claims are looked at.
        @Test
        void checksSignatureBeforeClaims() {
            String[] parts = minted(KEYS).split("\\.", -1);
            Set<Reason> reasons = Stream.of("{}", "not json", payload(Map.of("exp", "0")), payload(Map.of("iss", "7")))
                    .map(payload -> refused(verifier(KEYS), parts[0] + "." + RawTokens.part(payload) + "." + parts[2]))
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(Reason.class)));
            assertEquals(EnumSet.of(Reason.BAD_SIGNATURE), reasons);
        }

        @Test
        void refusesCombinedPartsOfTwoTokens() {
            String[] one = minted(KEYS).split("\\.", -1);
            String[] other = minted(KEYS).split("\\.", -1);
            assertEquals(Reason.BAD_SIGNATURE, refused(verifier(KEYS), one[0] + "." + other[1] + "." + one[2]));
            assertEquals(Reason.BAD_SIGNATURE, refused(verifier(KEYS), one[0] + "." + one[1] + "." + other[2]));
        }
    }

    private AccessTokenVerifier verifier(SigningKeys keys) {
        return verifier(keys, TestTokenConfig.usual());
    }

    private AccessTokenVerifier verifier(SigningKeys keys, TokenConfig config) {
        return verifier(keys, config, NOW);
    }

    private AccessTokenVerifier verifier(SigningKeys keys, TokenConfig config, Instant now) {
        return TestVerifiers.of(
                TestVerifiers.own(keys, config), List.of(), revoked, config, Clock.fixed(now, ZoneOffset.UTC));
    }

    private static Clock clock() {
        return Clock.fixed(NOW, ZoneOffset.UTC);
    }

    private String minted(SigningKeys keys) {
        TokenConfig config = TestTokenConfig.usual();
        return new AccessTokens(
                        keys, revoked, TestVerifiers.issuer(keys, config), config, clock(), new SimpleMeterRegistry())
                .mint(TestSubjects.withRoles(TestSubjects.until(NOW.plusSeconds(86_400)), "user", "admin"))
                .value();
    }

    private void accepts(Map<String, String> changed) {
        accepted(verifier(KEYS), signed(KEY, payload(changed)));
    }

    private void assertRefused(Reason reason, Map<String, String> changed) {
        assertEquals(reason, refused(verifier(KEYS), signed(KEY, payload(changed))), changed::toString);
    }

    private static VerifiedToken accepted(AccessTokenVerifier verifier, String token) {
        return assertInstanceOf(Accepted.class, verifier.verify(token)).token();
    }

    private static @Nullable Reason refused(AccessTokenVerifier verifier, String token) {
        return verifier.verify(token) instanceof Refused refused ? refused.reason() : null;
    }

    private static String signed(SigningKey key, String payload) {
        return RawTokens.sign(key, RawTokens.header(key), payload);
    }

    /** A good token of this many characters, or of the few more that base64 makes of it. */
    private static String filled(int length) {
        SigningKey key = TestKeys.shared(SECRET).current();
        for (int fill = length / 2; ; fill++) {
            String token = signed(key, payload(Map.of("fill", "\"" + "x".repeat(fill) + "\"")));
            if (token.length() >= length) {
                return token;
            }
        }
    }

    /** The claims of a good token as JSON values. */
    private static Map<String, String> claims() {
        Map<String, String> claims = new LinkedHashMap<>();
        claims.put("iss", "\"" + TestTokenConfig.ORIGIN + "\"");
        claims.put("aud", "\"" + TestTokenConfig.ORIGIN + "\"");
        claims.put("sub", "\"user-1\"");
        claims.put("user_id", "\"user-1\"");
        claims.put("email", "\"ada@example.com\"");
        claims.put("groups", "[\"user\"]");
        claims.put("iat", "" + SECOND);
        claims.put("exp", "" + (SECOND + 900));
        claims.put("jti", "\"token-1\"");
        claims.put("sid", "\"session-1\"");
        claims.put("token_version", "7");
        claims.put("email_verified", "true");
        claims.put("auth_time", "" + SECOND);
        claims.put("amr", "[\"pwd\"]");
        claims.put("session_refreshed", "" + SECOND);
        claims.put("session_idle_end", "" + (SECOND + 86_400));
        claims.put("session_end", "" + (SECOND + 86_400));
        return claims;
    }

    private static String payload(Map<String, String> changed) {
        Map<String, String> claims = claims();
        claims.putAll(changed);
        return json(claims);
    }

    private static String json(Map<String, String> members) {
        return members.entrySet().stream()
                .map(member -> "\"" + member.getKey() + "\":" + member.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
