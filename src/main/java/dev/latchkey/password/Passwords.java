package dev.latchkey.password;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.SecureRandom;
import java.time.Duration;
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
    private final HashPermits permits;
    private final SecureRandom random = new SecureRandom();
    private final Counter hashed;
    private final Counter verified;
    private final Counter busy;

    Passwords(PasswordConfig config, MeterRegistry meters) {
        int count = config.permits()
                .orElseGet(
                        () -> Math.clamp(Runtime.getRuntime().availableProcessors() - 1, 1, MAXIMUM_DEFAULT_PERMITS));
        this.parameters = Argon2Parameters.of(config.argon2());
        this.policy = new PasswordPolicy(config.minimumLength(), config.composition(), CommonPasswords.load());
        this.dummy = Argon2.dummy(parameters, random);
        this.permits = new HashPermits(count, config.maxWait());
        this.hashed = meters.counter("latchkey.password.hashes", "purpose", "hash");
        this.verified = meters.counter("latchkey.password.hashes", "purpose", "verify");
        this.busy = meters.counter("latchkey.password.busy");
    }

    /** Returns every reason why this password may not be chosen by a user with this address; empty when it may. */
    public List<PasswordError> errors(@Nullable Password password, @Nullable String canonicalEmail) {
        return policy.errors(password, canonicalEmail);
    }

    /** Hashes a password that has no {@link #errors}. */
    public Hashing hash(Password password) {
        if (!password.isText()) {
            throw new IllegalArgumentException("Not text: to be refused before it is hashed");
        }
        Optional<PasswordHash> hash = permits.run(() -> {
            hashed.increment();
            return new PasswordHash(Argon2.hash(password, parameters, random).encoded());
        });
        return hash.<Hashing>map(Hashing.Hashed::new).orElseGet(() -> {
            busy.increment();
            return new Hashing.Busy(permits.retryAfter());
        });
    }

    /** Compares a password with a stored hash, or, at the same cost, with a dummy where there is none. */
    public Verification verify(Password password, @Nullable PasswordHash stored) {
        Optional<StoredHash> readable = read(stored);
        // Security: neither a missing hash nor a password that is no text may show in the work done (FR-007).
        StoredHash compared = readable.orElse(dummy);
        Optional<Boolean> matches = permits.run(weight(compared), () -> {
            verified.increment();
            return compared.matches(password);
        });
        if (matches.isEmpty()) {
            busy.increment();
            return new Verification.Busy(permits.retryAfter());
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
                    "A stored password hash is of an unknown format or its parameters are out of bounds: its user cannot sign in with it");
        }
        return hash;
    }

    /** The result of hashing a password. */
    public sealed interface Hashing {

        record Hashed(PasswordHash hash) implements Hashing {}

        /** Too many hashes are being computed; nothing was done. */
        record Busy(Duration retryAfter) implements Hashing {}
    }

    /** The result of comparing a password with a stored hash. */
    public sealed interface Verification {

        /**
         * The password is right.
         *
         * @param outdated whether the hash was made with other parameters than today's, and should be replaced
         */
        record Matches(boolean outdated) implements Verification {}

        record Mismatch() implements Verification {}

        /** Too many hashes are being computed; nothing was compared. */
        record Busy(Duration retryAfter) implements Verification {}
    }
}
