package dev.latchkey.token;

import dev.latchkey.platform.boot.DeploymentCheck;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.function.Supplier;

/** Checks whether the keys that trusted issuers publish can be read from here. */
@Singleton
final class TrustedKeysCheck implements DeploymentCheck {

    private final Supplier<List<RemoteJwks>> issuers;

    @Inject
    TrustedKeysCheck(TrustedIssuers issuers) {
        this(issuers::remote);
    }

    TrustedKeysCheck(Supplier<List<RemoteJwks>> issuers) {
        this.issuers = issuers;
    }

    @Override
    public String group() {
        return "trusted issuers";
    }

    @Override
    public List<CheckResult> run() {
        List<RemoteJwks> all = issuers.get();
        return all.isEmpty()
                ? List.of(CheckResult.skipped("keys", "no issuer is trusted by published keys"))
                // At once: each may take its whole timeout.
                : all.parallelStream().map(TrustedKeysCheck::check).toList();
    }

    private static CheckResult check(RemoteJwks issuer) {
        return issuer.fetchNow()
                .map(reason -> CheckResult.error(
                        issuer.issuer(),
                        "its keys cannot be read: " + reason,
                        "check latchkey.token.trusted." + issuer.issuer() + ".jwks-url, its algorithms, and that this"
                                + " machine may connect to it; redirects are not followed"))
                .orElseGet(() -> CheckResult.ok(issuer.issuer(), issuer.status()));
    }
}
