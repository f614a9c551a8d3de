package dev.latchkey.session;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;

/** Lifetimes of sessions. */
@ConfigMapping(prefix = "latchkey.session")
public interface SessionConfig {

    /** How long a session lives without being refreshed. */
    Duration idleLifetime();

    /** How long a session lives at all. */
    Duration absoluteLifetime();

    /** How long a session lives that is not to be remembered. */
    Duration browserSessionLifetime();

    /** How long a spent refresh token is still exchanged for the same successor. */
    Duration grace();

    /** How long a session is fresh after a sign-in by password. */
    Duration freshFor();
}
