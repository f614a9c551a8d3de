package dev.latchkey.key;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.KeyCreator;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.key.KeyRotation.ReencryptionOutcome;
import dev.latchkey.key.StoredKey.UsableKey;
import dev.latchkey.platform.crypto.Digests;
import dev.latchkey.platform.crypto.Encodings;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jose4j.lang.JoseException;

/** Reads the key pairs in the database, decrypts each once, and makes one if none signs. */
@ApplicationScoped
class KeyPairs {

    private static final Logger LOG = Logger.getLogger(KeyPairs.class);

    private final SigningKeyRepository rows;
    private final Secrets secrets;
    private final AuditLog audit;
    private final KeyConfig config;
    private final Clock clock;
    private final Algorithm algorithm;
    private final Map<String, Opened> opened = new ConcurrentHashMap<>();
    private volatile boolean algorithmChecked;

    KeyPairs(SigningKeyRepository rows, Secrets secrets, AuditLog audit, KeyConfig config, Clock clock) {
        this.rows = rows;
        this.secrets = secrets;
        this.audit = audit;
        this.config = config;
        this.clock = clock;
        this.algorithm = Algorithm.ofKeyPair(config.algorithm()).orElseThrow();
    }

    /** Returns the keys, one of which signs: it is made if there is none. */
    Keyring load() {
        Keyring found = QuarkusTransaction.requiringNew().call(this::read);
        if (hasNoneThatSigns(found) || needsOneOfOurAlgorithm(found)) {
            found = QuarkusTransaction.requiringNew().call(this::createMissing);
        }
        algorithmChecked = true;
        return found;
    }

    /** Reads the keys within the caller's transaction. */
    Keyring read() {
        List<SigningKeyEntity> found = rows.all();
        opened.keySet().retainAll(found.stream().map(row -> row.id).toList());
        // After the rows, so that nothing in them lies in its future.
        Instant database = rows.databaseTime();
        return new Keyring(found.stream().map(this::key).toList(), config.overlap(), database, clock.instant());
    }

    /** Makes a key within a transaction that holds the lock. */
    KeyId create(Duration ahead, KeyCreator creator) throws GeneralSecurityException, JoseException {
        SigningKeyEntity row = store().create(algorithm);
        rows.insert(row, ahead);
        audit.record(AuditEvent.keyCreated(row.id, row.algorithm, creator));
        return new KeyId(row.id);
    }

    /** Lets the pending key sign from now on, or a new one if there is none, within a transaction that holds the lock. */
    KeyId activateNext(Keyring ring, KeyCreator creator) throws GeneralSecurityException, JoseException {
        Optional<StoredKey> pending = ring.pending(ring.readAt());
        if (pending.isEmpty()) {
            return create(Duration.ZERO, creator);
        }
        rows.beginNow(pending.get().id());
        return pending.get().id();
    }

    /**
     * Encrypts every private key under the present secret that can be decrypted and is not yet, within a transaction that holds
     * the lock. Nothing else of a row changes, so that replicas go on with what they have.
     */
    ReencryptionOutcome reencrypt() throws GeneralSecurityException {
        KeyPairStore store = store();
        List<KeyId> changed = new ArrayList<>();
        List<KeyId> current = new ArrayList<>();
        List<KeyId> unreadable = new ArrayList<>();
        for (SigningKeyEntity row : rows.all()) {
            KeyId id = new KeyId(row.id);
            if (row.retiredAt != null) {
                // It is never decrypted again.
                continue;
            }
            switch (store.reencrypted(row)) {
                case KeyPairStore.Reencrypted.Current _ -> current.add(id);
                case KeyPairStore.Reencrypted.Unreadable _ -> unreadable.add(id);
                case KeyPairStore.Reencrypted.Changed(byte[] encrypted) -> {
                    rows.setEncrypted(id, encrypted);
                    audit.record(AuditEvent.keyReencrypted(row.id));
                    changed.add(id);
                }
            }
        }
        return new ReencryptionOutcome(changed, current, unreadable);
    }

    private Keyring createMissing() throws GeneralSecurityException, JoseException {
        rows.lockChanges();
        Keyring ring = read();
        if (hasNoneThatSigns(ring)) {
            activateNext(ring, KeyCreator.SERVICE);
            ring = read();
        }
        if (needsOneOfOurAlgorithm(ring)) {
            create(config.publishAhead(), KeyCreator.SERVICE);
            ring = read();
        }
        return ring;
    }

    private static boolean hasNoneThatSigns(Keyring ring) {
        return ring.signing(ring.readAt()).isEmpty();
    }

    /**
     * Whether a key of the configured algorithm has to be made. Checked once, at the start: two replicas with different
     * settings, as in every rolling change, would otherwise make keys against each other for as long as both run.
     */
    private boolean needsOneOfOurAlgorithm(Keyring ring) {
        return !algorithmChecked
                && ring.newest()
                        .filter(newest -> !newest.algorithm().equals(algorithm.jose()))
                        .isPresent()
                && ring.signing(ring.readAt())
                        .filter(signing -> signing.opened().signs() != null)
                        .isPresent();
    }

    private StoredKey key(SigningKeyEntity row) {
        UsableKey use = row.retiredAt == null ? opened(row) : UsableKey.CLOSED;
        return new StoredKey(new KeyId(row.id), row.algorithm, row.createdAt, row.signsFrom, row.retiredAt, use);
    }

    /** Opens a row again once its private key is encrypted anew: what could not be opened before may be opened now. */
    private UsableKey opened(SigningKeyEntity row) {
        Opened known = opened.get(row.id);
        String digest = Encodings.base64Url(Digests.sha256(row.encryptedPrivateKey));
        if (known != null && known.digest().equals(digest)) {
            return known.use();
        }
        UsableKey use = open(row);
        if (use.problem() != null && known != null && known.use().problem() == null) {
            // A replica that does not know the new secret yet goes on with the key, which is the same.
            use = known.use();
        }
        opened.put(row.id, new Opened(digest, use));
        return use;
    }

    private UsableKey open(SigningKeyEntity row) {
        UsableKey use = store().open(row);
        if (use.problem() != null) {
            LOG.errorf("signing key %s %s", row.id, use.problem());
        }
        return use;
    }

    private KeyPairStore store() {
        return new KeyPairStore(new KeyEncryption(secrets.deriveAll("signing-keys")));
    }

    /**
     * A row as it was opened.
     *
     * @param digest of the encrypted private key
     */
    private record Opened(String digest, UsableKey use) {}
}
