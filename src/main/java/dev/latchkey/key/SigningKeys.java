package dev.latchkey.key;

import dev.latchkey.platform.db.Migrations.SchemaReady;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.security.Key;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The keys in force, held in memory: what signs, what verifies, what is published. */
@ApplicationScoped
public class SigningKeys {

    private static final Logger LOG = Logger.getLogger(SigningKeys.class);
    private static final String NOT_READ = "the signing keys have not been read from the database yet";
    private static final String NONE = "there is no signing key in force";
    private static final String NONE_OPENED = "no signing key in force can be opened";

    private final Supplier<Keyring> stored;
    private final Clock clock;
    private final List<VerificationKey> shared;
    private final AtomicLong turns = new AtomicLong();
    private final AtomicReference<@Nullable Reading> latest = new AtomicReference<>();

    @Inject
    SigningKeys(KeyPairs stored, Secrets secrets, Clock clock) {
        this(stored::load, secrets.shared(), clock);
    }

    SigningKeys(Supplier<Keyring> stored, List<SecretKey> secrets, Clock clock) {
        this.stored = stored;
        this.clock = clock;
        this.shared = secrets.stream()
                .map(secret -> new VerificationKey(null, Algorithm.HS256, secret))
                .toList();
    }

    /** Returns the key that signs new tokens. Reads the database when that has not been possible before, or when nothing signs. */
    public SigningKey current() {
        if (!shared.isEmpty()) {
            return new SigningKey(null, Algorithm.HS256, shared.getFirst().key());
        }
        StoredKey turn = turn(known()).or(() -> turn(load())).orElseThrow(() -> new UnavailableException(NONE));
        SigningKey signing = turn.opened().signs();
        if (signing == null) {
            throw new UnavailableException(problem(turn));
        }
        return signing;
    }

    /**
     * Returns the keys that may have signed a token with this header, from memory.
     *
     * <p>Security: a key id selects among the keys of the very algorithm that the token claims, and a shared secret has
     * no id. So no public key is ever tried as an HMAC secret, nor the other way round.
     */
    public List<VerificationKey> candidates(Algorithm algorithm, @Nullable String keyId) {
        if (!shared.isEmpty()) {
            return algorithm == Algorithm.HS256 && keyId == null ? shared : List.of();
        }
        Reading known = latest.get();
        if (known == null) {
            throw new UnavailableException(NOT_READ);
        }
        if (keyId == null) {
            return List.of();
        }
        Keyring ring = known.ring();
        return ring.find(new KeyId(keyId))
                .filter(key -> ring.inForce(key, ring.databaseTime(clock.instant())))
                .map(key -> key.opened().verifies())
                .filter(key -> key.algorithm() == algorithm)
                .map(List::of)
                .orElse(List.of());
    }

    /**
     * Returns the public keys as JWKs, the newest first; empty when tokens are signed with a shared secret.
     *
     * @throws UnavailableException if there are keys in force and none can be opened: clients that read an empty set would
     *     replace the keys that they have by it, and refuse the tokens of all other replicas
     */
    public List<Map<String, Object>> published() {
        if (!shared.isEmpty()) {
            return List.of();
        }
        Keyring ring = known();
        Instant now = ring.databaseTime(clock.instant());
        List<StoredKey> inForce = ring.keys().reversed().stream()
                .filter(key -> ring.inForce(key, now))
                .toList();
        List<Map<String, Object>> opened = inForce.stream()
                .filter(key -> key.opened().verifies() != null)
                .map(key -> key.opened().jwk())
                .toList();
        if (opened.isEmpty() && !inForce.isEmpty()) {
            throw new UnavailableException(NONE_OPENED);
        }
        return opened;
    }

    /** Returns the algorithms of the keys in force. */
    public Set<Algorithm> inForce() {
        if (!shared.isEmpty()) {
            return Set.of(Algorithm.HS256);
        }
        Keyring ring = known();
        Instant now = ring.databaseTime(clock.instant());
        return ring.keys().stream()
                .filter(key -> ring.inForce(key, now))
                .flatMap(key -> Stream.ofNullable(key.opened().verifies()))
                .map(VerificationKey::algorithm)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Returns why nothing can be signed at present, or soon, in words; empty when all is well. */
    public Optional<String> readinessProblem() {
        if (!shared.isEmpty()) {
            return Optional.empty();
        }
        Reading known = latest.get();
        if (known == null) {
            return Optional.of(NOT_READ);
        }
        Keyring ring = known.ring();
        Instant now = ring.databaseTime(clock.instant());
        Optional<StoredKey> signing = ring.signing(now);
        if (signing.isEmpty()) {
            return Optional.of(NONE);
        }
        // The pending ones as well: reported before they sign, it can still be mended.
        return Stream.concat(
                        signing.stream(),
                        ring.keys().stream().filter(key -> ring.state(key, now) == KeySummary.State.PENDING))
                .filter(key -> key.opened().signs() == null)
                .findFirst()
                .map(SigningKeys::problem);
    }

    /** Reads the keys at once after they were changed. */
    public void changed() {
        reread();
    }

    void load(@Observes SchemaReady event) {
        reread();
    }

    /** Reads the keys if the database is available, for another process may have changed them. */
    @Scheduled(every = "1s", delayed = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    public void reread() {
        if (!shared.isEmpty()) {
            return;
        }
        try {
            load();
        } catch (RuntimeException databaseUnavailable) {
            // The known keys stay in force; readiness reports when there are none yet.
            LOG.debug("signing keys could not be read", databaseUnavailable);
        }
    }

    private Keyring known() {
        Reading known = latest.get();
        return known == null ? load() : known.ring();
    }

    private Keyring load() {
        long turn = turns.incrementAndGet();
        Reading loaded = new Reading(turn, stored.get());
        // Security: a read that began earlier and took longer must not bring back a key that was retired meanwhile.
        latest.accumulateAndGet(loaded, (known, read) -> known != null && known.turn() > turn ? known : read);
        return loaded.ring();
    }

    private Optional<StoredKey> turn(Keyring ring) {
        return ring.signing(ring.databaseTime(clock.instant()));
    }

    private static String problem(StoredKey key) {
        return "the stored signing key " + key.id() + ", which signs from " + key.signsFrom() + ", "
                + key.opened().problem();
    }

    private record Reading(long turn, Keyring ring) {}

    /** The key that signs new tokens, and its algorithm. A shared secret has no id. */
    public record SigningKey(@Nullable KeyId id, Algorithm algorithm, Key key) {
        @Override
        public String toString() {
            return "SigningKey[" + algorithm + " " + id + "]";
        }
    }

    /** A key that verifies tokens, and the only algorithm for which it may be used. A shared secret has no id. */
    public record VerificationKey(@Nullable KeyId id, Algorithm algorithm, Key key) {
        @Override
        public String toString() {
            return "VerificationKey[" + algorithm + " " + id + "]";
        }
    }

    /** No key can verify or sign: the database has been unavailable since the start, or its keys cannot be decrypted. */
    public static final class UnavailableException extends RuntimeException {

        private static final long serialVersionUID = 1;

        UnavailableException(String why) {
            super(why);
        }
    }
}
