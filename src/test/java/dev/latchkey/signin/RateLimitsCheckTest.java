package dev.latchkey.signin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.platform.boot.ConfigurationProblem;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RateLimitsCheckTest {

    @Test
    void warnsOfRateLimitsThatAreSwitchedOff() {
        assertEquals(List.of(), RateLimitsCheck.check(true));
        assertEquals(
                List.of(ConfigurationProblem.Severity.WARNING),
                RateLimitsCheck.check(false).stream()
                        .map(ConfigurationProblem::severity)
                        .toList());
    }

    @Test
    void refusesLimitsThatAllowNothing() {
        assertEquals(
                0,
                RateLimitsCheck.checkAllowance("account", allowance(1, Duration.ofSeconds(1)))
                        .size());
        assertEquals(
                1,
                RateLimitsCheck.checkAllowance("account", allowance(0, Duration.ofSeconds(1)))
                        .size());
        assertEquals(
                2,
                RateLimitsCheck.checkAllowance("account", allowance(-5, Duration.ZERO))
                        .size());
    }

    @Test
    void warnsOfWindowsOfMoreThanADay() {
        assertEquals(List.of(), RateLimitsCheck.checkAllowance("account", allowance(5, Duration.ofDays(1))));
        List<ConfigurationProblem> problems =
                RateLimitsCheck.checkAllowance("account", allowance(5, Duration.ofDays(3650)));
        assertEquals(
                "latchkey.signin.rate-limit.account.window", problems.getFirst().property());
        assertEquals(
                List.of(ConfigurationProblem.Severity.WARNING),
                problems.stream().map(ConfigurationProblem::severity).toList());
    }

    @Test
    void refusesToLockAfterMoreThanAHundredFailures() {
        assertEquals(List.of(), RateLimitsCheck.checkLock(1));
        assertEquals(List.of(), RateLimitsCheck.checkLock(100));
        assertEquals(1, RateLimitsCheck.checkLock(0).size());
        assertEquals(1, RateLimitsCheck.checkLock(101).size());
    }

    private static SignInConfig.Allowance allowance(int limit, Duration window) {
        return new SignInConfig.Allowance() {
            @Override
            public int limit() {
                return limit;
            }

            @Override
            public Duration window() {
                return window;
            }
        };
    }
}
