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
    public List<ConfigurationProblem> findings() {
        List<ConfigurationProblem> findings = new ArrayList<>();
        if (!CommandMode.isOn()) {
            findings.addAll(OriginSettings.judgePublicUrl(settings.publicUrl()));
        }
        findings.addAll(OriginSettings.judgeTrusted(settings.trustedOrigins()));
        findings.addAll(judgeDatabase(settings.jdbcUrl()));
        findings.addAll(SecretsCheck.judgeRequired(settings.secret()));
        findings.addAll(SecretsCheck.judgeOptional(settings.jwtSecret()));
        findings.addAll(SecretsCheck.judgeOptional(settings.previousJwtSecret()));
        findings.addAll(SecretsCheck.judgeOptional(settings.betterAuthSecret()));
        findings.addAll(judgeDistinct(
                settings.betterAuthSecret(),
                List.of(settings.secret(), settings.jwtSecret(), settings.previousJwtSecret())));
        findings.addAll(judgeOverlap(settings.jwtSecret(), settings.previousJwtSecret()));
        findings.addAll(judgeThrottling(settings.throttling()));
        findings.addAll(judgeHttp2(settings.http2()));
        findings.addAll(judgeLifetimes(settings.lifetimes()));
        return findings;
    }

    static List<ConfigurationProblem> judgeDatabase(String jdbcUrl) {
        return jdbcUrl.isEmpty() || jdbcUrl.equals(NO_DATABASE)
                ? List.of(
                        ConfigurationProblem.severeInProduction(
                                "QUARKUS_DATASOURCE_JDBC_URL",
                                "is missing; set it, _USERNAME and _PASSWORD to a PostgreSQL database (the embedded one is for development only)"))
                : List.of();
    }

    /** Security: one that is shared with backends must not give away the others. */
    static List<ConfigurationProblem> judgeDistinct(Settings.Secret secret, List<Settings.Secret> others) {
        return others.stream()
                .filter(other -> !secret.value().isEmpty() && secret.value().equals(other.value()))
                .map(other -> ConfigurationProblem.severe(
                        secret.name(), "is the same as " + other.name() + "; give each purpose a secret of its own"))
                .toList();
    }

    /** Silently ignored, it would sign everybody out whose token it was kept for. */
    static List<ConfigurationProblem> judgeOverlap(Settings.Secret present, Settings.Secret previous) {
        return previous.isGiven() && !present.isGiven()
                ? List.of(ConfigurationProblem.severe(
                        previous.name(), "is set without " + present.name() + ", and verifies only beside it"))
                : List.of();
    }

    static List<ConfigurationProblem> judgeThrottling(boolean enabled) {
        return enabled
                ? List.of()
                : List.of(ConfigurationProblem.warning(
                        "LATCHKEY_THROTTLE_ENABLED",
                        "is false: nothing slows down guessing; for tests and benchmarks only"));
    }

    static List<ConfigurationProblem> judgeHttp2(boolean enabled) {
        return enabled
                ? List.of(ConfigurationProblem.severe(
                        "quarkus.http.http2",
                        "must stay false: requests with a body would fail; proxies speak HTTP/1.1 to a backend"))
                : List.of();
    }

    static List<ConfigurationProblem> judgeLifetimes(Settings.Lifetimes lifetimes) {
        List<ConfigurationProblem> findings = new ArrayList<>();
        if (lifetimes.leeway().isNegative() || lifetimes.leeway().compareTo(MOST_LEEWAY) > 0) {
            findings.add(ConfigurationProblem.severe(
                    "latchkey.token.leeway",
                    "must be between 0 and 60 seconds; mend the clocks rather than allow for them"));
        }
        positive(findings, "latchkey.token.access-lifetime", lifetimes.accessToken());
        positive(findings, "latchkey.session.idle-lifetime", lifetimes.sessionIdle());
        positive(findings, "latchkey.session.absolute-lifetime", lifetimes.sessionAbsolute());
        if (lifetimes.renewalWindow().isNegative()) {
            findings.add(ConfigurationProblem.severe(
                    "latchkey.token.renewal-window", "must not be negative; 0 switches renewal off"));
        }
        if (lifetimes.sessionIdle().compareTo(lifetimes.sessionAbsolute()) > 0) {
            findings.add(ConfigurationProblem.severe(
                    "latchkey.session.idle-lifetime",
                    "is longer than latchkey.session.absolute-lifetime; it could never end a session"));
        }
        return findings;
    }

    private static void positive(List<ConfigurationProblem> findings, String property, Duration lifetime) {
        if (!lifetime.isPositive()) {
            findings.add(ConfigurationProblem.severe(property, "must be longer than nothing"));
        }
    }
}
