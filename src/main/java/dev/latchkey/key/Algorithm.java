package dev.latchkey.key;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Optional;
import org.jose4j.keys.EllipticCurves;

/** The signature algorithms. A key is made for one of them and never used with another. */
public enum Algorithm {
    HS256("HS256", ""),
    EDDSA("EdDSA", "Ed25519"),
    ES256("ES256", "EC"),
    RS256("RS256", "RSA"),
    /** Its keys are plain RSA keys, as a JWK's are; the padding is the signature's. */
    PS256("PS256", "RSA");

    /** RFC 7518 section 3.3 asks for 2048 bits at least; this lasts longer and costs only the signer. */
    private static final int RSA_BITS = 3072;

    private static final int LEAST_RSA_BITS = 2048;

    private final String jose;
    private final String keyType;

    Algorithm(String jose, String keyType) {
        this.jose = jose;
        this.keyType = keyType;
    }

    /** Returns the name in a token's header, compared character by character. */
    public String jose() {
        return jose;
    }

    public static Optional<Algorithm> named(String jose) {
        return Arrays.stream(values()).filter(one -> one.jose.equals(jose)).findFirst();
    }

    /** Returns an algorithm of key pairs by its name. */
    static Optional<Algorithm> ofKeyPair(String jose) {
        return named(jose).filter(algorithm -> algorithm != HS256);
    }

    String keyType() {
        return keyType;
    }

    /** Returns the platform's name of a signature by which the halves of a pair can be compared. */
    String signature() {
        return switch (this) {
            case ES256 -> "SHA256withECDSA";
            case RS256, PS256 -> "SHA256withRSA";
            case EDDSA, HS256 -> throw new IllegalStateException("is compared otherwise, or has no public half");
        };
    }

    /** Returns whether a key is of this algorithm's kind and strong enough for it (RFC 7518 sections 3.3 to 3.5). */
    boolean accepts(Key key) {
        return switch (this) {
            case HS256 -> false;
            case EDDSA -> key instanceof EdECKey ed && ed.getParams().getName().equals("Ed25519");
            case ES256 ->
                key instanceof ECKey ec
                        && ec.getParams().getCurve().equals(EllipticCurves.P256.getCurve())
                        && ec.getParams().getGenerator().equals(EllipticCurves.P256.getGenerator());
            case RS256, PS256 -> key instanceof RSAKey rsa && rsa.getModulus().bitLength() >= LEAST_RSA_BITS;
        };
    }

    KeyPair newPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(keyType);
        switch (this) {
            case EDDSA -> {}
            case ES256 -> generator.initialize(new ECGenParameterSpec("secp256r1"));
            case RS256, PS256 -> generator.initialize(RSA_BITS);
            case HS256 -> throw new IllegalStateException("a shared secret is configured, not generated");
        }
        return generator.generateKeyPair();
    }
}
