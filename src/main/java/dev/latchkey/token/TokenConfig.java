package dev.latchkey.token;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import java.time.Duration;
import java.util.Optional;

/** What stands in access tokens and how long they count. */
@ConfigMapping(prefix = "latchkey.token")
public interface TokenConfig {

    /** The {@code iss} claim, given and demanded; empty: the public URL's origin. */
    Optional<String> issuer();

    /** The {@code aud} claim, given and demanded; empty: the issuer. */
    Optional<String> audience();

    /** How long an access token counts. */
    Duration accessLifetime();

    /** By how much clocks may differ, at most a minute. */
    Duration leeway();

    /**
     * How close to its end a token is answered with a fresh one in {@code set-auth-jwt}; never more than a third of the
     * lifetime.
     */
    Duration renewalWindow();

    /** How much memory may be used to remember tokens whose signature was found good; 0: none is remembered. */
    MemorySize cache();
}
