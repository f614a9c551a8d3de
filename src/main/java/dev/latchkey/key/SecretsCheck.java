package dev.latchkey.key;

import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.boot.Settings.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Judges the configured secrets without ever repeating one. */
public final class SecretsCheck {

    private SecretsCheck() {}

    public static List<ConfigurationProblem> checkRequired(Secret secret) {
        if (!secret.isGiven()) {
            return List.of(ConfigurationProblem.errorInProduction(
                    secret.name(),
                    "is missing; set it to at least 32 random bytes (openssl rand -base64 48), or name a file that holds them in "
                            + secret.name() + "_FILE"));
        }
        return check(secret, fault -> ConfigurationProblem.errorInProduction(secret.name(), fault));
    }

    public static List<ConfigurationProblem> checkOptional(Secret secret) {
        return check(secret, fault -> ConfigurationProblem.error(secret.name(), fault));
    }

    private static List<ConfigurationProblem> check(Secret secret, Function<String, ConfigurationProblem> problem) {
        return Secrets.fault(given(secret.value()), given(secret.file()).map(Path::of)).stream()
                .map(problem)
                .toList();
    }

    private static Optional<String> given(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
