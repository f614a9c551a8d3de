package dev.latchkey.session;

import static dev.latchkey.platform.boot.ConfigurationProblem.error;
import static dev.latchkey.platform.boot.ConfigurationProblem.format;
import static dev.latchkey.platform.boot.ConfigurationProblem.unlessBetween;
import static dev.latchkey.platform.boot.ConfigurationProblem.unlessPositive;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.http.PublicUrl;
import dev.latchkey.token.TokenConfig;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks the lifetimes and the number of sessions. */
@Singleton
class SessionSettingsCheck implements ConfigurationCheck {

    /** Browsers keep no cookie longer (RFC 6265bis). */
    private static final Duration MAXIMUM_LIFETIME = Duration.ofDays(400);

    /** A client that has lost a response asks again within seconds. */
    private static final Duration MAXIMUM_GRACE = Duration.ofMinutes(1);

    /** What Better Auth calls fresh. */
    private static final Duration MAXIMUM_FRESHNESS = Duration.ofDays(1);

    private final SessionConfig config;
    private final TokenConfig tokens;
    private final PublicUrl publicUrl;

    SessionSettingsCheck(SessionConfig config, TokenConfig tokens, PublicUrl publicUrl) {
        this.config = config;
        this.tokens = tokens;
        this.publicUrl = publicUrl;
    }

    @Override
    public Usage usage() {
        return Usage.SESSIONS;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        List<ConfigurationProblem> problems = new ArrayList<>();
        problems.addAll(unlessPositive("latchkey.session.idle-lifetime", config.idleLifetime()));
        problems.addAll(unlessPositive("latchkey.session.absolute-lifetime", config.absoluteLifetime()));
        if (config.idleLifetime().compareTo(config.absoluteLifetime()) > 0) {
            problems.add(error(
                    "latchkey.session.idle-lifetime",
                    "is longer than latchkey.session.absolute-lifetime; it could never end a session"));
        }
        // No token outlives its session, so that such a lifetime never comes true; it would only keep revocations
        // longer.
        if (tokens.accessLifetime().compareTo(config.absoluteLifetime()) > 0) {
            problems.add(error(
                    "latchkey.token.access-lifetime",
                    "is longer than latchkey.session.absolute-lifetime, with which every token ends; shorten it"));
        }
        problems.addAll(unlessPositive("latchkey.session.browser-session-lifetime", config.browserSessionLifetime()));
        if (config.absoluteLifetime().compareTo(MAXIMUM_LIFETIME) > 0) {
            problems.add(new ConfigurationProblem(
                    publicUrl.severityForUsers(),
                    "latchkey.session.absolute-lifetime",
                    "is " + format(config.absoluteLifetime()) + "; set " + format(MAXIMUM_LIFETIME)
                            + " at most: a stolen session lasts as long, and no browser keeps its cookie longer"));
        }
        problems.addAll(unlessBetween(
                publicUrl.severityForUsers(),
                "latchkey.session.grace",
                config.grace(),
                Duration.ZERO,
                MAXIMUM_GRACE,
                "an attacker with a stolen, spent refresh token can exchange it that long"));
        problems.addAll(unlessBetween(
                publicUrl.severityForUsers(),
                "latchkey.session.fresh-for",
                config.freshFor(),
                Duration.ZERO,
                MAXIMUM_FRESHNESS,
                "within that time a stolen session can change the address or delete the account without the password"));
        // 10,000 is far beyond any use; without a bound, a user's list and its end would cost whatever the user likes.
        if (config.maxPerUser() < 1 || config.maxPerUser() > 10_000) {
            problems.add(error("latchkey.session.max-per-user", "must be 1 to 10000; 100 is the default"));
        }
        return problems;
    }
}
