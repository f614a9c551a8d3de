package dev.latchkey.key;

import dev.latchkey.platform.boot.DeploymentCheck;
import dev.latchkey.platform.db.DatabaseErrors;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** Checks whether the master secret opens the stored keys. Reads them, and makes none. */
@Singleton
final class StoredKeysCheck implements DeploymentCheck {

    private final KeyPairs stored;
    private final Secrets secrets;

    StoredKeysCheck(KeyPairs stored, Secrets secrets) {
        this.stored = stored;
        this.secrets = secrets;
    }

    @Override
    public String group() {
        return "keys";
    }

    @Override
    public List<CheckResult> run() {
        try {
            return secrets.shared().isEmpty()
                    ? check(QuarkusTransaction.requiringNew().call(stored::read))
                    : List.of(CheckResult.skipped(
                            "stored keys", "tokens are signed with LATCHKEY_JWT_SECRET, and no key pair is in use"));
        } catch (RuntimeException failure) {
            return List.of(
                    DatabaseErrors.describe(failure).equals(DatabaseErrors.MISSING_SCHEMA)
                            ? CheckResult.skipped("stored keys", "the database has no tables yet")
                            : CheckResult.error(
                                    "stored keys",
                                    "cannot be read: " + DatabaseErrors.reason(failure),
                                    "mend the settings and the database connection first"));
        }
    }

    static List<CheckResult> check(Keyring ring) {
        List<CheckResult> results = new ArrayList<>();
        int opened = 0;
        for (StoredKey key : ring.keys()) {
            String problem = key.opened().problem();
            if (problem == null) {
                opened += key.isRetired() ? 0 : 1;
                continue;
            }
            String name = "key " + key.id();
            results.add(
                    ring.inForce(key, ring.readAt())
                            ? CheckResult.error(
                                    name,
                                    problem,
                                    "see \"The master secret\" in the operations manual; until then its tokens are refused")
                            : CheckResult.warning(name, problem, "nothing has to be done: it is no longer in force"));
        }
        if (results.isEmpty()) {
            int count = opened;
            results.add(ring.signing(ring.readAt())
                    .map(signing -> CheckResult.ok(
                            "stored keys",
                            "the master secret opens all of them (" + count + "); " + signing.id() + " signs"))
                    .orElseGet(() -> CheckResult.skipped(
                            "stored keys", "none signs; the service makes one as soon as it is ready")));
        }
        return results;
    }
}
