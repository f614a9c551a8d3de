package dev.latchkey.signin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.platform.boot.ConfigurationProblem;
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
}
