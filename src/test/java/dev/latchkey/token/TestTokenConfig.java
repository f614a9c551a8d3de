package dev.latchkey.token;

import dev.latchkey.platform.http.PublicUrl;
import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;

/** The settings of tokens as they stand by default. */
record TestTokenConfig(
        Optional<String> issuer,
        Optional<String> audience,
        Duration accessLifetime,
        Duration leeway,
        Duration renewalWindow,
        MemorySize cache)
        implements TokenConfig {

    static final String ORIGIN = "https://auth.example.com";
    static final PublicUrl PUBLIC_URL = PublicUrl.of(ORIGIN);

    static TestTokenConfig usual() {
        return new TestTokenConfig(
                Optional.empty(),
                Optional.empty(),
                Duration.ofMinutes(15),
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                size(1 << 20));
    }

    TestTokenConfig leeway(Duration leeway) {
        return new TestTokenConfig(issuer, audience, accessLifetime, leeway, renewalWindow, cache);
    }

    TestTokenConfig lifetime(Duration accessLifetime, Duration renewalWindow) {
        return new TestTokenConfig(issuer, audience, accessLifetime, leeway, renewalWindow, cache);
    }

    TestTokenConfig named(String issuer, String audience) {
        return new TestTokenConfig(
                Optional.of(issuer), Optional.of(audience), accessLifetime, leeway, renewalWindow, cache);
    }

    /** 0: no token is remembered. */
    TestTokenConfig cache(long bytes) {
        return new TestTokenConfig(issuer, audience, accessLifetime, leeway, renewalWindow, size(bytes));
    }

    private static MemorySize size(long bytes) {
        return new MemorySize(BigInteger.valueOf(bytes));
    }
}
