package dev.latchkey.key;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Optional;

/** The signature algorithms there are. A key is made for one of them and never used with another. */
public enum Algorithm {
    HS256("HS256", ""),
    EDDSA("EdDSA", "Ed25519"),
    ES256("ES256", "EC"),
    RS256("RS256", "RSA");

    /** RFC 7518 section 3.3 asks for 2048 bits at least; this lasts longer and costs only the signer. */
    private static final int RSA_BITS = 3072;

    private final String jose;
    private final String keyType;

    Algorithm(String jose, String keyType) {
        this.jose = jose;
        this.keyType = keyType;
    }

    /** The name in a token's header, compared letter by letter. */
    public String jose() {
        return jose;
    }

    public static Optional<Algorithm> named(String jose) {
        return Arrays.stream(values()).filter(one -> one.jose.equals(jose)).findFirst();
    }

    String keyType() {
        return keyType;
    }

    KeyPair newPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(keyType);
        switch (this) {
            case EDDSA -> {}
            case ES256 -> generator.initialize(new ECGenParameterSpec("secp256r1"));
            case RS256 -> generator.initialize(RSA_BITS);
            case HS256 -> throw new IllegalStateException("a shared secret is configured, not generated");
        }
        return generator.generateKeyPair();
    }
}
