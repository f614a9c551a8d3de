package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.KeyId;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.key.TestKeys;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What other issuers publish is read with suspicion: a key that must not be used is not there. */
class JwksParserTest {

    private static final Set<Algorithm> ALL = EnumSet.complementOf(EnumSet.of(Algorithm.HS256));
    private static final Map<String, Object> ED25519 = jwk(Algorithm.EDDSA);
    private static final Map<String, Object> P256 = jwk(Algorithm.ES256);
    private static final Map<String, Object> RSA = jwk(Algorithm.RS256);

    @ParameterizedTest
    @EnumSource(names = {"EDDSA", "ES256", "RS256"})
    void parsesKeyOfEachKind(Algorithm algorithm) throws Exception {
        Map<String, Object> jwk = jwk(algorithm);
        List<VerificationKey> keys = read(jwk);
        assertEquals(1, keys.size());
        assertEquals(algorithm, keys.getFirst().algorithm());
        assertEquals(
                new KeyId((String) Objects.requireNonNull(jwk.get("kid"))),
                keys.getFirst().id());
    }

    // As Better Auth writes them: no "use".
    @Test
    void parsesKeyWithoutUse() throws Exception {
        assertEquals(1, read(without(ED25519, "use")).size());
        assertEquals(1, read(without(without(ED25519, "use"), "alg")).size());
        assertEquals(
                1,
                read(with(without(ED25519, "use"), "key_ops", List.of("verify")))
                        .size());
    }

    // Security: each key is for one algorithm, or a signature of one could pass for the other's.
    @Test
    void bindsRsaKeyToItsAlgorithm() throws Exception {
        assertEquals(Algorithm.RS256, read(without(RSA, "alg")).getFirst().algorithm());
        assertEquals(List.of(), JwksParser.read(set(RSA), EnumSet.of(Algorithm.EDDSA)));
        assertEquals(List.of(), read(with(RSA, "alg", "RS384")));
        assertEquals(List.of(), read(with(RSA, "alg", "RSA-OAEP")));
        assertEquals(List.of(), read(with(RSA, "alg", "HS256")));
        assertEquals(List.of(), read(with(RSA, "alg", "none")));
    }

    @Test
    void ignoresKeysForOtherUses() throws Exception {
        for (Map<String, Object> key : List.of(ED25519, P256, RSA)) {
            assertEquals(List.of(), read(with(key, "use", "enc")));
            assertEquals(List.of(), read(with(key, "use", List.of("sig"))));
            assertEquals(List.of(), read(with(key, "key_ops", List.of("encrypt"))));
            assertEquals(List.of(), read(with(key, "key_ops", "verify")));
        }
    }

