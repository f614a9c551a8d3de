package dev.latchkey.platform.ops;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** The one clock of the process. */
final class ClockSource {

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }
}
