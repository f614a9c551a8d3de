package dev.latchkey.platform.crypto;

import static org.bouncycastle.math.ec.rfc8032.Ed25519.PUBLIC_KEY_SIZE;
import static org.bouncycastle.math.ec.rfc8032.Ed25519.SIGNATURE_SIZE;
import static org.bouncycastle.math.ec.rfc8032.Ed25519.validatePublicKeyFull;

import java.security.PublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.util.Arrays;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519.Algorithm;
import org.jspecify.annotations.Nullable;

/**
 * Signatures with Ed25519 by Bouncy Castle, as strict as the platform's (RFC 8032 section 5.1), which takes several times as
 * long to verify one and ten times as long to make one.
 */
public final class Ed25519 {

    /** Kept because each signature needs the public key too, whose computation takes almost as long as the rest. */
    private static volatile @Nullable SigningKey lastSigning;

    private Ed25519() {}

    public static byte[] sign(EdECPrivateKey key, byte[] bytes) {
        SigningKey last = lastSigning;
        if (last == null || last.key() != key) {
            last = new SigningKey(key, parameters(key));
            lastSigning = last;
        }
        byte[] signature = new byte[SIGNATURE_SIZE];
        last.parameters().sign(Algorithm.Ed25519, null, bytes, 0, bytes.length, signature, 0);
        return signature;
    }

    public static boolean verify(PublicKey key, byte[] signed, byte[] signature) {
        return signature.length == SIGNATURE_SIZE
                && new Ed25519PublicKeyParameters(point(key))
                        .verify(Algorithm.Ed25519, null, signed, 0, signed.length, signature, 0);
    }

    /** Returns whether a key is a point that signatures can be verified with. */
    public static boolean isValid(PublicKey key) {
        return validatePublicKeyFull(point(key), 0);
    }

    /** Returns whether a public key belongs to a private one. */
    public static boolean isPair(EdECPrivateKey own, PublicKey published) {
        return Arrays.equals(parameters(own).generatePublicKey().getEncoded(), point(published));
    }

    private static Ed25519PrivateKeyParameters parameters(EdECPrivateKey key) {
        return new Ed25519PrivateKeyParameters(key.getBytes().orElseThrow());
    }

    private static byte[] point(PublicKey key) {
        // X.509 puts a prefix before the key itself.
        byte[] encoded = key.getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - PUBLIC_KEY_SIZE, encoded.length);
    }

    private record SigningKey(EdECPrivateKey key, Ed25519PrivateKeyParameters parameters) {}
}
