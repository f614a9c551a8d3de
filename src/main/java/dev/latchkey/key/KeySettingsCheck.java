package dev.latchkey.key;

import static dev.latchkey.platform.boot.ConfigurationProblem.error;
import static dev.latchkey.platform.boot.ConfigurationProblem.errorInProduction;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks the secrets, without ever repeating one, and the algorithm of new keys. */
@Singleton
class KeySettingsCheck implements ConfigurationCheck {

    private final KeyConfig config;

    KeySettingsCheck(KeyConfig config) {
        this.config = config;
    }

    @Override
    public Usage usage() {
        return Usage.KEYS;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        Secret master = new Secret("LATCHKEY_SECRET", config.secret(), config.secretFile());
        Secret shared = new Secret("LATCHKEY_JWT_SECRET", config.jwtSecret(), config.jwtSecretFile());
        Secret previous =
                new Secret("LATCHKEY_JWT_SECRET_PREVIOUS", config.jwtSecretPrevious(), config.jwtSecretPreviousFile());
        Secret cookies =
                new Secret("LATCHKEY_BETTER_AUTH_SECRET", config.betterAuthSecret(), config.betterAuthSecretFile());
        List<ConfigurationProblem> problems = new ArrayList<>();
        problems.addAll(checkRequired(master));
        problems.addAll(checkOptional(shared));
        problems.addAll(checkOptional(previous));
        problems.addAll(checkOptional(cookies));
        problems.addAll(checkDistinct(cookies, List.of(master, shared, previous)));
        problems.addAll(checkPrevious(shared, previous));
        problems.addAll(checkAlgorithm(config.algorithm()));
        return problems;
    }

    static List<ConfigurationProblem> checkRequired(Secret secret) {
        if (!secret.isGiven()) {
            return List.of(errorInProduction(
                    secret.name(),
                    "is missing; set it to at least 32 random bytes (openssl rand -base64 48), or name a file that holds them in "
                            + secret.name() + "_FILE"));
        }
        return secret.error()
                .map(error -> errorInProduction(secret.name(), error))
                .toList();
    }

    static List<ConfigurationProblem> checkOptional(Secret secret) {
        return secret.error().map(error -> error(secret.name(), error)).toList();
    }

    /** Security: a secret that is shared with backends must not reveal the others. */
    static List<ConfigurationProblem> checkDistinct(Secret secret, List<Secret> others) {
        return others.stream()
                .filter(other -> secret.value().isPresent() && secret.value().equals(other.value()))
                .map(other -> error(
                        secret.name(), "is the same as " + other.name() + "; give each purpose a secret of its own"))
                .toList();
    }

    /** Silently ignored, a previous secret would sign out every user for whose token it was kept. */
    static List<ConfigurationProblem> checkPrevious(Secret present, Secret previous) {
        return previous.isGiven() && !present.isGiven()
                ? List.of(error(previous.name(), "is set without " + present.name() + ", and verifies only beside it"))
                : List.of();
    }

    static List<ConfigurationProblem> checkAlgorithm(String algorithm) {
        return Algorithm.ofKeyPair(algorithm).isPresent()
                ? List.of()
                : List.of(error(
                        "latchkey.key.algorithm",
                        "is '" + algorithm
                                + "' and must be EdDSA, ES256, RS256 or PS256 (for HS256 set LATCHKEY_JWT_SECRET)"));
    }

    /** A secret as it is configured: as a value, or as a file that holds it. */
    record Secret(String name, Optional<String> value, Optional<Path> file) {

        boolean isGiven() {
            return value.isPresent() || file.isPresent();
        }

        Stream<String> error() {
            return Secrets.error(value, file).stream();
        }

        // Security: a record prints its components.
        @Override
        public String toString() {
            return name;
        }
    }
}
