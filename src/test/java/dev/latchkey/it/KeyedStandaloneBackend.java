package dev.latchkey.it;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys.SigningKey;
import dev.latchkey.key.StolenKey;
import dev.latchkey.token.RawTokens;
import java.math.BigInteger;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What has to hold beside for a stand-alone backend that verifies by the keys that the service publishes. */
abstract class KeyedStandaloneBackend extends StandaloneBackend {

    private StolenKey stolen;

    KeyedStandaloneBackend(String algorithm) {
        super(Map.of("LATCHKEY_KEY_ALGORITHM", algorithm), Map.of());
    }

    @BeforeAll
    final void steal() {
        stolen = StolenKey.of(database());
    }

    @Override
    final SigningKey genuine() {
        return stolen.key();
    }

    @Test
    void refusesTokenWithoutKeyId() {
        refuses("no key is named", RawTokens.sign(genuine(), headerWithout("kid"), JsonUtil.toJson(claims())));
    }

    /** The public key is known to everybody, so that it must not do as a secret. */
    @Test
    void refusesTokenSignedWithPublicKeyAsSecret() throws Exception {
        byte[] der = PublicJsonWebKey.Factory.newPublicJwk(stolen.jwk())
                .getPublicKey()
                .getEncoded();
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        String pem = "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----";
        String x = stolen.member(genuine().key().getAlgorithm().equals("RSA") ? "n" : "x");
        Map<String, byte[]> secrets = new LinkedHashMap<>();
        secrets.put("PEM", utf8(pem));
        secrets.put("PEM with a line break", utf8(pem + "\n"));
        secrets.put("DER", der);
        secrets.put("DER as text", utf8(base64));
        secrets.put("x", Base64.getUrlDecoder().decode(x));
        secrets.put("x as text", utf8(x));
        secrets.put("x as a number", new BigInteger(1, Base64.getUrlDecoder().decode(x)).toByteArray());
        secrets.put("JWK", utf8(stolen.jwk()));
        secrets.put("the name of the key", utf8(stolen.member("kid")));
        secrets.put("almost nothing", new byte[] {0});
        String payload = JsonUtil.toJson(claims());
        secrets.forEach((name, secret) -> {
            refuses(name, RawTokens.hmac(secret, header(Map.of("alg", "HS256")), payload));
            refuses(name, RawTokens.hmac(secret, "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", payload));
            // The algorithm of the key, and the signature of a secret.
            refuses(name, RawTokens.hmac(secret, header(Map.of()), payload));
        });
        adaHasHerTaskAlone();
    }

    /** FR-016: each key is bound to one algorithm; those of RSA could do for two. */
    final void refusesTheOther(Algorithm other) {
        SigningKey key = new SigningKey(genuine().id(), other, genuine().key());
        refuses(other.jose(), signed(key, JsonUtil.toJson(claims())));
    }
}
