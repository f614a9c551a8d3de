package dev.latchkey.key;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.GeneralSecurityException;
import java.util.List;
import org.jose4j.lang.JoseException;

/** The key pairs in the database: reads them, and creates the first one of the configured algorithm. */
@ApplicationScoped
@Startup // An algorithm that does not exist stops the boot, not the first sign-in.
class StoredKeys {

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
        SealedKeys keys = new SealedKeys(new KeySeal(secrets.derive("signing-keys")), algorithm);
        return QuarkusTransaction.requiringNew().call(() -> {
            List<SigningKeyEntity> found = rows.newestFirst();
            if (found.stream().noneMatch(keys::canSign)) {
                rows.lockCreation();
                found = rows.newestFirst();
                if (found.stream().noneMatch(keys::canSign)) {
                    create(keys);
                    found = rows.newestFirst();
                }
            }
            return keys.keyring(found);
        });
    }

    private void create(SealedKeys keys) throws GeneralSecurityException, JoseException {
        SigningKeyEntity row = keys.create();
        rows.persistAndFlush(row);
        audit.record(new AuditEvent.KeyCreated(row.id, row.algorithm));
    }
}
