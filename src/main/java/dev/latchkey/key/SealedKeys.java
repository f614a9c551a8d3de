package dev.latchkey.key;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;

/** Key pairs as rows: makes new ones of one algorithm, and reads those that there are. */
final class SealedKeys {

    private static final Logger LOG = Logger.getLogger(SealedKeys.class);

    private final KeySeal seal;
    private final Algorithm algorithm;

    SealedKeys(KeySeal seal, Algorithm algorithm) {
        this.seal = seal;
        this.algorithm = algorithm;
    }

    SigningKeyEntity create() throws GeneralSecurityException, JoseException {
        KeyPair pair = algorithm.newPair();
        PublicJsonWebKey jwk = PublicJsonWebKey.Factory.newPublicJwk(pair.getPublic());
        KeyId id = new KeyId(jwk.calculateBase64urlEncodedThumbprint("SHA-256"));
        jwk.setKeyId(id.value());
        jwk.setAlgorithm(algorithm.jose());
        jwk.setUse("sig");
        SigningKeyEntity row = new SigningKeyEntity();
        row.id = id.value();
        row.algorithm = algorithm.jose();
        row.publicJwk = jwk.toJson(OutputControlLevel.PUBLIC_ONLY);
        row.privateSealed = seal.seal(id, pair.getPrivate().getEncoded());
        return row;
    }

    /** All of them verify; the newest of our algorithm signs. */
    Keyring keyring(List<SigningKeyEntity> newestFirst) throws GeneralSecurityException, JoseException {
        List<VerificationKey> verifying = new ArrayList<>();
        List<Map<String, Object>> published = new ArrayList<>();
        for (SigningKeyEntity row : newestFirst) {
            PublicJsonWebKey jwk = PublicJsonWebKey.Factory.newPublicJwk(row.publicJwk);
            PublicKey key = jwk.getPublicKey();
            Algorithm bound = Algorithm.named(row.algorithm).orElseThrow();
            verifying.add(new VerificationKey(new KeyId(row.id), bound, key));
            published.add(jwk.toParams(OutputControlLevel.PUBLIC_ONLY));
        }
        SigningKeyEntity newest =
                newestFirst.stream().filter(this::canSign).findFirst().orElseThrow();
        return new Keyring(signing(newest).orElse(null), List.copyOf(verifying), List.copyOf(published));
    }

    boolean canSign(SigningKeyEntity row) {
        return row.algorithm.equals(algorithm.jose());
    }

    private Optional<SigningKey> signing(SigningKeyEntity row) throws GeneralSecurityException {
        KeyId id = new KeyId(row.id);
        Optional<byte[]> plain = seal.open(id, row.privateSealed);
        if (plain.isEmpty()) {
            LOG.errorf("signing key %s cannot be opened: LATCHKEY_SECRET is not the one that sealed it", id);
            return Optional.empty();
        }
        PrivateKey key =
                KeyFactory.getInstance(algorithm.keyType()).generatePrivate(new PKCS8EncodedKeySpec(plain.get()));
        return Optional.of(new SigningKey(id, algorithm, key));
    }
}
