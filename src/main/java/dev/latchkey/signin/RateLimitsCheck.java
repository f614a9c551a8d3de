package dev.latchkey.signin;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.signin.SignInConfig.Allowance;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks the rate limits, and warns when they are switched off. */
@Singleton
class RateLimitsCheck implements ConfigurationCheck {

    private static final String PREFIX = "latchkey.signin.rate-limit.";

    /** NIST SP 800-63B, section 3.2.2, allows no more. */
    private static final int MAX_CONSECUTIVE_FAILURES = 100;

    /** Beyond it, an attacker who uses up a user's limit keeps them out for long. */
    private static final Duration LONG_WINDOW = Duration.ofDays(1);

    private final SignInConfig.RateLimit config;

    RateLimitsCheck(SignInConfig config) {
        this.config = config.rateLimit();
    }

    @Override
    public List<ConfigurationProblem> problems() {
        List<ConfigurationProblem> problems = new ArrayList<>(check(config.enabled()));
        problems.addAll(checkAllowance("account", config.account()));
        problems.addAll(checkAllowance("device", config.device()));
        problems.addAll(checkAllowance("address", config.address()));
        problems.addAll(checkAllowance("sign-up", config.signUp()));
        problems.addAll(checkAllowance("mail.recipient", config.mail().recipient()));
        problems.addAll(checkAllowance("mail.address", config.mail().address()));
        problems.addAll(checkLock(config.lockAfter()));
        return problems;
    }

    static List<ConfigurationProblem> checkAllowance(String name, Allowance allowance) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        if (allowance.limit() < 1) {
            problems.add(ConfigurationProblem.error(
                    PREFIX + name + ".limit",
                    "is " + allowance.limit() + ", so that nothing is allowed; it must be at least 1"));
        }
        if (!allowance.window().isPositive()) {
            problems.add(ConfigurationProblem.error(
                    PREFIX + name + ".window", "is " + allowance.window() + "; set a time longer than zero"));
        } else if (allowance.window().compareTo(LONG_WINDOW) > 0) {
            problems.add(ConfigurationProblem.warning(
                    PREFIX + name + ".window",
                    "is " + ConfigurationProblem.format(allowance.window())
                            + "; set a day at most: a user over the limit waits that long"));
        }
        return problems;
    }

    static List<ConfigurationProblem> checkLock(int failures) {
        return failures >= 1 && failures <= MAX_CONSECUTIVE_FAILURES
                ? List.of()
                : List.of(ConfigurationProblem.error(
                        PREFIX + "lock-after",
                        "is " + failures + "; set 1 to " + MAX_CONSECUTIVE_FAILURES + " (NIST SP 800-63B)"));
    }

    static List<ConfigurationProblem> check(boolean enabled) {
        return enabled
                ? List.of()
                : List.of(ConfigurationProblem.warning(
                        "LATCHKEY_THROTTLE_ENABLED",
                        "is false: nothing slows down guessing; for tests and benchmarks only"));
    }
}
