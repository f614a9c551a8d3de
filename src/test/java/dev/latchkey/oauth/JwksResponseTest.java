package dev.latchkey.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.oauth.DiscoveryResource.JwksResponse;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** FR-011: what is published is enough to verify and not to sign. */
class JwksResponseTest {

    private static final List<String> PRIVATE = List.of("d", "p", "q", "dp", "dq", "qi", "k", "oth");

    @ParameterizedTest
    @CsvSource({"Ed25519, 'alg,crv,kid,kty,use,x'", "EC, 'alg,crv,kid,kty,use,x,y'", "RSA, 'alg,e,kid,kty,n,use'"})
    void holdsNoPrivateMember(String type, String members) throws Exception {
        PublicJsonWebKey jwk = (PublicJsonWebKey) pair(type);
        Map<String, Object> careless = jwk.toParams(OutputControlLevel.INCLUDE_PRIVATE);
        assertTrue(careless.containsKey("d"), "the private member must be there for this to prove anything");

        Map<String, Object> published =
                JwksResponse.of(List.of(careless)).keys().getFirst();

        PRIVATE.forEach(secret -> assertFalse(published.containsKey(secret), secret));
        assertEquals(members, String.join(",", published.keySet()));
        assertEquals(
                jwk.getPublicKey(),
                PublicJsonWebKey.Factory.newPublicJwk(published).getPublicKey());
    }

    @Test
    void holdsNothingOfASharedSecret() {
        Map<String, Object> secret = Map.of("kty", "oct", "k", "c2VjcmV0", "oth", List.of("x"));

        assertEquals(
                Map.of("kty", "oct"), JwksResponse.of(List.of(secret)).keys().getFirst());
    }

    @Test
    void hasStableOrder() {
        List<Map<String, Object>> keys = new ArrayList<>(Stream.of("b", "c", "a")
                .map(id -> Map.<String, Object>of("kid", id, "kty", "OKP", "x", id))
                .toList());
        String one = JwksResponse.of(keys).toString();
        Collections.reverse(keys);

        assertEquals(one, JwksResponse.of(keys).toString());
        assertEquals(
                List.of("a", "b", "c"),
                JwksResponse.of(keys).keys().stream().map(key -> key.get("kid")).toList());
    }

    private static JsonWebKey pair(String type) throws Exception {
        var pair = KeyPairGenerator.getInstance(type).generateKeyPair();
        PublicJsonWebKey jwk = PublicJsonWebKey.Factory.newPublicJwk(pair.getPublic());
        jwk.setPrivateKey(pair.getPrivate());
        jwk.setKeyId("id");
        jwk.setUse("sig");
        jwk.setAlgorithm("any");
        return jwk;
    }
}
