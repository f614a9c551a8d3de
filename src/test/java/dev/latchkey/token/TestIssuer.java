package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.SigningKeys.SigningKey;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.key.TestKeys;
import dev.latchkey.revocation.TestRevocations;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Somebody whose tokens a verifier accepts, each member of them as JSON text, so that any one can be spoiled.
 *
 * @param mayLack the members without which a token is as good
 * @param untyped the claims whose type nobody looks at, since they are unknown or taken for absent
 */
record TestIssuer(
        String name,
        SigningKey key,
        Map<String, String> header,
        Map<String, String> claims,
        Set<String> mayLack,
        Set<String> untyped,
        AccessTokenVerifier verifier) {

    static final Instant NOW = TestVerifiers.NOW;

    private static final long SECOND = NOW.getEpochSecond();
    private static final String SHOP = "https://shop.example.com";
    private static final String PARTNER = "https://partner.example.com";

    /** Us, with each algorithm, and other issuers, by their keys and by a secret. */
    static List<TestIssuer> all() {
        List<SigningKeys> shops = List.of(
                TestKeys.pairs(Algorithm.EDDSA), TestKeys.pairs(Algorithm.ES256), TestKeys.pairs(Algorithm.RS256));
        SigningKeys partner = TestKeys.shared("the secret of a partner, of many bytes as well");
        SigningKeys cache = TestKeys.shared("the secret of another service, long enough by far");
        List<TrustedIssuer> trusted = new ArrayList<>();
        for (SigningKeys shop : shops) {
            trusted.add(issuer("shop-" + shop.current().algorithm(), SHOP, "sub", null, shop));
        }
        trusted.add(issuer("partner", PARTNER, "sub", null, partner));
        trusted.add(issuer("cache", null, "user.id", "session.expiresAt", cache));

        List<TestIssuer> testIssuers = new ArrayList<>();
        List<SigningKeys> ours = List.of(
                TestKeys.shared("a shared secret of exactly 48 bytes, for HS256!!"),
                TestKeys.pairs(Algorithm.EDDSA),
                TestKeys.pairs(Algorithm.ES256),
                TestKeys.pairs(Algorithm.RS256));
        for (SigningKeys keys : ours) {
            testIssuers.add(new TestIssuer(
                    "ours " + keys.current().algorithm(),
                    keys.current(),
                    header(keys.current(), "at+jwt"),
                    ourClaims(),
                    optionalClaims(keys.current().algorithm()),
                    Set.of(),
                    verifier(keys, trusted)));
        }
        AccessTokenVerifier verifier = testIssuers.getLast().verifier();
        for (SigningKeys shop : shops) {
            testIssuers.add(new TestIssuer(
                    "shop " + shop.current().algorithm(),
                    shop.current(),
                    header(shop.current(), "JWT"),
                    theirClaims(SHOP),
                    // The one key of its algorithm needs no name.
                    Set.of("typ", "kid", "email", "groups", "nbf", "name", "user_id"),
                    Set.of("email", "groups", "name"),
                    verifier));
        }
        testIssuers.add(new TestIssuer(
                "partner HS256",
                partner.current(),
                header(partner.current(), "JWT"),
                theirClaims(PARTNER),
                Set.of("typ", "email", "groups", "nbf", "name", "user_id"),
                Set.of("email", "groups", "name"),
                verifier));
        testIssuers.add(new TestIssuer(
                "cache HS256",
                cache.current(),
                header(cache.current(), null),
                cachedClaims(),
                Set.of("updatedAt", "version"),
                Set.of("updatedAt", "version"),
                verifier));
        return Collections.unmodifiableList(testIssuers);
    }

    /** A token that nothing is wrong with, and that is no other one's equal. */
    String good(int number) {
        Map<String, String> numbered = new LinkedHashMap<>(claims);
        numbered.put(claims.containsKey("jti") ? "jti" : "number", "\"" + number + "\"");
        return signed(json(header), json(numbered));
    }

    String signed(String header, String payload) {
        return RawTokens.sign(key, header, payload);
    }

    static String json(Map<String, String> members) {
        return members.entrySet().stream()
                .map(member -> "\"" + member.getKey() + "\":" + member.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    @Override
    public String toString() {
        return name;
    }

    private static Map<String, String> header(SigningKey key, @Nullable String type) {
        Map<String, String> header = new LinkedHashMap<>();
        header.put("alg", "\"" + key.algorithm().jose() + "\"");
        if (type != null) {
            header.put("typ", "\"" + type + "\"");
        }
        if (key.id() != null) {
            header.put("kid", "\"" + key.id().value() + "\"");
        }
        return header;
    }

    private static Set<String> optionalClaims(Algorithm algorithm) {
        Set<String> names = new HashSet<>(Set.of(
                "email",
                "email_verified",
                "groups",
                "nbf",
                "auth_time",
                "amr",
                "session_refreshed",
                "session_idle_end",
                "session_end"));
        if (algorithm == Algorithm.HS256) {
            // The shared secret is the audience.
            names.add("aud");
        }
        return names;
    }

    private static Map<String, String> ourClaims() {
        Map<String, String> claims = times();
        claims.put("iss", "\"" + TestTokenConfig.ORIGIN + "\"");
        claims.put("aud", "\"" + TestTokenConfig.ORIGIN + "\"");
        claims.put("sub", "\"user-1\"");
        claims.put("user_id", "\"user-1\"");
        claims.put("email", "\"ada@example.com\"");
        claims.put("groups", "[\"user\"]");
        claims.put("nbf", "" + SECOND);
        claims.put("jti", "\"token-1\"");
        claims.put("sid", "\"session-1\"");
        claims.put("email_verified", "true");
        claims.put("auth_time", "" + SECOND);
        claims.put("amr", "[\"pwd\"]");
        claims.put("session_refreshed", "" + SECOND);
        claims.put("session_idle_end", "" + (SECOND + 86_400));
        claims.put("session_end", "" + (SECOND + 86_400));
        return claims;
    }

    private static Map<String, String> theirClaims(String issuer) {
        Map<String, String> claims = times();
        claims.put("iss", "\"" + issuer + "\"");
        claims.put("aud", "\"" + issuer + "\"");
        claims.put("sub", "\"user-7\"");
        claims.put("user_id", "\"user-7\"");
        claims.put("email", "\"ada@example.com\"");
        claims.put("groups", "[]");
        claims.put("nbf", "" + SECOND);
        claims.put("name", "\"Ada\"");
        return claims;
    }

    private static Map<String, String> cachedClaims() {
        Map<String, String> claims = times();
        claims.put("session", "{\"expiresAt\":\"" + NOW.plusSeconds(3600) + "\",\"id\":\"s\"}");
        claims.put("user", "{\"id\":\"user-7\",\"email\":\"ada@example.com\"}");
        claims.put("updatedAt", "1795156424585");
        claims.put("version", "\"1\"");
        return claims;
    }

    private static Map<String, String> times() {
        Map<String, String> claims = new LinkedHashMap<>();
        claims.put("iat", "" + SECOND);
        claims.put("exp", "" + (SECOND + 900));
        return claims;
    }

    private static AccessTokenVerifier verifier(SigningKeys keys, List<TrustedIssuer> trusted) {
        return TestVerifiers.of(
                keys, trusted, TestRevocations.none(), TestTokenConfig.usual(), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static TrustedIssuer issuer(
            String name, @Nullable String issuer, String userClaim, @Nullable String endClaim, SigningKeys keys) {
        List<VerificationKey> verifying = verifying(keys);
        return new TrustedIssuer(
                new TokenOrigin(name, false, false),
                TrustedIssuer.USUAL_TYPES,
                issuer,
                issuer,
                userClaim,
                "email",
                endClaim,
                null,
                () -> verifying);
    }

    static List<VerificationKey> verifying(SigningKeys keys) {
        SigningKey signing = keys.current();
        if (signing.algorithm() == Algorithm.HS256) {
            byte[] secret = signing.key().getEncoded();
            return List.of(new VerificationKey(null, Algorithm.HS256, new SecretKeySpec(secret, "HmacSHA256")));
        }
        return keys.candidates(
                signing.algorithm(), Objects.requireNonNull(signing.id()).value());
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
