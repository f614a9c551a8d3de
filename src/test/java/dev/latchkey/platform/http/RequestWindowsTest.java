package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.fixture.ManualClock;
import dev.latchkey.platform.http.RequestWindows.Begin;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RequestWindowsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final RequestWindows windows = new RequestWindows(clock, MINUTE);

    @Test
    void refusesUntilTheWindowOfTheFirstRequestEnds() {
        assertEquals(Optional.empty(), take("a"));
        clock.advance(Duration.ofSeconds(40));
        assertEquals(Optional.empty(), take("a"));
        assertEquals(Optional.of(Duration.ofSeconds(20)), take("a"));
        assertEquals(Optional.empty(), take("b"));
        clock.advance(Duration.ofSeconds(19));
        assertEquals(Optional.of(Duration.ofSeconds(1)), take("a"));
        clock.advance(Duration.ofSeconds(1));

        assertEquals(Optional.empty(), take("a"));
    }

    @Test
    void steadyRequestsWithinTheLimitAreNeverRefused() {
        for (int i = 0; i < 100; i++) {
            assertEquals(Optional.empty(), take("a"));
            clock.advance(Duration.ofSeconds(30));
        }
    }

    // Requests in parallel read the clock before they are counted.
    @Test
    void requestThatIsCountedLateBeginsNoNewWindow() {
        take("a");
        clock.advance(Duration.ofMillis(-20));
        take("a");

        assertEquals(Optional.of(Duration.ofMinutes(1).plusMillis(20)), take("a"));
    }

    @Test
    void clockThatWasSetBackDoesNotMakeTheWindowLonger() {
        take("a");
        take("a");
        clock.advance(Duration.ofHours(-1));

        assertEquals(Optional.empty(), take("a"));
    }

    private Optional<Duration> take(String key) {
        return windows.take(key, 2, MINUTE, Begin.FIRST_REQUEST);
    }
}
