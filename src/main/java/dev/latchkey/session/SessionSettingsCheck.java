package dev.latchkey.session;

import static dev.latchkey.platform.boot.ConfigurationProblem.error;
import static dev.latchkey.platform.boot.ConfigurationProblem.unlessPositive;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.token.TokenConfig;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** Checks the lifetimes of sessions. */
@Singleton
class SessionSettingsCheck implements ConfigurationCheck {

    private final SessionConfig config;
    private final TokenConfig tokens;

    SessionSettingsCheck(SessionConfig config, TokenConfig tokens) {
        this.config = config;
        this.tokens = tokens;
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
        // 10,000 is far beyond any use; without a bound, a user's list and its end would cost whatever the user likes.
        if (config.maxPerUser() < 1 || config.maxPerUser() > 10_000) {
            problems.add(error("latchkey.session.max-per-user", "must be 1 to 10000; 100 is the default"));
        }
        return problems;
    }
}
