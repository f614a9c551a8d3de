package dev.latchkey.password;

import dev.latchkey.platform.http.PublicUrl;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Validates, hashes and verifies passwords. */
@ApplicationScoped
public class Passwords {

    private static final Logger LOG = Logger.getLogger(Passwords.class);

    private static final int MAXIMUM_DEFAULT_PERMITS = 8;

    /** Security: anybody can try to sign in with such an account, and fill the log. */
    private static final Duration WARNING_INTERVAL = Duration.ofMinutes(1);

    private final PasswordPolicy policy;
    private final BreachedPasswords breached;
    private final Argon2Parameters parameters;
    private final HashLimits limits;
    private final Argon2 dummy;
    private final HashPermits permits;
    private final SecureRandom random = new SecureRandom();
    private final Counter hashed;
    private final Counter verified;
    private final Counter busy;
    private final Counter tooExpensive;
    private final AtomicLong warnedAt = new AtomicLong(System.nanoTime() - WARNING_INTERVAL.toNanos());

    Passwords(
            PasswordConfig config,
            HashLimits limits,
            BreachedPasswords breached,
            PublicUrl publicUrl,
            MeterRegistry meters) {
        this.parameters = Argon2Parameters.of(config.argon2());
        this.limits = limits;
        this.breached = breached;
        int count = config.permits().orElseGet(this::defaultPermits);
        this.policy = new PasswordPolicy(
                config.minimumLength(),
                config.composition(),
                CommonPasswords.ALL,
                publicUrl.host().orElse(null));
        this.dummy = Argon2.dummy(parameters, random);
        this.permits = new HashPermits(count, config.maxWait());
        this.hashed = meters.counter("latchkey.password.hashes", "purpose", "hash");
        this.verified = meters.counter("latchkey.password.hashes", "purpose", "verify");
        this.busy = meters.counter("latchkey.password.busy");
        this.tooExpensive = meters.counter("latchkey.password.too.expensive");
    }

    private int defaultPermits() {
        Runtime runtime = Runtime.getRuntime();
        int most = Math.min(MAXIMUM_DEFAULT_PERMITS, HashPermits.fitting(parameters.memoryKib(), runtime.maxMemory()));
        return Math.clamp(runtime.availableProcessors() - 1, 1, Math.max(most, 1));
    }

    /** Returns all reasons why a user with this address may not choose this password; empty if they may. */
    public List<PasswordError> errors(@Nullable Password password, @Nullable String canonicalEmail) {
        return policy.errors(password, canonicalEmail);
    }

    /**
     * Hashes a password that a user has chosen and that has no {@link #errors}, unless it is known from a breach. That is found
     * out last, since it asks another service: without a permit to hash, and never in a transaction.
     */
    public ChosenHashing hashChosen(Password password) {
        return breached.contains(password)
                ? new ChosenHashing.Refused(List.of(new PasswordError.Breached()))
                : hash(password);
    }

    /** Hashes a password that has no {@link #errors}, or that its user already has. */
    public Hashing hash(Password password) {
        if (!password.isText()) {
            throw new IllegalArgumentException("A password that is not text must be refused before it is hashed");
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

    /** Compares a password with a stored hash, or, at the same cost, with a dummy if there is none. */
    public Verification verify(Password password, @Nullable PasswordHash stored) {
        Optional<StoredHash> parsed = parse(stored);
        // Security: a missing hash, or a password that is not text, takes the same work, so that it cannot be noticed
        // by the time (FR-007).
        StoredHash compared =
                parsed.filter(hash -> !limits.isTooExpensive(hash)).orElse(dummy);
        Optional<Boolean> matches = permits.run(weight(compared), () -> {
            verified.increment();
            return compared.matches(password);
        });
        if (matches.isEmpty()) {
            busy.increment();
            return new Verification.Busy(permits.retryAfter());
        }
        if (parsed.isPresent() && compared == dummy) {
            reportTooExpensive();
            return new Verification.TooExpensive();
        }
        // Security: a password that is not text has no UTF-8 form, so its hash equals that of another password.
        return parsed.isPresent() && password.isText() && matches.get()
                ? new Verification.Matches(compared.isOutdated(parameters) && !compared.mayMatchAnother(password))
                : new Verification.Mismatch();
    }

    private void reportTooExpensive() {
        tooExpensive.increment();
        long now = System.nanoTime();
        long last = warnedAt.get();
        if (now - last >= WARNING_INTERVAL.toNanos() && warnedAt.compareAndSet(last, now)) {
            LOG.warnf(
                    "A stored password hash costs %s and was not computed: its user has to reset the password by e-mail, unless"
                            + " latchkey.password.max-hash-memory and max-hash-time allow it (logged once a minute;"
                            + " latchkey_password_too_expensive_total counts all attempts, the audit log names the users)",
                    limits.description());
        }
    }

    private int weight(StoredHash compared) {
        return Math.ceilDiv(compared.memoryKib(), parameters.memoryKib());
    }

    private static Optional<StoredHash> parse(@Nullable PasswordHash stored) {
        if (stored == null) {
            return Optional.empty();
        }
        Optional<StoredHash> hash = StoredHash.parse(stored.encoded());
        if (hash.isEmpty()) {
            LOG.error(
                    "A stored password hash is of an unknown format or its parameters are out of bounds; its user cannot sign in with it");
        }
        return hash;
    }

    /** The result of hashing a password that a user has chosen. */
    public sealed interface ChosenHashing {

        /** The password may not be chosen; it was not hashed. */
        record Refused(List<PasswordError> errors) implements ChosenHashing {}
    }

    /** The result of hashing a password. */
    public sealed interface Hashing extends ChosenHashing {

        record Hashed(PasswordHash hash) implements Hashing {}

        /** Too many hashes are being computed; the password was not hashed. */
        record Busy(Duration retryAfter) implements Hashing {}
    }

    /** The result of comparing a password with a stored hash. */
    public sealed interface Verification {

        /**
         * The password matches the hash.
         *
         * @param outdated whether the hash is of another format than new ones or weaker, and should be replaced by one of this
         *     password
         */
        record Matches(boolean outdated) implements Verification {}

        record Mismatch() implements Verification {}

        /** The stored hash costs more than {@link HashLimits} allow; the password was not compared with it. */
        record TooExpensive() implements Verification {}

        /** Too many hashes are being computed; the password was not compared. */
        record Busy(Duration retryAfter) implements Verification {}
    }
}
