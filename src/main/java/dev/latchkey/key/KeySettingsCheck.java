package dev.latchkey.key;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.boot.Settings;
import dev.latchkey.platform.http.OriginSettings;
import dev.latchkey.token.TokenConfig;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Refuses a life of keys in which a token would meet somebody who does not know its key yet, or no longer. */
@Singleton
class KeySettingsCheck implements ConfigurationCheck {

    /** What oauth.JwksResource allows whoever reads the public keys to keep them for. */
    private static final Duration CACHED = Duration.ofMinutes(5);

    /**
     * What a replica may be behind: it looks once a second, and renews no token when it has not seen the database for 30
     * seconds.
     */
    private static final Duration LAG = Duration.ofMinutes(1);

    private final KeyConfig keys;
    private final TokenConfig tokens;
    private final Settings settings;

    KeySettingsCheck(KeyConfig keys, TokenConfig tokens, Settings settings) {
        this.keys = keys;
        this.tokens = tokens;
        this.settings = settings;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        if (settings.jwtSecret().isGiven()) {
            return List.of();
        }
        Weight weight = OriginSettings.isOnThisMachine(settings.publicUrl())
                ? ConfigurationProblem::warning
                : ConfigurationProblem::errorInProduction;
        List<ConfigurationProblem> problems = new ArrayList<>();
        problems.addAll(checkAhead(keys.publishAhead(), weight));
        problems.addAll(checkOverlap(keys.overlap(), tokens.accessLifetime(), tokens.leeway(), weight));
        keys.rotation()
                .ifPresent(rotation -> problems.addAll(checkRotation(rotation, keys.publishAhead(), keys.overlap())));
        return problems;
    }

    static List<ConfigurationProblem> checkAhead(Duration ahead, Weight weight) {
        if (ahead.isNegative()) {
            return List.of(ConfigurationProblem.error("latchkey.key.publish-ahead", "must not be negative"));
        }
        Duration least = CACHED.plus(LAG);
        return ahead.compareTo(least) < 0
                ? List.of(
                        weight.problem(
                                "latchkey.key.publish-ahead",
                                "is " + words(ahead) + " and must be " + words(least)
                                        + " at least: backends keep the public keys for 5 minutes, and would refuse what a newer key signs"))
                : List.of();
    }

    static List<ConfigurationProblem> checkOverlap(
            Duration overlap, Duration accessLifetime, Duration leeway, Weight weight) {
        if (overlap.isNegative()) {
            return List.of(ConfigurationProblem.error("latchkey.key.overlap", "must not be negative"));
        }
        // Once for the clock of whoever signed, once for that of whoever verifies.
        Duration least = accessLifetime.plus(leeway.multipliedBy(2)).plus(LAG);
        return overlap.compareTo(least) < 0
                ? List.of(
                        weight.problem(
                                "latchkey.key.overlap",
                                "is " + words(overlap) + " and must be " + words(least)
                                        + " at least, the life of an access token and what clocks and replicas may lag: tokens that still count would be refused"))
                : List.of();
    }

    static List<ConfigurationProblem> checkRotation(Duration rotation, Duration ahead, Duration overlap) {
        Duration least = ahead.plus(overlap);
        return rotation.compareTo(least) < 0
                ? List.of(
                        ConfigurationProblem.error(
                                "latchkey.key.rotation",
                                "is " + words(rotation) + " and must be " + words(least)
                                        + " at least, latchkey.key.publish-ahead and latchkey.key.overlap together: a key would be replaced before the one before it is gone"))
                : List.of();
    }

    /** As a setting is written, but for the prefix that nobody writes. */
    private static String words(Duration duration) {
        return duration.toString().replaceFirst("PT", "").toLowerCase(Locale.ROOT);
    }

    /** How much a problem weighs. */
    @FunctionalInterface
    interface Weight {
        ConfigurationProblem problem(String property, String message);
    }
}
