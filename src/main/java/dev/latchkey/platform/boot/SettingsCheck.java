package dev.latchkey.platform.boot;

import dev.latchkey.key.SecretsCheck;
import dev.latchkey.platform.http.OriginSettings;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Refuses settings that would make the service unsafe or senseless, and says so in the words of the deployment. */
@Singleton
class SettingsCheck implements ConfigurationCheck {

    /** What application.properties has in the place of a missing URL. */
    static final String NO_DATABASE = "jdbc:postgresql://missing.invalid/";

    private static final Duration MOST_LEEWAY = Duration.ofSeconds(60);

    private final Settings settings;

    SettingsCheck(Settings settings) {
        this.settings = settings;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        List<ConfigurationProblem> problems = new ArrayList<>();
        if (!CommandMode.isOn()) {
            problems.addAll(OriginSettings.checkPublicUrl(settings.publicUrl()));
        }
        problems.addAll(OriginSettings.checkTrusted(settings.trustedOrigins()));
        problems.addAll(checkDatabase(settings.jdbcUrl()));
        problems.addAll(SecretsCheck.checkRequired(settings.secret()));
        problems.addAll(SecretsCheck.checkOptional(settings.jwtSecret()));
        problems.addAll(SecretsCheck.checkOptional(settings.previousJwtSecret()));
        problems.addAll(SecretsCheck.checkOptional(settings.betterAuthSecret()));
        problems.addAll(checkDistinct(
                settings.betterAuthSecret(),
                List.of(settings.secret(), settings.jwtSecret(), settings.previousJwtSecret())));
        problems.addAll(checkOverlap(settings.jwtSecret(), settings.previousJwtSecret()));
        problems.addAll(checkThrottling(settings.throttling()));
        problems.addAll(checkHttp2(settings.http2()));
        problems.addAll(checkLifetimes(settings.lifetimes()));
        return problems;
    }

    static List<ConfigurationProblem> checkDatabase(String jdbcUrl) {
        return jdbcUrl.isEmpty() || jdbcUrl.equals(NO_DATABASE)
                ? List.of(
                        ConfigurationProblem.errorInProduction(
                                "QUARKUS_DATASOURCE_JDBC_URL",
                                "is missing; set it, _USERNAME and _PASSWORD to a PostgreSQL database (the embedded one is for development only)"))
                : List.of();
    }

    /** Security: one that is shared with backends must not give away the others. */
    static List<ConfigurationProblem> checkDistinct(Settings.Secret secret, List<Settings.Secret> others) {
        return others.stream()
                .filter(other -> !secret.value().isEmpty() && secret.value().equals(other.value()))
                .map(other -> ConfigurationProblem.error(
                        secret.name(), "is the same as " + other.name() + "; give each purpose a secret of its own"))
                .toList();
    }

    /** Silently ignored, it would sign everybody out whose token it was kept for. */
    static List<ConfigurationProblem> checkOverlap(Settings.Secret present, Settings.Secret previous) {
        return previous.isGiven() && !present.isGiven()
                ? List.of(ConfigurationProblem.error(
                        previous.name(), "is set without " + present.name() + ", and verifies only beside it"))
                : List.of();
    }

    static List<ConfigurationProblem> checkThrottling(boolean enabled) {
        return enabled
                ? List.of()
                : List.of(ConfigurationProblem.warning(
                        "LATCHKEY_THROTTLE_ENABLED",
                        "is false: nothing slows down guessing; for tests and benchmarks only"));
    }

    static List<ConfigurationProblem> checkHttp2(boolean enabled) {
        return enabled
                ? List.of(ConfigurationProblem.error(
                        "quarkus.http.http2",
                        "must stay false: requests with a body would fail; proxies speak HTTP/1.1 to a backend"))
                : List.of();
    }

    static List<ConfigurationProblem> checkLifetimes(Settings.Lifetimes lifetimes) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        if (lifetimes.leeway().isNegative() || lifetimes.leeway().compareTo(MOST_LEEWAY) > 0) {
            problems.add(ConfigurationProblem.error(
                    "latchkey.token.leeway",
                    "must be between 0 and 60 seconds; mend the clocks rather than allow for them"));
        }
        positive(problems, "latchkey.token.access-lifetime", lifetimes.accessToken());
        positive(problems, "latchkey.session.idle-lifetime", lifetimes.sessionIdle());
        positive(problems, "latchkey.session.absolute-lifetime", lifetimes.sessionAbsolute());
        if (lifetimes.renewalWindow().isNegative()) {
            problems.add(ConfigurationProblem.error(
                    "latchkey.token.renewal-window", "must not be negative; 0 switches renewal off"));
        }
        if (lifetimes.sessionIdle().compareTo(lifetimes.sessionAbsolute()) > 0) {
            problems.add(ConfigurationProblem.error(
                    "latchkey.session.idle-lifetime",
                    "is longer than latchkey.session.absolute-lifetime; it could never end a session"));
        }
        return problems;
    }

    private static void positive(List<ConfigurationProblem> problems, String property, Duration lifetime) {
        if (!lifetime.isPositive()) {
            problems.add(ConfigurationProblem.error(property, "must be longer than nothing"));
        }
    }
}
