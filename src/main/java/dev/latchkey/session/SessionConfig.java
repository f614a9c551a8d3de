package dev.latchkey.session;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Lifetimes of sessions. */
@ConfigMapping(prefix = "latchkey.session")
public interface SessionConfig {

    /** How long a session lives without being refreshed. */
    @WithDefault("7d")
    Duration idleLifetime();

    /** How long a session lives at all, 400 days at most. */
    @WithDefault("30d")
    Duration absoluteLifetime();

    /** How long a session lives that is not to be remembered. */
    @WithDefault("1d")
    Duration browserSessionLifetime();

    /** Returns how long a session lives at all. One that is not to be remembered lives no longer than any other. */
    default Duration lifetime(boolean remembered) {
        return remembered || browserSessionLifetime().compareTo(absoluteLifetime()) > 0
                ? absoluteLifetime()
                : browserSessionLifetime();
    }

    /** How long a spent refresh token is still exchanged for the same successor, a minute at most. */
    @WithDefault("10s")
    Duration grace();

    /** The number of live sessions of a user; opening one more ends the least recently used one. */
    @WithDefault("100")
    int maxPerUser();

    /** How long a session is fresh after a sign-in by password, a day at most. */
    @WithDefault("10m")
    Duration freshFor();
}
