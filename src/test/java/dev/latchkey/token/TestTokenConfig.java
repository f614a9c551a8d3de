package dev.latchkey.token;

import dev.latchkey.platform.http.PublicUrl;
import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;

/** The settings of tokens as they stand by default. */
public record TestTokenConfig(
        Optional<String> issuer,
        Optional<String> audience,
        Duration accessLifetime,
        Duration leeway,
        Duration renewalWindow,
        Duration headerRenewalLimit,
        MemorySize cache)
        implements TokenConfig {

    static final String ORIGIN = "https://auth.example.com";
    static final PublicUrl PUBLIC_URL = PublicUrl.of(ORIGIN);

    public static TestTokenConfig usual() {
        return new TestTokenConfig(
                Optional.empty(),
                Optional.empty(),
                Duration.ofMinutes(15),
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                Duration.ofHours(24),
                size(1 << 20));
    }

    TestTokenConfig leeway(Duration leeway) {
        return new TestTokenConfig(issuer, audience, accessLifetime, leeway, renewalWindow, headerRenewalLimit, cache);
    }

    public TestTokenConfig lifetime(Duration accessLifetime, Duration renewalWindow) {
        return new TestTokenConfig(issuer, audience, accessLifetime, leeway, renewalWindow, headerRenewalLimit, cache);
    }

    TestTokenConfig headerRenewalLimit(Duration limit) {
        return new TestTokenConfig(issuer, audience, accessLifetime, leeway, renewalWindow, limit, cache);
    }

    /** As the setting has it; {@code none} is a value, too. */
    TestTokenConfig audience(String audience) {
        return new TestTokenConfig(
                issuer, Optional.of(audience), accessLifetime, leeway, renewalWindow, headerRenewalLimit, cache);
    }

    TestTokenConfig issuer(String issuer) {
        return new TestTokenConfig(
                Optional.of(issuer), audience, accessLifetime, leeway, renewalWindow, headerRenewalLimit, cache);
    }

    TestTokenConfig named(String issuer, String audience) {
        return new TestTokenConfig(
                Optional.of(issuer),
                Optional.of(audience),
                accessLifetime,
                leeway,
                renewalWindow,
                headerRenewalLimit,
                cache);
    }

    /** 0: no token is remembered. */
    TestTokenConfig cache(long bytes) {
        return new TestTokenConfig(
                issuer, audience, accessLifetime, leeway, renewalWindow, headerRenewalLimit, size(bytes));
    }

    private static MemorySize size(long bytes) {
        return new MemorySize(BigInteger.valueOf(bytes));
    }
}
