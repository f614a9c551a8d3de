package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.KeyId;
import dev.latchkey.key.SigningKeys.VerificationKey;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the keys that another issuer publishes (RFC 7517); those that must not be used are left out.
 *
 * <p>jose4j reads each key; which of them may be used, and for which algorithm, jose4j leaves to its caller.
 */
final class JwksParser {

    /** The maximum number of keys in a set: no issuer uses as many at once, and each costs a comparison per token. */
    private static final int MAX_KEYS = 100;

    /** RFC 8037 section 2: 32 bytes in base64url; the library takes fewer for leading zeros. */
    private static final int ED25519_CHARACTERS = 43;

    private static final BigInteger SMALLEST_EXPONENT = BigInteger.valueOf(3);
    private static final BigInteger F4 = BigInteger.valueOf(65_537);
    /**
     * The primes by which RSA keys of a broken generator are recognised (CVE-2017-15361).
     *
     * <p>Kept because such a private key can be computed from the public one, and Wycheproof's key sets have one.
     */
    private static final int[] ROCA_PRIMES = {
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
        113, 127, 131, 137, 139, 149, 151, 157, 163, 167
    };

    private JwksParser() {}

    /**
     * Returns the usable keys of a set, each bound to one of the algorithms that are allowed.
     *
     * @throws JoseException if the text is no key set
     */
    static List<VerificationKey> read(String json, Set<Algorithm> allowed) throws JoseException {
        if (!(JsonUtil.parseJson(json).get("keys") instanceof List<?> members) || members.size() > MAX_KEYS) {
            throw new JoseException("no JSON Web Key Set of at most " + MAX_KEYS + " keys");
        }
        List<VerificationKey> found = new ArrayList<>();
        Set<@Nullable KeyId> seen = new HashSet<>();
        Set<@Nullable KeyId> ambiguous = new HashSet<>();
        for (Object member : members) {
            KeyId id = id(member);
            if (!seen.add(id)) {
                ambiguous.add(id);
            }
            usable(member, id, allowed).ifPresent(found::add);
        }
        // Security: with two keys of one id it cannot be told which of them is meant.
        found.removeIf(key -> ambiguous.contains(key.id()));
        return List.copyOf(found);
    }

    private static @Nullable KeyId id(Object member) {
        return member instanceof Map<?, ?> jwk && jwk.get("kid") instanceof String id ? new KeyId(id) : null;
    }

    private static Optional<VerificationKey> usable(Object member, @Nullable KeyId id, Set<Algorithm> allowed) {
        if (!(member instanceof Map<?, ?> jwk) || !isForSignatures(jwk)) {
            return Optional.empty();
        }
        try {
            Map<String, Object> parameters = new HashMap<>();
            jwk.forEach((name, value) -> parameters.put((String) name, value));
            JsonWebKey key = JsonWebKey.Factory.newJwk(parameters);
            // Security: a symmetric key is never published; who reads one here could sign with it.
            if (!(key instanceof PublicJsonWebKey publicKey)) {
                return Optional.empty();
            }
            Optional<Algorithm> algorithm = algorithm(publicKey, allowed);
            if (algorithm.isEmpty()
                    || (algorithm.get() == Algorithm.EDDSA && !isOfLength(ED25519_CHARACTERS, jwk.get("x")))) {
                return Optional.empty();
            }
            VerificationKey usable = new VerificationKey(id, algorithm.get(), publicKey.getPublicKey());
            Signatures.check(usable);
            return Optional.of(usable);
        } catch (JoseException | RuntimeException unusable) {
            // Another issuer's key can be wrong in any number of ways: whatever it is, this key is not used.
            return Optional.empty();
        }
    }

    private static boolean isOfLength(int length, @Nullable Object value) {
        return value instanceof String text && text.length() == length;
    }

    private static boolean isForSignatures(Map<?, ?> jwk) {
        return (!jwk.containsKey("use") || "sig".equals(jwk.get("use")))
                && (!jwk.containsKey("key_ops")
                        || (jwk.get("key_ops") instanceof List<?> uses && uses.contains("verify")));
    }

    /** The one algorithm that a key is for: the one that it names, else the first allowed one of its kind. */
    private static Optional<Algorithm> algorithm(PublicJsonWebKey key, Set<Algorithm> allowed) {
        List<String> fitting = switch (key) {
            case OctetKeyPairJsonWebKey pair when "Ed25519".equals(pair.getSubtype()) -> List.of("EdDSA");
            case EllipticCurveJsonWebKey curve
            when EllipticCurves.P_256.equals(curve.getCurveName()) -> List.of("ES256");
            case RsaJsonWebKey rsa when isSafe(rsa) -> List.of("RS256", "PS256");
            default -> List.of();
        };
        String named = key.getAlgorithm();
        return fitting.stream()
                .filter(name -> named == null || named.equals(name))
                .flatMap(name -> Algorithm.named(name).stream())
                .filter(allowed::contains)
                .findFirst();
    }

    /** Returns whether an RSA key is free of known weaknesses; its length is checked with that of every other kind (RFC 7518 section 3.3: 2048 bits). */
    private static boolean isSafe(RsaJsonWebKey key) {
        BigInteger exponent = key.getRsaPublicKey().getPublicExponent();
        return exponent.compareTo(SMALLEST_EXPONENT) >= 0
                && exponent.testBit(0)
                && !hasRocaFingerprint(key.getRsaPublicKey().getModulus());
    }

    /** Moduli of that generator are powers of 65537 modulo each of these primes; by chance one in 2^27 is. */
    private static boolean hasRocaFingerprint(BigInteger modulus) {
        for (int prime : ROCA_PRIMES) {
            int rest = modulus.mod(BigInteger.valueOf(prime)).intValue();
            int step = F4.mod(BigInteger.valueOf(prime)).intValue();
            int power = 1;
            boolean isPower = false;
            do {
                isPower |= power == rest;
                power = power * step % prime;
            } while (power != 1);
            if (!isPower) {
                return false;
            }
        }
        return true;
    }
}
