package dev.latchkey.key;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
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

/** The key pairs in the database: reads them, and creates the first one of the configured algorithm. */
@ApplicationScoped
@Startup // An algorithm that does not exist stops the boot, not the first sign-in.
class StoredKeys {

    private static final Logger LOG = Logger.getLogger(StoredKeys.class);

    private final SigningKeyRepository rows;
    private final Secrets secrets;
    private final AuditLog audit;
    private final Algorithm algorithm;

    StoredKeys(SigningKeyRepository rows, Secrets secrets, AuditLog audit, KeyConfig config) {
        this.rows = rows;
        this.secrets = secrets;
        this.audit = audit;
        this.algorithm = Algorithm.named(config.algorithm())
                .filter(named -> named != Algorithm.HS256)
                .orElseThrow(() -> new ConfigurationException("latchkey.key.algorithm is '" + config.algorithm()
                        + "' and must be EdDSA, ES256 or RS256 (for HS256 set LATCHKEY_JWT_SECRET)"));
    }

    Keyring load() {
        KeySeal seal = new KeySeal(secrets.derive("signing-keys"));
        return QuarkusTransaction.requiringNew().call(() -> {
            List<SigningKeyEntity> found = rows.newestFirst();
            if (found.stream().noneMatch(this::ofOurAlgorithm)) {
                rows.lockCreation();
                found = rows.newestFirst();
                if (found.stream().noneMatch(this::ofOurAlgorithm)) {
                    create(seal);
                    found = rows.newestFirst();
                }
            }
            return keyring(found, seal);
        });
    }

    private boolean ofOurAlgorithm(SigningKeyEntity row) {
        return row.algorithm.equals(algorithm.jose());
    }

    private void create(KeySeal seal) throws GeneralSecurityException, JoseException {
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
        rows.persistAndFlush(row);
        audit.record(new AuditEvent.KeyCreated(id.value(), algorithm.jose()));
    }

    private Keyring keyring(List<SigningKeyEntity> found, KeySeal seal) throws GeneralSecurityException, JoseException {
        List<VerificationKey> verifying = new ArrayList<>();
        List<Map<String, Object>> published = new ArrayList<>();
        for (SigningKeyEntity row : found) {
            PublicJsonWebKey jwk = PublicJsonWebKey.Factory.newPublicJwk(row.publicJwk);
            PublicKey key = jwk.getPublicKey();
            Algorithm bound = Algorithm.named(row.algorithm).orElseThrow();
            verifying.add(new VerificationKey(new KeyId(row.id), bound, key));
            published.add(jwk.toParams(OutputControlLevel.PUBLIC_ONLY));
        }
        SigningKeyEntity newest =
                found.stream().filter(this::ofOurAlgorithm).findFirst().orElseThrow();
        return new Keyring(signing(newest, seal).orElse(null), List.copyOf(verifying), List.copyOf(published));
    }

    private Optional<SigningKey> signing(SigningKeyEntity row, KeySeal seal) throws GeneralSecurityException {
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
