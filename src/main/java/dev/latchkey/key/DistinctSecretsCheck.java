package dev.latchkey.key;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.crypto.Digests;
import io.quarkus.arc.All;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Refuses two settings with the same secret, whether they are given by value or by file.
 *
 * <p>Security: each secret is known to other parties. A backend that has the shared secret of access tokens must not be able
 * to encrypt keys or sign cookies; what one issuer signs must not pass as another's token; and a previous secret that is the
 * present one makes a rotation that replaces nothing.
 */
@Singleton
class DistinctSecretsCheck implements ConfigurationCheck {

    private final List<ConfiguredSecret.Holder> holders;

    DistinctSecretsCheck(@All List<ConfiguredSecret.Holder> holders) {
        this.holders = holders;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        return compare(
                holders.stream().flatMap(holder -> holder.secrets().stream()).toList());
    }

    /** Returns one error for each pair that is the same. One that cannot be read is its own check's concern. */
    static List<ConfigurationProblem> compare(List<ConfiguredSecret> secrets) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        List<Optional<byte[]>> contents =
                secrets.stream().map(ConfiguredSecret::bytes).toList();
        for (int i = 0; i < secrets.size(); i++) {
            for (int j = i + 1; j < secrets.size(); j++) {
                if (isSame(contents.get(i), contents.get(j))) {
                    problems.add(ConfigurationProblem.error(
                            secrets.get(j).name(),
                            "is the same as " + secrets.get(i).name()
                                    + "; give each a secret of its own (openssl rand -base64 48)"));
                }
            }
        }
        return problems;
    }

    private static boolean isSame(Optional<byte[]> one, Optional<byte[]> other) {
        return one.isPresent() && other.isPresent() && Digests.areEqual(one.get(), other.get());
    }
}
