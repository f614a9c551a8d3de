package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.token.VerificationResult.Accepted;
import dev.latchkey.token.VerificationResult.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jose4j.json.JsonUtil;
import org.jose4j.lang.JoseException;

/**
 * Bytes that a fuzzer finds, put to the verifier: it throws nothing, and accepts nothing but what was signed.
 *
 * <p>The first letter says what the rest is: {@code T} the text of a token; {@code O}, {@code P} or {@code C} the header
 * and, from the next line on, the payload of a token that the right key signs, ours, a partner's or of a cache; {@code K}
 * a key set.
 */
public final class AccessTokenVerifierFuzz {

    /** Those whose signatures are the same each time, so that inputs are worth keeping, and cost little. */
    private static final Map<Character, TestIssuer> TEST_ISSUERS = testIssuers();

    /** Ours, which trusts the others. */
    private static final AccessTokenVerifier VERIFIER =
            Objects.requireNonNull(TEST_ISSUERS.get('O')).verifier();

    /** All that was ever signed here, but for what the fuzzer itself has signed. */
    static final Set<String> GOOD = TEST_ISSUERS.values().stream()
            .map(testIssuer -> testIssuer.good(0))
            .collect(Collectors.toUnmodifiableSet());

    private static final Set<Algorithm> PUBLISHED = EnumSet.complementOf(EnumSet.of(Algorithm.HS256));

    private AccessTokenVerifierFuzz() {}

    /** By the name and form that fuzzers of libFuzzer's kind look for. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        String text = new String(input, 1, input.length - 1, StandardCharsets.UTF_8);
        char kind = (char) input[0];
        switch (kind) {
            case 'T' -> verifyText(text);
            case 'O', 'P', 'C' -> verifySigned(Objects.requireNonNull(TEST_ISSUERS.get(kind)), text);
            case 'K' -> readKeys(text);
            default -> verifyText(new String(input, StandardCharsets.ISO_8859_1));
        }
    }

    private static void verifyText(String text) {
        VerificationResult result = VERIFIER.verify(text);
        assertEquals(GOOD.contains(text), result instanceof Accepted, text);
        assertEquals(result, VERIFIER.verify(text), "the same again, remembered or not");
    }

    /** What is accepted says what it has to, as another reader of JSON understands it. */
    private static void verifySigned(TestIssuer testIssuer, String text) {
        int line = text.indexOf('\n');
        String header = line < 0 ? TestIssuer.json(testIssuer.header()) : text.substring(0, line);
        String payload = text.substring(line + 1);
        String token = testIssuer.signed(header, payload);
        switch (VERIFIER.verify(token)) {
            case Refused refused -> {}
            case Accepted(VerifiedToken accepted) -> {
                Map<String, Object> members = read(header);
                assertEquals("HS256", members.get("alg"));
                assertTrue(Set.of("alg", "typ").containsAll(members.keySet()), header);
                Map<String, Object> claims = read(payload);
                String name = accepted.origin().name();
                Object user = name.equals("cache")
                        ? claims.getOrDefault(
                                "user.id", claims.get("user") instanceof Map<?, ?> in ? in.get("id") : null)
                        : claims.get("sub");
                assertEquals(accepted.userId(), user);
                assertFalse(accepted.userId().isEmpty());
                assertTrue(accepted.expiresAt().isAfter(TestIssuer.NOW.minusSeconds(6)));
                assertTrue(accepted.issuedAt().isBefore(TestIssuer.NOW.plusSeconds(6)));
                assertTrue(((Number) Objects.requireNonNull(claims.get("exp"))).longValue()
                        >= accepted.expiresAt().getEpochSecond());
                assertEquals(
                        Instant.ofEpochSecond(((Number) Objects.requireNonNull(claims.get("iat"))).longValue()),
                        accepted.issuedAt());
                String issuer = switch (testIssuer.name().charAt(0)) {
                    case 'o' -> TestTokenConfig.ORIGIN;
                    case 'p' -> "https://partner.example.com";
                    default -> null;
                };
                assertEquals(issuer, claims.get("iss"));
                // With a shared secret ours need no audience: the secret itself is one.
                assertTrue((testIssuer.name().charAt(0) == 'o' && !claims.containsKey("aud"))
                        || Objects.equals(issuer, claims.get("aud"))
                        || (claims.get("aud") instanceof List<?> several && several.contains(issuer)));
            }
        }
    }

    private static void readKeys(String text) {
        List<VerificationKey> keys;
        try {
            keys = JwksParser.read(text, PUBLISHED);
        } catch (JoseException noKeySet) {
            return;
        }
        for (VerificationKey key : keys) {
            assertTrue(PUBLISHED.contains(key.algorithm()));
            assertFalse(Signatures.isBy(key, new byte[8], new byte[64]));
        }
    }

    private static Map<String, Object> read(String json) {
        try {
            return JsonUtil.parseJson(json);
        } catch (JoseException unreadable) {
            throw new AssertionError("two readers of JSON do not agree about " + json, unreadable);
        }
    }

    private static Map<Character, TestIssuer> testIssuers() {
        Map<String, TestIssuer> all =
                TestIssuer.all().stream().collect(Collectors.toMap(TestIssuer::name, testIssuer -> testIssuer));
        return Map.of(
                'O', Objects.requireNonNull(all.get("ours HS256")),
                'P', Objects.requireNonNull(all.get("partner HS256")),
                'C', Objects.requireNonNull(all.get("cache HS256")));
    }
}
