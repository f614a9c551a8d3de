package dev.latchkey.token;

import static dev.latchkey.platform.boot.ConfigurationProblem.error;
import static dev.latchkey.platform.boot.ConfigurationProblem.format;
import static dev.latchkey.platform.boot.ConfigurationProblem.unlessPositive;
import static dev.latchkey.platform.boot.ConfigurationProblem.warning;

import dev.latchkey.key.KeyConfig;
import dev.latchkey.key.Secrets;
import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.http.PublicUrl;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks the lifetimes of access tokens, and rejects key-rotation settings under which a valid token could meet a verifier
 * that lacks its key.
 */
@Singleton
class TokenSettingsCheck implements ConfigurationCheck {

    // FR-017
    private static final Duration MAXIMUM_LEEWAY = Duration.ofSeconds(60);

    /** The longest lifetime of an access token that the specification names (FR-012). */
    private static final Duration LONG_LIFETIME = Duration.ofDays(1);

    /** The time that oauth.JwksResource allows clients to cache the public keys. */
    private static final Duration CACHED = Duration.ofMinutes(5);

    /**
     * The maximum delay of a replica: it reads once a second, and renews no token when it has not seen the database for 30
     * seconds.
     */
    private static final Duration LAG = Duration.ofMinutes(1);

    private final TokenConfig tokens;
    private final KeyConfig keys;
    private final PublicUrl publicUrl;

    TokenSettingsCheck(TokenConfig tokens, KeyConfig keys, PublicUrl publicUrl) {
        this.tokens = tokens;
        this.keys = keys;
        this.publicUrl = publicUrl;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        List<ConfigurationProblem> problems = new ArrayList<>(checkLifetimes(tokens));
        if (!Secrets.usesSharedSecret(keys)) {
            problems.addAll(checkAudience(tokens));
            Severity severity =
                    publicUrl.isLoopback() ? ConfigurationProblem::warning : ConfigurationProblem::errorInProduction;
            problems.addAll(checkPublishAhead(keys.publishAhead(), severity));
            problems.addAll(checkOverlap(keys.overlap(), tokens.accessLifetime(), tokens.leeway(), severity));
            keys.rotation()
                    .ifPresent(
                            rotation -> problems.addAll(checkRotation(rotation, keys.publishAhead(), keys.overlap())));
        }
        return problems;
    }

    static List<ConfigurationProblem> checkLifetimes(TokenConfig tokens) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        if (tokens.leeway().isNegative() || tokens.leeway().compareTo(MAXIMUM_LEEWAY) > 0) {
            problems.add(error(
                    "latchkey.token.leeway", "must be between 0 and 60 seconds; fix clock synchronisation instead"));
        }
        problems.addAll(unlessPositive("latchkey.token.access-lifetime", tokens.accessLifetime()));
        if (tokens.accessLifetime().compareTo(LONG_LIFETIME) > 0) {
            problems.add(
                    warning(
                            "latchkey.token.access-lifetime",
                            "is longer than a day: backends that verify tokens by themselves accept a stolen one that long, and every"
                                    + " replica keeps each revocation in memory as long; a refresh gives a new token at any time"));
        }
        if (tokens.renewalWindow().isNegative()) {
            problems.add(error("latchkey.token.renewal-window", "must not be negative; 0 switches renewal off"));
        }
        if (tokens.headerRenewalLimit().isNegative()) {
            problems.add(error(
                    "latchkey.token.header-renewal-limit",
                    "must not be negative; 0 switches renewal by response header off"));
        }
        return problems;
    }

    /** Security: tokens that anybody can verify must say whom they are for; see {@link Issuer}. */
    static List<ConfigurationProblem> checkAudience(TokenConfig tokens) {
        return tokens.audience().filter(Issuer.NO_AUDIENCE::equals).isPresent()
                ? List.of(error(
                        "latchkey.token.audience",
                        "is none, which goes only with a shared secret (LATCHKEY_JWT_SECRET); with a key pair leave it"
                                + " unset for the public URL, or name the backends that the tokens are for"))
                : List.of();
    }

    static List<ConfigurationProblem> checkPublishAhead(Duration ahead, Severity severity) {
        if (ahead.isNegative()) {
            return List.of(error("latchkey.key.publish-ahead", "must not be negative"));
        }
        Duration least = CACHED.plus(LAG);
        return ahead.compareTo(least) < 0
                ? List.of(
                        severity.problem(
                                "latchkey.key.publish-ahead",
                                "is " + format(ahead) + " and must be " + format(least)
                                        + " at least: backends keep the public keys for 5 minutes, and would refuse what a newer key signs"))
                : List.of();
    }

    static List<ConfigurationProblem> checkOverlap(
            Duration overlap, Duration accessLifetime, Duration leeway, Severity severity) {
        if (overlap.isNegative()) {
            return List.of(error("latchkey.key.overlap", "must not be negative"));
        }
        // Once for the clock of the signer, once for that of the verifier.
        Duration least = accessLifetime.plus(leeway.multipliedBy(2)).plus(LAG);
        return overlap.compareTo(least) < 0
                ? List.of(
                        severity.problem(
                                "latchkey.key.overlap",
                                "is " + format(overlap) + " and must be " + format(least)
                                        + " at least, the lifetime of an access token and what clocks and replicas may lag: valid tokens would be refused"))
                : List.of();
    }

    static List<ConfigurationProblem> checkRotation(Duration rotation, Duration ahead, Duration overlap) {
        Duration least = ahead.plus(overlap);
        return rotation.compareTo(least) < 0
                ? List.of(
                        error(
                                "latchkey.key.rotation",
                                "is " + format(rotation) + " and must be " + format(least)
                                        + " at least, latchkey.key.publish-ahead and latchkey.key.overlap together: a key would be replaced before the one before it is gone"))
                : List.of();
    }

    /** Creates a configuration error or a warning, depending on the rule. */
    @FunctionalInterface
    interface Severity {
        ConfigurationProblem problem(String property, String message);
    }
}
