package dev.latchkey.password;

import static dev.latchkey.platform.boot.ConfigurationProblem.error;
import static dev.latchkey.platform.boot.ConfigurationProblem.errorInProduction;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.http.PublicUrl;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks the settings of the password policy and of hashing. */
@Singleton
class PasswordSettingsCheck implements ConfigurationCheck {

    private static final int MAXIMUM_PERMITS = 64;
    // Every request gets its response within 10 seconds.
    private static final Duration MAXIMUM_WAIT = Duration.ofSeconds(8);

    private static final long MINIMUM_HASH_MEMORY = 1L << 20;
    private static final Duration MINIMUM_HASH_TIME = Duration.ofMillis(100);
    // A sign-in waits for a permit before, and must get its response in time.
    private static final Duration MAXIMUM_HASH_TIME = Duration.ofSeconds(5);

    // No response comes faster over a network; and sign-up also waits for a connection, a permit and a hash.
    private static final Duration MINIMUM_BREACH_TIMEOUT = Duration.ofMillis(100);
    private static final Duration MAXIMUM_BREACH_TIMEOUT = Duration.ofSeconds(5);

    /** NIST SP 800-63B-4, section 3.1.1.2: even beside a second factor. */
    private static final int LEAST_MINIMUM_LENGTH = 8;

    // The least memory, and the least product with the passes, of the parameters that the OWASP cheat sheet calls
    // equal.
    private static final int LEAST_MEMORY_KIB = 7 * 1024;
    private static final int LEAST_COST_KIB = 5 * LEAST_MEMORY_KIB;

    private final PasswordConfig config;
    private final PublicUrl publicUrl;
    private final long heapBytes;

    @Inject
    PasswordSettingsCheck(PasswordConfig config, PublicUrl publicUrl) {
        this(config, publicUrl, Runtime.getRuntime().maxMemory());
    }

    PasswordSettingsCheck(PasswordConfig config, PublicUrl publicUrl, long heapBytes) {
        this.config = config;
        this.publicUrl = publicUrl;
        this.heapBytes = heapBytes;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        List<ConfigurationProblem> problems = new ArrayList<>();
        if (config.minimumLength() < 1 || config.minimumLength() > Password.MAXIMUM_LENGTH) {
            problems.add(error("latchkey.password.minimum-length", "must be 1 to " + Password.MAXIMUM_LENGTH));
        } else if (config.minimumLength() < LEAST_MINIMUM_LENGTH) {
            problems.add(new ConfigurationProblem(
                    publicUrl.severityForUsers(),
                    "latchkey.password.minimum-length",
                    "is " + config.minimumLength() + "; set at least " + LEAST_MINIMUM_LENGTH
                            + " (NIST SP 800-63B), 15 where passwords are the only factor"));
        }
        config.breachCheckUrl()
                .flatMap(BreachedPasswords::urlError)
                .ifPresent(error -> problems.add(error("latchkey.password.breach-check-url", error)));
        if (config.breachCheckTimeout().compareTo(MINIMUM_BREACH_TIMEOUT) < 0
                || config.breachCheckTimeout().compareTo(MAXIMUM_BREACH_TIMEOUT) > 0) {
            problems.add(error("latchkey.password.breach-check-timeout", "must be 100ms to 5s"));
        }
        if (config.permits()
                .filter(permits -> permits < 1 || permits > MAXIMUM_PERMITS)
                .isPresent()) {
            problems.add(error("latchkey.password.permits", "must be 1 to " + MAXIMUM_PERMITS + ", or empty"));
        }
        checkHeap().ifPresent(problems::add);
        if (config.maxHashMemory()
                .filter(size -> size.asLongValue() < MINIMUM_HASH_MEMORY)
                .isPresent()) {
            problems.add(error("latchkey.password.max-hash-memory", "must be at least 1M, or empty"));
        }
        checkMostExpensive().ifPresent(problems::add);
        if (config.maxHashTime().compareTo(MINIMUM_HASH_TIME) < 0
                || config.maxHashTime().compareTo(MAXIMUM_HASH_TIME) > 0) {
            problems.add(error("latchkey.password.max-hash-time", "must be 100ms to 5s"));
        }
        if (config.maxWait().isNegative() || config.maxWait().compareTo(MAXIMUM_WAIT) > 0) {
            problems.add(error("latchkey.password.max-wait", "must be 0s to " + MAXIMUM_WAIT.toSeconds() + "s"));
        } else if (config.breachCheckUrl().isPresent()
                && config.maxWait().plus(config.breachCheckTimeout()).compareTo(MAXIMUM_WAIT) > 0
                && config.breachCheckTimeout().compareTo(MAXIMUM_BREACH_TIMEOUT) <= 0) {
            problems.add(error(
                    "latchkey.password.max-wait",
                    "is more than %d s with latchkey.password.breach-check-timeout, which a sign-up waits for as well; lower either"
                            .formatted(MAXIMUM_WAIT.toSeconds())));
        }
        Argon2Parameters.errors(config.argon2()).forEach((name, message) -> problems.add(error(name, message)));
        checkCost().ifPresent(problems::add);
        return problems;
    }

    /** Refuses parameters with which stolen hashes are guessed quickly. */
    private Optional<ConfigurationProblem> checkCost() {
        if (!Argon2Parameters.errors(config.argon2()).isEmpty()) {
            return Optional.empty();
        }
        Argon2Parameters own = Argon2Parameters.of(config.argon2());
        return own.memoryKib() >= LEAST_MEMORY_KIB && (long) own.memoryKib() * own.passes() >= LEAST_COST_KIB
                ? Optional.empty()
                : Optional.of(new ConfigurationProblem(
                        publicUrl.severityForUsers(),
                        "latchkey.password.argon2.memory",
                        "is %d KiB with %d passes, with which stolen hashes are guessed quickly; set 19M and 2 passes, or 7M and 5"
                                .formatted(own.memoryKib(), own.passes())));
    }

    /** So must the most expensive hash that is computed, which may take all permits. */
    private Optional<ConfigurationProblem> checkMostExpensive() {
        long roomKib = heapBytes / 1024 - HashPermits.RESERVED_MIB * 1024;
        return config.maxHashMemory()
                .map(memory -> memory.asLongValue() / 1024)
                .filter(memoryKib -> memoryKib > roomKib)
                .map(memoryKib -> errorInProduction(
                        "latchkey.password.max-hash-memory",
                        "is %d KiB, more than the heap has beside the %d MiB for everything else; lower it, or raise -Xmx"
                                .formatted(memoryKib, HashPermits.RESERVED_MIB)));
    }

    /** All permits at once must leave room for the rest of the process. */
    private Optional<ConfigurationProblem> checkHeap() {
        if (!Argon2Parameters.errors(config.argon2()).isEmpty()) {
            return Optional.empty();
        }
        Argon2Parameters own = Argon2Parameters.of(config.argon2());
        int permits = config.permits().orElse(1);
        int fitting = HashPermits.fitting(own.memoryKib(), heapBytes);
        return permits <= fitting
                ? Optional.empty()
                : Optional.of(errorInProduction(
                        "latchkey.password.permits",
                        "takes %d times %d KiB (latchkey.password.argon2.memory), more than the heap has beside the %d MiB for everything else; lower either, or raise -Xmx"
                                .formatted(permits, own.memoryKib(), HashPermits.RESERVED_MIB)));
    }
}
