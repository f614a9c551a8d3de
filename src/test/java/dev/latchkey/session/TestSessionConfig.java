package dev.latchkey.session;

import java.time.Duration;

/** Session settings for a test. */
record TestSessionConfig(Duration idleLifetime, Duration absoluteLifetime, int maxPerUser) implements SessionConfig {

    /** Returns the default settings. */
    static TestSessionConfig usual() {
        return new TestSessionConfig(Duration.ofDays(7), Duration.ofDays(30), 100);
    }

    @Override
    public Duration browserSessionLifetime() {
        return Duration.ofDays(1);
    }

    @Override
    public Duration grace() {
        return Duration.ofSeconds(10);
    }

    @Override
    public Duration freshFor() {
        return Duration.ofMinutes(10);
    }
}
