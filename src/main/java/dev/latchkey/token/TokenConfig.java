package dev.latchkey.token;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Contents and lifetime of access tokens. */
@ConfigMapping(prefix = "latchkey.token")
public interface TokenConfig {

    /** The {@code iss} claim, written and required; empty: the public URL's origin. */
    Optional<String> issuer();

    /**
     * The {@code aud} claim, written and required. Empty: none with a shared secret, which is the audience itself, and the public
     * URL with a key pair. {@code none}: none, with a shared secret only.
     */
    Optional<String> audience();

    /** How long an access token is valid. */
    @WithDefault("15m")
    Duration accessLifetime();

    /** By how much clocks may differ, at most a minute. */
    @WithDefault("5s")
    Duration leeway();

    /**
     * How long before its expiry a token is renewed: the response carries a new one in {@code set-auth-jwt}. Never more than a
     * third of the lifetime.
     */
    @WithDefault("5m")
    Duration renewalWindow();

    /**
     * How long after the last sign-in or refresh of its session a token is still renewed by header, so that a stolen token does
     * not last as long as the session; after that a client refreshes. 0 switches renewal by header off.
     */
    @WithDefault("24h")
    Duration headerRenewalLimit();

    /**
     * The memory for the cache of verified tokens, whose signature is not computed again; the default has room for some 1,800 of
     * ours. 0 switches the cache off.
     */
    @WithDefault("8M")
    MemorySize cache();
}
