package dev.latchkey.token;

import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** The settings of tokens as they stand by default. */
record TokenSettings(
        Optional<URI> publicUrl,
        Optional<String> issuer,
        Optional<String> audience,
        Duration accessLifetime,
        Duration leeway,
        Duration renewalWindow,
        MemorySize cache)
        implements TokenConfig {

    static final String ORIGIN = "https://auth.example.com";

    static TokenSettings usual() {
        return new TokenSettings(
                Optional.of(URI.create(ORIGIN)),
                Optional.empty(),
                Optional.empty(),
                Duration.ofMinutes(15),
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                size(1 << 20));
    }

    TokenSettings leeway(Duration leeway) {
        return new TokenSettings(publicUrl, issuer, audience, accessLifetime, leeway, renewalWindow, cache);
    }

    TokenSettings lifetime(Duration accessLifetime, Duration renewalWindow) {
        return new TokenSettings(publicUrl, issuer, audience, accessLifetime, leeway, renewalWindow, cache);
    }

    TokenSettings named(String issuer, String audience) {
        return new TokenSettings(
                publicUrl, Optional.of(issuer), Optional.of(audience), accessLifetime, leeway, renewalWindow, cache);
    }

    /** 0: no token is remembered. */
    TokenSettings cache(long bytes) {
        return new TokenSettings(publicUrl, issuer, audience, accessLifetime, leeway, renewalWindow, size(bytes));
    }

    private static MemorySize size(long bytes) {
        return new MemorySize(BigInteger.valueOf(bytes));
    }
}
