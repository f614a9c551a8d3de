package dev.latchkey.key;

import static dev.latchkey.platform.boot.ConfigurationProblem.error;
import static dev.latchkey.platform.boot.ConfigurationProblem.errorInProduction;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** Checks the secrets, without ever repeating one, and the algorithm of new keys. */
@Singleton
class KeySettingsCheck implements ConfigurationCheck, ConfiguredSecret.Holder {

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
        List<ConfigurationProblem> problems = new ArrayList<>();
        problems.addAll(checkRequired(master()));
        problems.addAll(checkOptional(previousMaster()));
        problems.addAll(checkOptional(shared()));
        problems.addAll(checkOptional(previousShared()));
        problems.addAll(checkOptional(cookies()));
        problems.addAll(checkPrevious(master(), previousMaster()));
        problems.addAll(checkPrevious(shared(), previousShared()));
        problems.addAll(checkAlgorithm(config.algorithm()));
        return problems;
    }

    @Override
    public List<ConfiguredSecret> secrets() {
        return List.of(master(), previousMaster(), shared(), previousShared(), cookies());
    }

    private ConfiguredSecret master() {
        return new ConfiguredSecret("LATCHKEY_SECRET", config.secret(), config.secretFile());
    }

    private ConfiguredSecret previousMaster() {
        return new ConfiguredSecret("LATCHKEY_SECRET_PREVIOUS", config.secretPrevious(), config.secretPreviousFile());
    }

    private ConfiguredSecret shared() {
        return new ConfiguredSecret("LATCHKEY_JWT_SECRET", config.jwtSecret(), config.jwtSecretFile());
    }

    private ConfiguredSecret previousShared() {
        return new ConfiguredSecret(
                "LATCHKEY_JWT_SECRET_PREVIOUS", config.jwtSecretPrevious(), config.jwtSecretPreviousFile());
    }

    private ConfiguredSecret cookies() {
        return new ConfiguredSecret(
                "LATCHKEY_BETTER_AUTH_SECRET", config.betterAuthSecret(), config.betterAuthSecretFile());
    }

    static List<ConfigurationProblem> checkRequired(ConfiguredSecret secret) {
        if (!secret.isGiven()) {
            return List.of(errorInProduction(
                    secret.name(),
                    "is missing; set it to at least 32 random bytes (openssl rand -base64 48), or name a file that holds them in "
                            + secret.name() + "_FILE"));
        }
        return secret.error().map(error -> errorInProduction(secret.name(), error)).stream()
                .toList();
    }

    static List<ConfigurationProblem> checkOptional(ConfiguredSecret secret) {
        return secret.error().map(error -> error(secret.name(), error)).stream().toList();
    }

    /** Silently ignored, a previous secret would sign out every user for whose sake it was kept. */
    static List<ConfigurationProblem> checkPrevious(ConfiguredSecret present, ConfiguredSecret previous) {
        return previous.isGiven() && !present.isGiven()
                ? List.of(error(previous.name(), "is set without " + present.name() + ", and is of use only beside it"))
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
}
