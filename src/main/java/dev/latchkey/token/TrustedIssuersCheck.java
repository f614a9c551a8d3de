package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.ConfiguredSecret;
import dev.latchkey.key.Secrets;
import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.http.OutboundHttp;
import dev.latchkey.platform.http.PublicUrl;
import dev.latchkey.token.TrustedIssuerConfig.Trusted;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Checks the settings of the other issuers whose tokens are accepted. */
@Singleton
class TrustedIssuersCheck implements ConfigurationCheck, ConfiguredSecret.Holder {

    /** The algorithms that an issuer with published keys may sign with. */
    static final Set<Algorithm> ASYMMETRIC = EnumSet.complementOf(EnumSet.of(Algorithm.HS256));

    private static final Duration MIN_KEYS_AGE = Duration.ofHours(1);
    private static final Duration MAX_KEYS_AGE = Duration.ofDays(7);
    private static final Duration MIN_LIFETIME = Duration.ofMinutes(1);
    /** As long as a session by default; every replica has the revocations of that time in memory. */
    private static final Duration MAX_LIFETIME = Duration.ofDays(30);

    private final TrustedIssuerConfig config;
    private final TokenConfig tokens;
    private final PublicUrl publicUrl;

    TrustedIssuersCheck(TrustedIssuerConfig config, TokenConfig tokens, PublicUrl publicUrl) {
        this.config = config;
        this.tokens = tokens;
        this.publicUrl = publicUrl;
    }

    @Override
    public Usage usage() {
        return Usage.GATE_RULES;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        List<ConfigurationProblem> problems = new ArrayList<>();
        Optional<String> ourIssuer = tokens.issuer().or(publicUrl::originIfPresent);
        config.issuers().forEach((name, issuer) -> problems.addAll(check(name, issuer, ourIssuer)));
        return problems;
    }

    @Override
    public List<ConfiguredSecret> secrets() {
        return config.issuers().entrySet().stream()
                .map(issuer -> new ConfiguredSecret(
                        "latchkey.token.trusted." + issuer.getKey() + ".secret",
                        issuer.getValue().secret(),
                        issuer.getValue().secretFile()))
                .toList();
    }

    static List<ConfigurationProblem> check(String name, Trusted issuer, Optional<String> ourIssuer) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        if (name.equals(TokenOrigin.OURS)) {
            problems.add(error(
                    name,
                    "issuer",
                    "is called " + name + ", which is what we are called ourselves; give it another name"));
        }
        if (issuer.issuer().isPresent() && issuer.issuer().equals(ourIssuer)) {
            problems.add(error(name, "issuer", "is our own issuer; tokens of two services must be told apart"));
        }
        if (issuer.maxLifetime().compareTo(MIN_LIFETIME) < 0
                || issuer.maxLifetime().compareTo(MAX_LIFETIME) > 0) {
            problems.add(error(name, "max-lifetime", "must be from 1m to 30d"));
        }
        boolean isShared = issuer.secret().isPresent() || issuer.secretFile().isPresent();
        if (issuer.jwksUrl().isPresent() == isShared) {
            problems.add(error(name, "jwks-url", "and .secret: give one of them, by which its tokens are verified"));
        } else if (isShared) {
            problems.addAll(checkShared(name, issuer));
        } else {
            problems.addAll(checkPublished(name, issuer, issuer.jwksUrl().get()));
        }
        return problems;
    }

    private static List<ConfigurationProblem> checkShared(String name, Trusted issuer) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        if (issuer.algorithms().filter(named -> !named.equals(List.of("HS256"))).isPresent()) {
            problems.add(error(name, "algorithms", "can only be HS256 beside a secret"));
        }
        Secrets.error(issuer.secret(), issuer.secretFile())
                .ifPresent(error -> problems.add(error(name, "secret", error)));
        return problems;
    }

    private static List<ConfigurationProblem> checkPublished(String name, Trusted issuer, URI url) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        if (!OutboundHttp.isProtected(url)) {
            // Security: an attacker who can alter the keys under way can sign tokens.
            problems.add(error(name, "jwks-url", "must be an https address (plain http on a loopback address only)"));
        }
        // Security: a key that was stolen would be in use for ever where its issuer cannot be reached. Shorter than an
        // hour, a restart of the issuer's server would refuse all of its tokens.
        if (issuer.keysMaxAge().compareTo(MIN_KEYS_AGE) < 0
                || issuer.keysMaxAge().compareTo(MAX_KEYS_AGE) > 0) {
            problems.add(error(name, "keys-max-age", "must be from 1h to 7d"));
        }
        // RFC 8725 section 3.8 and 3.9: else a token that it signs for any other service would be accepted here.
        if (issuer.issuer().isEmpty()) {
            problems.add(error(name, "issuer", "must be given beside .jwks-url"));
        }
        if (issuer.audience().isEmpty()) {
            problems.add(error(name, "audience", "must be given beside .jwks-url"));
        }
        for (String algorithm : issuer.algorithms().orElse(List.of())) {
            if (Algorithm.named(algorithm).filter(ASYMMETRIC::contains).isEmpty()) {
                problems.add(error(
                        name,
                        "algorithms",
                        "has '" + algorithm + "', and may have "
                                + ASYMMETRIC.stream().map(Algorithm::jose).collect(Collectors.joining(", "))));
            }
        }
        return problems;
    }

    private static ConfigurationProblem error(String name, String setting, String message) {
        return ConfigurationProblem.error("latchkey.token.trusted." + name + "." + setting, message);
    }
}
