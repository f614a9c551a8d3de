package dev.latchkey.signin;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import jakarta.inject.Singleton;
import java.util.List;

/** Warns of rate limits that are switched off. */
@Singleton
class RateLimitsCheck implements ConfigurationCheck {

    private final SignInConfig.RateLimit config;

    RateLimitsCheck(SignInConfig config) {
        this.config = config.rateLimit();
    }

    @Override
    public List<ConfigurationProblem> problems() {
        return check(config.enabled());
    }

    static List<ConfigurationProblem> check(boolean enabled) {
        return enabled
                ? List.of()
                : List.of(ConfigurationProblem.warning(
                        "LATCHKEY_THROTTLE_ENABLED",
                        "is false: nothing slows down guessing; for tests and benchmarks only"));
    }
}