    @Test
    void ignoresSymmetricKeys() throws Exception {
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);
        Map<String, Object> symmetric = Map.of("kty", "oct", "k", secret, "alg", "HS256", "kid", "shared");
        assertEquals(List.of(), JwksParser.read(set(symmetric), EnumSet.allOf(Algorithm.class)));
        assertEquals(1, read(symmetric, ED25519).size());
    }

    // With two keys of one name it is ambiguous which of them is meant; nor with two that have none.
    @Test
    void ignoresKeysWithDuplicateId() throws Exception {
        assertEquals(List.of(), read(with(ED25519, "kid", "one"), with(P256, "kid", "one")));
        assertEquals(
                List.of("two"),
                read(with(ED25519, "kid", "one"), with(P256, "kid", "one"), with(RSA, "kid", "two")).stream()
                        .map(key -> Objects.requireNonNull(key.id()).value())
                        .toList());
        assertEquals(List.of(), read(without(ED25519, "kid"), without(P256, "kid")));
        // Also when only one of them could be used.
        assertEquals(List.of(), read(with(ED25519, "kid", "one"), with(with(P256, "kid", "one"), "use", "enc")));
    }

    @Test
    void ignoresWeakRsaKeys() throws Exception {
        assertEquals(1, read(rsa(2048, RSAKeyGenParameterSpec.F4)).size());
        assertEquals(List.of(), read(rsa(1024, RSAKeyGenParameterSpec.F4)));
        assertEquals(List.of(), read(with(RSA, "e", "AQ")));
        assertEquals(List.of(), read(with(RSA, "e", "Ag")));
        assertEquals(List.of(), read(with(RSA, "e", "")));
        // Each prime of the test divides this modulus into a power of 65537, as CVE-2017-15361 does.
        BigInteger primorial = IntStream.rangeClosed(2, 167)
                .mapToObj(BigInteger::valueOf)
                .filter(number -> number.isProbablePrime(50))
                .reduce(BigInteger.ONE, BigInteger::multiply);
        BigInteger betraying = BigInteger.valueOf(65_537).add(primorial.multiply(BigInteger.ONE.shiftLeft(2000)));
        assertEquals(List.of(), read(with(RSA, "n", unsigned(betraying))));
        assertEquals(
                1,
                read(with(RSA, "n", unsigned(betraying.add(BigInteger.TWO)))).size(),
                "the neighbour has no such mark");
    }

    @Test
    void ignoresKeysOfOtherCurves() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp384r1"));
        assertEquals(List.of(), read(jwk(generator.generateKeyPair().getPublic())));
        assertEquals(
                List.of(),
                read(jwk(KeyPairGenerator.getInstance("Ed448").generateKeyPair().getPublic())));
        assertEquals(
                List.of(),
                read(jwk(
                        KeyPairGenerator.getInstance("X25519").generateKeyPair().getPublic())));
        assertEquals(List.of(), read(with(P256, "crv", "P-384")));
        assertEquals(List.of(), read(with(P256, "x", Objects.requireNonNull(P256.get("y")))));
        assertEquals(List.of(), read(with(ED25519, "crv", "P-256")));
        assertEquals(List.of(), read(with(ED25519, "x", "AAAA")));
    }

    // One bad key spoils nothing for the others.
    // Security: the platform takes any two coordinates, also of a point on a weaker curve.
    @Test
    void ignoresKeysThatAreNoPointOfTheirCurve() throws Exception {
        BigInteger p = ((ECFieldFp) EllipticCurves.P256.getCurve().getField()).getP();
        BigInteger x = coordinate("x");
        BigInteger y = coordinate("y");
        assertEquals(1, read(point(x, y)).size());
        assertEquals(1, read(point(x, p.subtract(y))).size(), "the other point with this x");
        for (BigInteger wrong : List.of(
                BigInteger.ZERO, BigInteger.ONE, x, y.add(BigInteger.ONE), y.subtract(BigInteger.ONE), p, y.add(p))) {
            assertEquals(List.of(), read(point(x, wrong)), wrong::toString);
        }
        assertEquals(List.of(), read(point(y, x)));
        assertEquals(List.of(), read(point(x.add(p), y)));
        assertEquals(List.of(), read(point(BigInteger.ZERO, BigInteger.ZERO)));
    }

    private static BigInteger coordinate(String name) {
        return new BigInteger(1, Base64.getUrlDecoder().decode((String) Objects.requireNonNull(P256.get(name))));
    }

    private static Map<String, Object> point(BigInteger x, BigInteger y) {
        return with(with(P256, "x", base64(x)), "y", base64(y));
    }

    private static String base64(BigInteger value) {
        byte[] bytes = value.toByteArray();
        byte[] padded = new byte[Math.max(32, bytes.length)];
        System.arraycopy(bytes, 0, padded, padded.length - bytes.length, bytes.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(padded);
    }

    @Test
    void parsesValidKeysBesideInvalidOnes() throws Exception {
        assertEquals(
                1,
                read(Map.of("kty", "EC"), Map.of(), Map.of("kty", 7), ED25519).size());
        assertEquals(
                1,
                JwksParser.read("{\"keys\":[null,[],\"x\",3," + JsonUtil.toJson(ED25519) + "]}", ALL)
                        .size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"keys\":{}}",
                "{\"keys\":null}",
                "<html>",
                "{\"keys\":[]",
                "{\"keys\":[],\"keys\":[]}"
            })
    void refusesWhatIsNoKeySet(String text) {
        assertThrows(JoseException.class, () -> JwksParser.read(text, ALL));
    }

    @Test
    void refusesTooManyKeys() {
        assertThrows(
                JoseException.class,
                () -> JwksParser.read(
                        JsonUtil.toJson(Map.of(
                                "keys",
                                IntStream.range(0, 101)
                                        .mapToObj(i -> with(ED25519, "kid", "key" + i))
                                        .toList())),
                        ALL));
    }

    @SafeVarargs
    private static List<VerificationKey> read(Map<String, Object>... keys) throws JoseException {
        return JwksParser.read(set(keys), ALL);
    }

    @SafeVarargs
    private static String set(Map<String, Object>... keys) {
        return JsonUtil.toJson(Map.of("keys", List.of(keys)));
    }

    private static Map<String, Object> jwk(Algorithm algorithm) {
        return TestKeys.pairs(algorithm).published().getFirst();
    }

    private static Map<String, Object> jwk(PublicKey key) throws JoseException {
        PublicJsonWebKey jwk = PublicJsonWebKey.Factory.newPublicJwk(key);
        jwk.setKeyId("other");
        return jwk.toParams(org.jose4j.jwk.JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
    }

    private static Map<String, Object> rsa(int bits, BigInteger exponent) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(new RSAKeyGenParameterSpec(bits, exponent));
        return jwk(generator.generateKeyPair().getPublic());
    }

    private static Map<String, Object> with(Map<String, Object> jwk, String name, Object value) {
        Map<String, Object> changed = new HashMap<>(jwk);
        changed.put(name, value);
        return changed;
    }

    private static Map<String, Object> without(Map<String, Object> jwk, String name) {
        Map<String, Object> changed = new HashMap<>(jwk);
        changed.remove(name);
        return changed;
    }

    private static String unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int from = bytes[0] == 0 ? 1 : 0;
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(java.util.Arrays.copyOfRange(bytes, from, bytes.length));
    }
}
