package dev.latchkey.cli;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Says every second how far an import is. */
final class ImportProgress {

    private static final Duration EVERY = Duration.ofSeconds(1);

    private final PrintStream stream;
    private final Clock clock;
    private final Instant begun;
    private Instant said;

    ImportProgress(PrintStream stream, Clock clock) {
        this.stream = stream;
        this.clock = clock;
        this.begun = clock.instant();
        this.said = begun;
    }

    void passed(long read, long total) {
        Instant now = clock.instant();
        if (Duration.between(said, now).compareTo(EVERY) >= 0) {
            said = now;
            stream.println(line(read, total, Duration.between(begun, now)));
        }
    }

    /** All of it, with the time that it took. */
    String sum(long read) {
        Duration taken = Duration.between(begun, clock.instant());
        return String.format(
                Locale.ROOT, "%,d users in %.1f s, %,d a second", read, taken.toMillis() / 1000.0, rate(read, taken));
    }

    static String line(long read, long total, Duration taken) {
        String of = total > 0
                ? String.format(Locale.ROOT, " of %,d (%d %%)", total, Math.min(100, read * 100 / total))
                : "";
        return String.format(Locale.ROOT, "%,d%s users, %,d a second", read, of, rate(read, taken));
    }

    private static long rate(long read, Duration taken) {
        return read * 1000 / Math.max(1, taken.toMillis());
    }
}
