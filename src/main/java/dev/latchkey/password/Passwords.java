package dev.latchkey.password;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Validates, hashes and verifies passwords. */
@ApplicationScoped
public class Passwords {

    private static final Logger LOG = Logger.getLogger(Passwords.class);

    private static final int MAXIMUM_DEFAULT_PERMITS = 8;

    private final PasswordPolicy policy;
    private final Argon2Parameters parameters;
    private final Argon2 dummy;
    private final HashPermits gate;
    private final SecureRandom random = new SecureRandom();
    private final Counter hashed;
    private final Counter verified;
    private final Counter busy;

    Passwords(PasswordConfig config, MeterRegistry meters) {
        int permits = config.permits()
                .orElseGet(
                        () -> Math.clamp(Runtime.getRuntime().availableProcessors() - 1, 1, MAXIMUM_DEFAULT_PERMITS));
        this.parameters = Argon2Parameters.of(config.argon2());
        this.policy = new PasswordPolicy(config.minimumLength(), config.composition(), CommonPasswords.load());
        this.dummy = Argon2.dummy(parameters, random);
        this.gate = new HashPermits(permits, config.maxWait());
        this.hashed = meters.counter("latchkey.password.hashes", "purpose", "hash");
        this.verified = meters.counter("latchkey.password.hashes", "purpose", "verify");
        this.busy = meters.counter("latchkey.password.busy");
    }

    /** All that speaks against choosing this password, best for a person with this address; empty when nothing does. */
    public List<PasswordError> faults(@Nullable Password password, @Nullable String canonicalEmail) {
        return policy.faults(password, canonicalEmail);
    }

    /** Hashes a password in which no fault was found. */
    public Hashing hash(Password password) {
        if (!password.isText()) {
            throw new IllegalArgumentException("Not text: to be refused before it is hashed");
        }
        Optional<PasswordHash> hash = gate.pass(() -> {
            hashed.increment();
            return new PasswordHash(Argon2.hash(password, parameters, random).encoded());
        });
        return hash.<Hashing>map(Hashing.Hashed::new).orElseGet(() -> {
            busy.increment();
            return new Hashing.Busy(gate.retryAfter());
        });
    }

    /** Compares a password with a stored hash, or, at the same cost, with a dummy where there is nothing to compare with. */
    public Verification verify(Password password, @Nullable PasswordHash stored) {
        Optional<StoredHash> readable = read(stored);
        // Security: neither a missing hash nor a password that is no text may show in the work done (FR-007).
        StoredHash compared = readable.orElse(dummy);
        Optional<Boolean> matches = gate.pass(weight(compared), () -> {
            verified.increment();
            return compared.matches(password);
        });
        if (matches.isEmpty()) {
            busy.increment();
            return new Verification.Busy(gate.retryAfter());
        }
        // Security: what is no text has no UTF-8 form, and hashes like another password.
        return readable.isPresent() && password.isText() && matches.get()
                ? new Verification.Matches(compared.isOutdated(parameters))
                : new Verification.Mismatch();
    }

    private int weight(StoredHash compared) {
        return Math.ceilDiv(compared.memoryKib(), parameters.memoryKib());
    }

    private static Optional<StoredHash> read(@Nullable PasswordHash stored) {
        if (stored == null) {
            return Optional.empty();
        }
        Optional<StoredHash> hash = StoredHash.parse(stored.encoded());
        if (hash.isEmpty()) {
            LOG.error(
                    "A stored password hash is of an unknown format or has absurd parameters: nobody can sign in by it");
        }
        return hash;
    }
}
