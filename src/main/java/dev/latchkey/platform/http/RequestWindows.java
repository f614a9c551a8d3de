package dev.latchkey.platform.http;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;

/** Counts requests by key, each key in a window of its own, in the memory of this replica. */
public final class RequestWindows {

    /** Security: a flood from many addresses must not fill the memory. Beyond this number the least used entries are evicted. */
    private static final int MAX_ENTRIES = 50_000;

    /**
     * Requests that arrive together read the clock in another order than they are counted. Security: without this, one that
     * is counted late would begin a new window, and a client that sends in parallel had no limit.
     */
    private static final Duration UNORDERED = Duration.ofSeconds(1);

    private final Clock clock;
    private final ConcurrentMap<String, Window> windows;

    /** Creates the counters; no window is longer than {@code longest}. */
    public RequestWindows(Clock clock, Duration longest) {
        this.clock = clock;
        this.windows = Caffeine.newBuilder()
                .maximumSize(MAX_ENTRIES)
                // Only to free memory: whether a window is over is decided by the clock.
                .expireAfterWrite(longest)
                .executor(Runnable::run)
                .<String, Window>build()
                .asMap();
    }

    /** The request that a window begins with. */
    public enum Begin {
        /** The first one: the window ends however many requests follow. */
        FIRST_REQUEST,
        /** The latest one within the limit. One that exceeds the limit does not extend the window. */
        LATEST_REQUEST
    }

    /** The requests within the limit, the beginning of the window, and whether the latest request exceeded the limit. */
    private record Window(int requests, Instant begin, boolean exceeded) {

        /** Returns whether the window has ended. A clock that was set back does not make it longer. */
        boolean isOver(Instant now, Duration length) {
            return now.isBefore(begin.minus(UNORDERED)) || !now.isBefore(begin.plus(length));
        }
    }

    /** Returns how long a client would have to wait, as {@link #take} does, without counting a request. */
    public Optional<Duration> check(String key, int limit, Duration length) {
        Instant now = clock.instant();
        return Optional.ofNullable(windows.get(key))
                .filter(window -> !window.isOver(now, length) && window.requests() >= limit)
                .map(window -> Duration.between(now, window.begin().plus(length)));
    }

    /** Counts a request; returns how long the client has to wait if it exceeds the limit, else nothing. */
    public Optional<Duration> take(String key, int limit, Duration length, Begin begin) {
        Instant now = clock.instant();
        Window window = windows.merge(key, new Window(1, now, false), (before, first) -> {
            if (before.isOver(now, length)) {
                return first;
            }
            return before.requests() >= limit
                    ? new Window(before.requests(), before.begin(), true)
                    : new Window(
                            before.requests() + 1,
                            switch (begin) {
                                case FIRST_REQUEST -> before.begin();
                                case LATEST_REQUEST -> now;
                            },
                            false);
        });
        return window.exceeded()
                ? Optional.of(Duration.between(now, window.begin().plus(length)))
                : Optional.empty();
    }
}
