package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys.VerificationKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPoint;
import java.util.Arrays;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jose4j.jca.ProviderContext;
import org.jose4j.jwa.AlgorithmFactoryFactory;
import org.jose4j.jws.JsonWebSignatureAlgorithm;
import org.jose4j.lang.InvalidKeyException;
import org.jose4j.lang.JoseException;

/** Verifies signatures by the one algorithm that the key is bound to. */
final class Signatures {

    private static final ProviderContext PLATFORM = new ProviderContext();

    private Signatures() {}

    static boolean isBy(VerificationKey key, byte[] signed, byte[] signature) {
        try {
            return key.algorithm() == Algorithm.EDDSA
                    ? ed25519(key, signed, signature)
                    : algorithm(key).verifySignature(signature, key.key(), signed, PLATFORM);
        } catch (JoseException | IllegalArgumentException impossible) {
            // Security: a signature that cannot be computed with is not a good one.
            return false;
        }
    }

    /** Checks a key; throws if it is too short, of another kind, or no valid point on its curve. */
    static void check(VerificationKey key) throws JoseException {
        if (key.algorithm() == Algorithm.EDDSA) {
            if (!Ed25519.validatePublicKeyFull(point(key), 0)) {
                throw new InvalidKeyException("no public key of Ed25519");
            }
            return;
        }
        algorithm(key).validateVerificationKey(key.key());
        if (key.key() instanceof ECPublicKey curved) {
            // The platform takes any two coordinates; Bouncy Castle throws for a point beside the curve.
            ECPoint point = curved.getW();
            var unused = CustomNamedCurves.getByName("secp256r1")
                    .getCurve()
                    .validatePoint(point.getAffineX(), point.getAffineY());
        }
    }

    private static JsonWebSignatureAlgorithm algorithm(VerificationKey key) throws JoseException {
        return AlgorithmFactoryFactory.getInstance()
                .getJwsAlgorithmFactory()
                .getAlgorithm(key.algorithm().jose());
    }

    private static byte[] point(VerificationKey key) {
        // X.509 puts a prefix before the key itself.
        byte[] encoded = key.key().getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - Ed25519.PUBLIC_KEY_SIZE, encoded.length);
    }

    /** Bouncy Castle's: several times as fast as the platform's, and as strict (RFC 8032 section 5.1.7). */
    private static boolean ed25519(VerificationKey key, byte[] signed, byte[] signature) {
        if (signature.length != Ed25519.SIGNATURE_SIZE) {
            return false;
        }
        return new Ed25519PublicKeyParameters(point(key))
                .verify(Ed25519.Algorithm.Ed25519, null, signed, 0, signed.length, signature, 0);
    }
}
