package dev.latchkey.key;

import dev.latchkey.key.SigningKeys.SigningKey;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.key.StoredKey.UsableKey;
import dev.latchkey.platform.crypto.Ed25519;
import dev.latchkey.platform.crypto.RandomTokens;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Map;
import java.util.Optional;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;

/** Turns key pairs into rows, and rows into usable keys. */
final class KeyPairStore {

    private final KeyEncryption encryption;

    KeyPairStore(KeyEncryption encryption) {
        this.encryption = encryption;
    }

    SigningKeyEntity create(Algorithm algorithm) throws GeneralSecurityException, JoseException {
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
        row.encryptedPrivateKey = encryption.encrypt(id, pair.getPrivate().getEncoded());
        return row;
    }

    /** Returns what a row can be used for; one that is of no use keeps no other from being used. */
    UsableKey open(SigningKeyEntity row) {
        Optional<Algorithm> algorithm = Algorithm.named(row.algorithm);
        if (algorithm.isEmpty()) {
            return UsableKey.unusable("is for " + row.algorithm + ", which this version does not know");
        }
        try {
            PublicJsonWebKey jwk = PublicJsonWebKey.Factory.newPublicJwk(row.publicJwk);
            PublicKey key = jwk.getPublicKey();
            // Security: an attacker who can write to the table must not make us trust a key that can be broken.
            if (!algorithm.get().accepts(key)) {
                return UsableKey.unusable("is no key for " + row.algorithm + ", or too weak a one");
            }
            Optional<SigningKey> signs = decrypt(row, algorithm.get());
            // Security: the private half, which only LATCHKEY_SECRET opens, proves that the row is ours. Otherwise an
            // attacker who can write to the table would add a public key and sign tokens with its private half.
            if (signs.isEmpty()) {
                return UsableKey.unusable(otherSecret());
            }
            if (!isPair(algorithm.get(), (PrivateKey) signs.get().key(), key)) {
                return UsableKey.unusable("has a public half that does not belong to its private one");
            }
            VerificationKey verifies = new VerificationKey(new KeyId(row.id), algorithm.get(), key);
            Map<String, Object> published = jwk.toParams(OutputControlLevel.PUBLIC_ONLY);
            return new UsableKey(verifies, published, signs.get(), null);
        } catch (GeneralSecurityException | JoseException unreadable) {
            return UsableKey.unusable("cannot be read (" + unreadable.getClass().getSimpleName() + ")");
        }
    }

    private static boolean isPair(Algorithm algorithm, PrivateKey own, PublicKey published)
            throws GeneralSecurityException {
        if (own instanceof EdECPrivateKey ed) {
            return Ed25519.isPair(ed, published);
        }
        byte[] anything = RandomTokens.bytes(32);
        Signature signer = Signature.getInstance(algorithm.signature());
        signer.initSign(own);
        signer.update(anything);
        byte[] signature = signer.sign();
        Signature verifier = Signature.getInstance(algorithm.signature());
        verifier.initVerify(published);
        verifier.update(anything);
        return verifier.verify(signature);
    }

    private String otherSecret() {
        return encryption.hasPrevious()
                ? "was encrypted under another LATCHKEY_SECRET, which is not LATCHKEY_SECRET_PREVIOUS either; put the one that was"
                        + " in force then into LATCHKEY_SECRET_PREVIOUS"
                : "was encrypted under another LATCHKEY_SECRET; put that one into LATCHKEY_SECRET_PREVIOUS";
    }

    /** The private key of a row, as it has to be stored. */
    sealed interface Reencrypted {

        /** It is encrypted under the present secret already. */
        record Current() implements Reencrypted {}

        /** It was encrypted under the previous secret, and is now under the present one. */
        record Changed(byte[] encrypted) implements Reencrypted {}

        /** It is encrypted under neither. */
        record Unreadable() implements Reencrypted {}
    }

    Reencrypted reencrypted(SigningKeyEntity row) throws GeneralSecurityException {
        KeyId id = new KeyId(row.id);
        if (encryption.isCurrent(id, row.encryptedPrivateKey)) {
            return new Reencrypted.Current();
        }
        Optional<byte[]> plain = encryption.decrypt(id, row.encryptedPrivateKey);
        return plain.isPresent()
                ? new Reencrypted.Changed(encryption.encrypt(id, plain.get()))
                : new Reencrypted.Unreadable();
    }

    private Optional<SigningKey> decrypt(SigningKeyEntity row, Algorithm algorithm) throws GeneralSecurityException {
        KeyId id = new KeyId(row.id);
        Optional<byte[]> plain = encryption.decrypt(id, row.encryptedPrivateKey);
        if (plain.isEmpty()) {
            return Optional.empty();
        }
        PrivateKey key =
                KeyFactory.getInstance(algorithm.keyType()).generatePrivate(new PKCS8EncodedKeySpec(plain.get()));
        return Optional.of(new SigningKey(id, algorithm, key));
    }
}
