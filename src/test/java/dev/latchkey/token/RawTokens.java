package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Writes tokens byte by byte, as an attacker would, with the platform's cryptography and no JWT library. */
public final class RawTokens {

    private RawTokens() {}

    public static String sign(SigningKey key, String header, String payload) {
        String input = part(header) + "." + part(payload);
        return input + "." + part(signature(key, input.getBytes(StandardCharsets.US_ASCII)));
    }

    public static String hmac(byte[] secret, String header, String payload) {
        String input = part(header) + "." + part(payload);
        return input + "." + part(mac("HmacSHA256", secret, input.getBytes(StandardCharsets.US_ASCII)));
    }

    static byte[] mac(String algorithm, byte[] secret, byte[] input) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret, algorithm));
            return mac.doFinal(input);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The header that our own tokens have. */
    public static String header(SigningKey key) {
        String id = key.id() == null
                ? ""
                : ",\"kid\":\"" + Objects.requireNonNull(key.id()).value() + "\"";
        return "{\"alg\":\"" + key.algorithm().jose() + "\",\"typ\":\"at+jwt\"" + id + "}";
    }

    public static String part(String text) {
        return part(text.getBytes(StandardCharsets.UTF_8));
    }

    public static String part(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    public static String text(String part) {
        return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }

    private static byte[] signature(SigningKey key, byte[] input) {
        if (key.algorithm() == Algorithm.HS256) {
            return mac("HmacSHA256", key.key().getEncoded(), input);
        }
        try {
            Signature signature = Signature.getInstance(
                    switch (key.algorithm()) {
                        case EDDSA -> "Ed25519";
                        case ES256 -> "SHA256withECDSAinP1363Format";
                        case RS256 -> "SHA256withRSA";
                        case PS256 -> "RSASSA-PSS";
                        case HS256 -> throw new AssertionError();
                    });
            if (key.algorithm() == Algorithm.PS256) {
                signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            }
            signature.initSign((PrivateKey) key.key());
            signature.update(input);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
