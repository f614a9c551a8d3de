package dev.latchkey.key;

import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.crypto.SecretKey;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The keys in force, held in memory: what signs, what verifies, what is published. */
@ApplicationScoped
public class SigningKeys {

    private static final Logger LOG = Logger.getLogger(SigningKeys.class);
    private static final String NOT_READ = "the signing keys have not been read from the database yet";
    private static final String SEALED_OTHERWISE = "the stored signing key was sealed under another LATCHKEY_SECRET";
    /** How soon a replica knows of a key that another one made. */
    private static final Duration REREAD = Duration.ofSeconds(30);

    private final Supplier<Keyring> stored;
    private final Clock clock;
    private final boolean shared;
    private final AtomicReference<@Nullable Keyring> ring = new AtomicReference<>();
    private volatile Instant read = Instant.EPOCH;

    @Inject
    SigningKeys(StoredKeys stored, Secrets secrets, Clock clock) {
        this(stored::load, secrets.shared(), clock);
    }

    SigningKeys(Supplier<Keyring> stored, List<SecretKey> secrets, Clock clock) {
        this.stored = stored;
        this.clock = clock;
        this.shared = !secrets.isEmpty();
        if (shared) {
            ring.set(sharedRing(secrets));
        }
    }

    /** What signs new tokens. Reads the database when that has not been possible before. */
    public SigningKey current() {
        Keyring known = ring.get();
        if (known == null) {
            known = load();
        }
        SigningKey signing = known.signing();
        if (signing == null) {
            throw new KeysUnavailableException(SEALED_OTHERWISE);
        }
        return signing;
    }

    /**
     * The keys that may have signed a token with this header, from memory.
     *
     * <p>Security: a key id selects among the keys of the very algorithm that the token claims, and a shared secret has
     * no id. So no public key is ever tried as an HMAC secret, nor the other way round.
     */
    public List<VerificationKey> candidates(Algorithm algorithm, @Nullable String keyId) {
        Keyring known = ring.get();
        if (known == null) {
            throw new KeysUnavailableException(NOT_READ);
        }
        return known.verifying().stream()
                .filter(key -> key.algorithm() == algorithm)
                .filter(key ->
                        Objects.equals(keyId, key.id() == null ? null : key.id().value()))
                .toList();
    }

    /** The public keys as JWKs; empty when tokens are signed with a shared secret. */
    public List<Map<String, Object>> published() {
        Keyring known = ring.get();
        return (known == null ? load() : known).published();
    }

    /** The algorithms of the keys that count at present. */
    public Set<Algorithm> inForce() {
        Keyring known = ring.get();
        return (known == null ? load() : known)
                .verifying().stream().map(VerificationKey::algorithm).collect(Collectors.toUnmodifiableSet());
    }

    /** Why nothing can be signed at present, in words; empty when all is well. */
    public Optional<String> trouble() {
        Keyring known = ring.get();
        if (known == null) {
            return Optional.of(NOT_READ);
        }
        return known.signing() == null ? Optional.of(SEALED_OTHERWISE) : Optional.empty();
    }

    /** Reads the keys if there are none yet, or another replica may have made one since; called once there is a schema. */
    @Scheduled(every = "1s", delayed = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    public void reread() {
        if (shared || (ring.get() != null && clock.instant().isBefore(read.plus(REREAD)))) {
            return;
        }
        try {
            load();
        } catch (RuntimeException databaseAway) {
            // What is known stays in force; readiness tells when there is nothing yet.
            LOG.debug("signing keys could not be read", databaseAway);
        }
    }

    /** Another replica has changed them: reads them again now. */
    public void changed() {
        read = Instant.EPOCH;
        reread();
    }

    private Keyring load() {
        Keyring loaded = stored.get();
        ring.set(loaded);
        read = clock.instant();
        return loaded;
    }

    private static Keyring sharedRing(List<SecretKey> secrets) {
        return new Keyring(
                new SigningKey(null, Algorithm.HS256, secrets.getFirst()),
                secrets.stream()
                        .map(secret -> new VerificationKey(null, Algorithm.HS256, secret))
                        .toList(),
                List.of());
    }
}
