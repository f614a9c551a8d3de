package dev.latchkey.betterauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.betterauth.BetterAuthConfig.RateLimit;
import dev.latchkey.fixture.ManualClock;
import dev.latchkey.platform.http.Client;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RequestRateLimitsTest {

    private static final Client ADA = new Client("192.0.2.1", "");
    private static final Client EVE = new Client("192.0.2.2", "");

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final RequestRateLimits limits = new RequestRateLimits(limit(true), clock);

    @Test
    void refusesTheFourthSignInWithinTenSeconds() {
        for (int i = 0; i < 3; i++) {
            assertEquals(Optional.empty(), limits.take(ADA, "/sign-in/email"));
        }

        assertEquals(Optional.of(Duration.ofSeconds(10)), limits.take(ADA, "/sign-in/email"));
    }

    @Test
    void countsEachClientAndPathSeparately() {
        for (int i = 0; i < 4; i++) {
            limits.take(ADA, "/sign-in/email");
        }

        assertEquals(Optional.empty(), limits.take(EVE, "/sign-in/email"));
        assertEquals(Optional.empty(), limits.take(ADA, "/sign-up/email"));
    }

    @Test
    void countsAnIpv6NetworkAsOneClient() {
        for (int i = 0; i < 3; i++) {
            limits.take(new Client("2001:db8::" + i, ""), "/sign-in/email");
        }

        assertTrue(limits.take(new Client("2001:db8::99", ""), "/sign-in/email").isPresent());
        assertEquals(Optional.empty(), limits.take(new Client("2001:db8:0:1::1", ""), "/sign-in/email"));
    }

    @Test
    void restartsTheWindowByRequestsWithinTheLimitOnly() {
        limits.take(ADA, "/sign-in/email");
        clock.advance(Duration.ofSeconds(9));
        limits.take(ADA, "/sign-in/email");
        limits.take(ADA, "/sign-in/email");
        clock.advance(Duration.ofSeconds(9));
        assertEquals(Optional.of(Duration.ofSeconds(1)), limits.take(ADA, "/sign-in/email"));
        clock.advance(Duration.ofSeconds(1));

        assertEquals(Optional.empty(), limits.take(ADA, "/sign-in/email"));
    }

    @Test
    void limitsPathsThatSendEmailsToThreeRequestsInAMinute() {
        for (int i = 0; i < 3; i++) {
            assertEquals(Optional.empty(), limits.take(ADA, "/request-password-reset"));
        }
        clock.advance(Duration.ofSeconds(59));

        assertEquals(Optional.of(Duration.ofSeconds(1)), limits.take(ADA, "/request-password-reset"));
    }

    @Test
    void limitsOtherPathsAsConfigured() {
        for (int i = 0; i < 5; i++) {
            assertEquals(Optional.empty(), limits.take(ADA, "/get-session"));
        }

        assertTrue(limits.take(ADA, "/get-session").isPresent());
    }

    @Test
    void limitsNothingWhenDisabled() {
        RequestRateLimits off = new RequestRateLimits(limit(false), clock);
        for (int i = 0; i < 50; i++) {
            assertEquals(Optional.empty(), off.take(ADA, "/sign-in/email"));
        }
    }

    private static RateLimit limit(boolean enabled) {
        return new RateLimit() {
            @Override
            public boolean enabled() {
                return enabled;
            }

            @Override
            public int max() {
                return 5;
            }

            @Override
            public Duration window() {
                return Duration.ofSeconds(10);
            }
        };
    }
}
