package dev.latchkey.key;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.KeyCreator;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.platform.db.Expirable;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Replaces key pairs: makes the next one by schedule or when told to, and retires one in an emergency.
 *
 * <p>Each change is one transaction under one lock, so that one key is made however many replicas and
 * operators try at once. The replicas read it from the database.
 */
@ApplicationScoped
public class KeyRotation implements Expirable {

    /** The name of the job that rotates by schedule. */
    static final String JOB = "key-rotation";

    private static final Logger LOG = Logger.getLogger(KeyRotation.class);
    /** The time for which an operator can still see an expired key. */
    private static final Duration SHOWN = Duration.ofDays(1);

    private final KeyPairs stored;
    private final SigningKeyRepository rows;
    private final AuditLog audit;
    private final Secrets secrets;
    private final KeyConfig config;

    KeyRotation(KeyPairs stored, SigningKeyRepository rows, AuditLog audit, Secrets secrets, KeyConfig config) {
        this.stored = stored;
        this.rows = rows;
        this.audit = audit;
        this.secrets = secrets;
        this.config = config;
    }

    /** Returns whether tokens are signed with a shared secret, so that no key pair has any use. */
    public boolean isIdle() {
        return !secrets.shared().isEmpty();
    }

    /** Returns all keys that are not deleted yet, in the order in which they sign. */
    public List<KeySummary> list() {
        Keyring ring = QuarkusTransaction.requiringNew().call(stored::read);
        return ring.keys().stream().map(key -> summary(ring, key)).toList();
    }

    /** Makes the next key, unless one is pending already. */
    public RotationOutcome rotate() {
        return QuarkusTransaction.requiringNew().call(() -> {
            rows.lockChanges();
            return next(stored.read(), KeyCreator.OPERATOR);
        });
    }

    /** Makes the next key in time, so that each signs as long as the settings say. */
    @Scheduled(identity = JOB, every = "1m", delayed = "1m", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    public void rotateWhenDue() {
        if (isIdle() || config.rotation().isEmpty()) {
            return;
        }
        try {
            if (isDue(QuarkusTransaction.requiringNew().call(stored::read))) {
                QuarkusTransaction.requiringNew().run(this::rotateIfStillDue);
            }
        } catch (RuntimeException databaseUnavailable) {
            LOG.debug("whether a signing key is due could not be read", databaseUnavailable);
        }
    }

    /**
     * Takes a key out of use at once: it neither signs nor verifies. If it is the one that signs, a successor signs from
     * the same moment on.
     */
    public RetirementOutcome retire(KeyId id) {
        return QuarkusTransaction.requiringNew().call(() -> {
            rows.lockChanges();
            Keyring ring = stored.read();
            Optional<StoredKey> found = ring.find(id);
            if (found.isEmpty()) {
                return new RetirementOutcome.Unknown();
            }
            StoredKey key = found.get();
            if (key.retiredAt() != null) {
                return new RetirementOutcome.Already(key.retiredAt());
            }
            KeyId successor = null;
            if (ring.state(key, ring.readAt()) == KeySummary.State.SIGNING) {
                StoredKey proof = ring.pending(ring.readAt()).orElse(key);
                if (proof.opened().signs() == null) {
                    return new RetirementOutcome.OtherSecret(proof.id());
                }
                successor = stored.activateNext(ring, KeyCreator.OPERATOR);
            }
            rows.retire(id);
            audit.record(AuditEvent.keyRetired(id.value()));
            return new RetirementOutcome.Done(id, successor);
        });
    }

    /**
     * Encrypts the stored private keys under the present master secret, so that the previous one is needed for none of them.
     * Safe at any time and any number of times: the keys themselves stay as they are.
     */
    public ReencryptionOutcome reencrypt() {
        return QuarkusTransaction.requiringNew().call(() -> {
            rows.lockChanges();
            return stored.reencrypt();
        });
    }

    @Override
    public String name() {
        return "signing keys";
    }

    @Override
    @Transactional(Transactional.TxType.MANDATORY)
    public int deleteExpired(int atMost) {
        return rows.deleteExpired(config.overlap().plus(SHOWN), atMost);
    }

    private void rotateIfStillDue() {
        rows.lockChanges();
        Keyring ring = stored.read();
        if (isDue(ring) && next(ring, KeyCreator.SERVICE) instanceof RotationOutcome.Made(KeySummary key)) {
            LOG.infof("The next signing key is %s, which signs from %s", key.id(), key.signsFrom());
        }
    }

    private boolean isDue(Keyring ring) {
        Duration age = config.rotation().orElseThrow().minus(config.publishAhead());
        return ring.newest()
                .filter(newest -> !ring.readAt().isBefore(newest.signsFrom().plus(age)))
                .isPresent();
    }

    private RotationOutcome next(Keyring ring, KeyCreator creator) {
        Optional<StoredKey> pending = ring.pending(ring.readAt());
        if (pending.isPresent()) {
            return new RotationOutcome.Waiting(summary(ring, pending.get()));
        }
        Optional<StoredKey> signing = ring.signing(ring.readAt());
        // Security: a key encrypted under a secret that the other replicas do not have would be their next one, and
        // sign nothing.
        if (signing.isPresent() && signing.get().opened().signs() == null) {
            return new RotationOutcome.OtherSecret(signing.get().id());
        }
        try {
            KeyId made = stored.create(signing.isPresent() ? config.publishAhead() : Duration.ZERO, creator);
            Keyring after = stored.read();
            return new RotationOutcome.Made(summary(after, after.find(made).orElseThrow()));
        } catch (GeneralSecurityException | JoseException impossible) {
            throw new IllegalStateException("every Java platform makes such keys", impossible);
        }
    }

    private static KeySummary summary(Keyring ring, StoredKey key) {
        return new KeySummary(
                key.id(),
                key.algorithm(),
                ring.state(key, ring.readAt()),
                key.createdAt(),
                key.signsFrom(),
                ring.end(key).orElse(null),
                key.retiredAt());
    }

    /**
     * The result of encrypting the stored keys under the present secret.
     *
     * @param changed keys that were encrypted under the previous secret
     * @param current keys that were encrypted under the present one already
     * @param unreadable keys that are encrypted under neither, and stay so
     */
    public record ReencryptionOutcome(List<KeyId> changed, List<KeyId> current, List<KeyId> unreadable) {}

    /** The result of making the next key. */
    public sealed interface RotationOutcome {

        /** The key was created; it signs at once if no other key does. */
        record Made(KeySummary key) implements RotationOutcome {}

        /** A key is pending already, so none was made. */
        record Waiting(KeySummary key) implements RotationOutcome {}

        /** The key that signs cannot be decrypted here, so that one made here could not be decrypted by the other replicas. */
        record OtherSecret(KeyId signing) implements RotationOutcome {}
    }

    /** The result of retiring a key. */
    public sealed interface RetirementOutcome {

        /**
         * The key neither signs nor verifies any more.
         *
         * @param successor what signs from now on, or null when the retired key did not sign
         */
        record Done(KeyId id, @Nullable KeyId successor) implements RetirementOutcome {}

        /** The key had been retired before. */
        record Already(Instant at) implements RetirementOutcome {}

        /** There is no such key. */
        record Unknown() implements RetirementOutcome {}

        /** A successor is needed, and the present keys were encrypted under another secret than this process has. */
        record OtherSecret(KeyId unopened) implements RetirementOutcome {}
    }
}
