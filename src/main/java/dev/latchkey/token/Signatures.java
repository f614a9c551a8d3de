package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys.SigningKey;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.platform.crypto.Ed25519;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.ECPoint;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.custom.sec.SecP256R1Curve;
import org.jose4j.jca.ProviderContext;
import org.jose4j.jwa.AlgorithmFactoryFactory;
import org.jose4j.jws.JsonWebSignatureAlgorithm;
import org.jose4j.lang.InvalidKeyException;
import org.jose4j.lang.JoseException;

/** Makes and verifies signatures by the one algorithm that the key is bound to. */
final class Signatures {

    private static final ProviderContext PLATFORM = new ProviderContext();

    // By its class, not by its name, which would take some forty other curves into the executable.
    private static final ECCurve P256 = new SecP256R1Curve();

    private Signatures() {}

    static byte[] sign(SigningKey key, byte[] bytes) {
        if (key.algorithm() == Algorithm.EDDSA) {
            return Ed25519.sign((EdECPrivateKey) key.key(), bytes);
        }
        try {
            JsonWebSignatureAlgorithm algorithm = algorithm(key.algorithm());
            algorithm.validateSigningKey(key.key());
            return algorithm.sign(algorithm.prepareForSign(key.key(), PLATFORM), bytes);
        } catch (JoseException unusable) {
            throw new IllegalStateException("key " + key + " cannot sign", unusable);
        }
    }

    static boolean isBy(VerificationKey key, byte[] signed, byte[] signature) {
        try {
            return key.algorithm() == Algorithm.EDDSA
                    ? Ed25519.verify((PublicKey) key.key(), signed, signature)
                    : algorithm(key.algorithm()).verifySignature(signature, key.key(), signed, PLATFORM);
        } catch (JoseException | IllegalArgumentException impossible) {
            // Security: a signature that cannot be computed with is not a good one.
            return false;
        }
    }

    /** Checks a key; throws if it is too short, of another kind, or no valid point on its curve. */
    static void check(VerificationKey key) throws JoseException {
        if (key.algorithm() == Algorithm.EDDSA) {
            if (!Ed25519.isValid((PublicKey) key.key())) {
                throw new InvalidKeyException("no public key of Ed25519");
            }
            return;
        }
        algorithm(key.algorithm()).validateVerificationKey(key.key());
        if (key.key() instanceof ECPublicKey curved) {
            // The platform takes any two coordinates; Bouncy Castle throws for a point beside the curve.
            ECPoint point = curved.getW();
            var unused = P256.validatePoint(point.getAffineX(), point.getAffineY());
        }
    }

    private static JsonWebSignatureAlgorithm algorithm(Algorithm algorithm) throws JoseException {
        return AlgorithmFactoryFactory.getInstance().getJwsAlgorithmFactory().getAlgorithm(algorithm.jose());
    }
}
