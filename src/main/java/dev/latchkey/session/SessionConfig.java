package dev.latchkey.session;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;

/** How long sessions live. */
@ConfigMapping(prefix = "latchkey.session")
public interface SessionConfig {

    /** How long a session lives without being refreshed. */
    Duration idleLifetime();

    /** How long a session lives at all. */
    Duration absoluteLifetime();

    /** How long a session lives whose user did not want to be remembered. */
    Duration browserSessionLifetime();

    /** How long a spent refresh token still gets the successor that it got first. */
    Duration grace();

    /** How long after a sign-in by password its session may do what needs a recent one. */
    Duration freshFor();
}
