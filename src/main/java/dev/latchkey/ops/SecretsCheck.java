package dev.latchkey.ops;

import dev.latchkey.key.Secrets;
import dev.latchkey.ops.Settings.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Judges the configured secrets without ever repeating one. */
final class SecretsCheck {

    private SecretsCheck() {}

    static List<Finding> judgeRequired(Secret secret) {
        if (!secret.isGiven()) {
            return List.of(Finding.severeInProduction(
                    secret.name(),
                    "is missing; set it to at least 32 random bytes (openssl rand -base64 48), or name a file that holds them in "
                            + secret.name() + "_FILE"));
        }
        return judge(secret, fault -> Finding.severeInProduction(secret.name(), fault));
    }

    static List<Finding> judgeOptional(Secret secret) {
        return judge(secret, fault -> Finding.severe(secret.name(), fault));
    }

    private static List<Finding> judge(Secret secret, Function<String, Finding> finding) {
        return Secrets.fault(given(secret.value()), given(secret.file()).map(Path::of)).stream()
                .map(finding)
                .toList();
    }

    private static Optional<String> given(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
