package dev.latchkey.ops;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Refuses settings that would make the service unsafe or senseless, and says so in the words of the deployment. */
@Singleton
class SettingsCheck implements BootCheck {

    /** What application.properties has in the place of a missing URL. */
    static final String NO_DATABASE = "jdbc:postgresql://missing.invalid/";

    private static final Duration MOST_LEEWAY = Duration.ofSeconds(60);

    private final Settings settings;

    SettingsCheck(Settings settings) {
        this.settings = settings;
    }

    @Override
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        if (!CommandMode.isOn()) {
            findings.addAll(Origins.judgePublicUrl(settings.publicUrl()));
        }
        findings.addAll(Origins.judgeTrusted(settings.trustedOrigins()));
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

    static List<Finding> judgeDatabase(String jdbcUrl) {
        return jdbcUrl.isEmpty() || jdbcUrl.equals(NO_DATABASE)
                ? List.of(
                        Finding.severeInProduction(
                                "QUARKUS_DATASOURCE_JDBC_URL",
                                "is missing; set it, _USERNAME and _PASSWORD to a PostgreSQL database (the embedded one is for development only)"))
                : List.of();
    }

    /** Security: one that is shared with backends must not give away the others. */
    static List<Finding> judgeDistinct(Settings.Secret secret, List<Settings.Secret> others) {
        return others.stream()
                .filter(other -> !secret.value().isEmpty() && secret.value().equals(other.value()))
                .map(other -> Finding.severe(
                        secret.name(), "is the same as " + other.name() + "; give each purpose a secret of its own"))
                .toList();
    }

    /** Silently ignored, it would sign everybody out whose token it was kept for. */
    static List<Finding> judgeOverlap(Settings.Secret present, Settings.Secret previous) {
        return previous.isGiven() && !present.isGiven()
                ? List.of(Finding.severe(
                        previous.name(), "is set without " + present.name() + ", and verifies only beside it"))
                : List.of();
    }

    static List<Finding> judgeThrottling(boolean enabled) {
        return enabled
                ? List.of()
                : List.of(Finding.warning(
                        "LATCHKEY_THROTTLE_ENABLED",
                        "is false: nothing slows down guessing; for tests and benchmarks only"));
    }

    static List<Finding> judgeHttp2(boolean enabled) {
        return enabled
                ? List.of(Finding.severe(
                        "quarkus.http.http2",
                        "must stay false: requests with a body would fail; proxies speak HTTP/1.1 to a backend"))
                : List.of();
    }

    static List<Finding> judgeLifetimes(Settings.Lifetimes lifetimes) {
        List<Finding> findings = new ArrayList<>();
        if (lifetimes.leeway().isNegative() || lifetimes.leeway().compareTo(MOST_LEEWAY) > 0) {
            findings.add(Finding.severe(
                    "latchkey.token.leeway",
                    "must be between 0 and 60 seconds; mend the clocks rather than allow for them"));
        }
        positive(findings, "latchkey.token.access-lifetime", lifetimes.accessToken());
        positive(findings, "latchkey.session.idle-lifetime", lifetimes.sessionIdle());
        positive(findings, "latchkey.session.absolute-lifetime", lifetimes.sessionAbsolute());
        if (lifetimes.renewalWindow().isNegative()) {
            findings.add(
                    Finding.severe("latchkey.token.renewal-window", "must not be negative; 0 switches renewal off"));
        }
        if (lifetimes.sessionIdle().compareTo(lifetimes.sessionAbsolute()) > 0) {
            findings.add(Finding.severe(
                    "latchkey.session.idle-lifetime",
                    "is longer than latchkey.session.absolute-lifetime; it could never end a session"));
        }
        return findings;
    }

    private static void positive(List<Finding> findings, String property, Duration lifetime) {
        if (!lifetime.isPositive()) {
            findings.add(Finding.severe(property, "must be longer than nothing"));
        }
    }
}
