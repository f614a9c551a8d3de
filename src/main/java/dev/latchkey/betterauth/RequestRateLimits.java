package dev.latchkey.betterauth;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.latchkey.betterauth.BetterAuthConfig.RateLimit;
import dev.latchkey.platform.http.Client;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;

/**
 * Better Auth's rate limits: requests of one client to one path, in the memory of this replica. Each request within the limit
 * restarts the window; one that exceeds it does not extend the window.
 *
 * <p>Passwords are protected by the rate limits of {@code signin}, which all replicas share. These limits spare them floods.
 */
@ApplicationScoped
class RequestRateLimits {

    /** Security: a flood from many addresses must not fill the memory. Beyond this number the least used entries are evicted. */
    private static final int MAX_ENTRIES = 100_000;

    private static final Limit SIGN_IN = new Limit(3, Duration.ofSeconds(10));
    private static final Limit EMAIL = new Limit(3, Duration.ofSeconds(60));

    private final RateLimit settings;
    private final Clock clock;
    private final ConcurrentMap<String, Window> windows;

    @Inject
    RequestRateLimits(BetterAuthConfig config, Clock clock) {
        this(config.rateLimit(), clock);
    }

    RequestRateLimits(RateLimit settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        Duration longest = settings.window().compareTo(EMAIL.window()) > 0 ? settings.window() : EMAIL.window();
        this.windows = Caffeine.newBuilder()
                .maximumSize(MAX_ENTRIES)
                // Only to free memory: whether a window is over is decided by the clock.
                .expireAfterWrite(longest)
                .executor(Runnable::run)
                .<String, Window>build()
                .asMap();
    }

    private record Limit(int requests, Duration window) {}

    /** The requests within the limit, the time of the latest of them, and whether the latest request exceeded it. */
    private record Window(int requests, Instant latest, boolean exceeded) {}

    /** Counts a request; returns how long the client has to wait if it exceeds the limit, else nothing. */
    Optional<Duration> take(Client client, String path) {
        if (!settings.enabled()) {
            return Optional.empty();
        }
        Limit limit = limitOf(path);
        Instant now = clock.instant();
        Window window = windows.merge(client.network() + "|" + path, new Window(1, now, false), (before, first) -> {
            if (!now.isBefore(before.latest().plus(limit.window()))) {
                return first;
            }
            return before.requests() >= limit.requests()
                    ? new Window(before.requests(), before.latest(), true)
                    : new Window(before.requests() + 1, now, false);
        });
        return window.exceeded()
                ? Optional.of(Duration.between(now, window.latest().plus(limit.window())))
                : Optional.empty();
    }

    private Limit limitOf(String path) {
        if (path.startsWith("/sign-in")
                || path.startsWith("/sign-up")
                || path.startsWith("/change-password")
                || path.startsWith("/change-email")) {
            return SIGN_IN;
        }
        if (path.equals("/request-password-reset") || path.equals("/send-verification-email")) {
            return EMAIL;
        }
        return new Limit(settings.max(), settings.window());
    }
}
