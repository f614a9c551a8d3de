package dev.latchkey.betterauth;

import dev.latchkey.betterauth.BetterAuthConfig.RateLimit;
import dev.latchkey.platform.http.Client;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The original's limits of requests, for one client at one path. Each request that is let through restarts the window; what is
 * refused does not extend it.
 *
 * <p>What guards passwords is the throttle of {@code signin}, which all replicas share; this spares them floods.
 */
@ApplicationScoped
class RequestRateLimits {

    /** Beyond this many clients what is over is dropped, and what is not too: a flood from everywhere must not fill memory. */
    private static final int MOST = 100_000;

    /** Between two looks through all of them. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Allowance ENTRANCE = new Allowance(3, Duration.ofSeconds(10));
    private static final Allowance LETTER = new Allowance(3, Duration.ofSeconds(60));

    private final RateLimit settings;
    private final Clock clock;
    private volatile Instant roomMade = Instant.EPOCH;
    private final ConcurrentHashMap<String, Count> counts = new ConcurrentHashMap<>();

    @Inject
    RequestRateLimits(BetterAuthConfig config, Clock clock) {
        this(config.rateLimit(), clock);
    }

    RequestRateLimits(RateLimit settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** How long to wait, or nothing when this request may go on. */
    Optional<Duration> take(Client client, String path) {
        if (!settings.enabled()) {
            return Optional.empty();
        }
        Allowance allowance = allowance(path);
        Instant now = clock.instant();
        makeRoom(now);
        Count count = counts.merge(client.network() + "|" + path, new Count(1, now, false), (before, first) -> {
            if (!now.isBefore(before.last().plus(allowance.window()))) {
                return first;
            }
            return before.requests() >= allowance.max()
                    ? new Count(before.requests(), before.last(), true)
                    : new Count(before.requests() + 1, now, false);
        });
        return count.refused()
                ? Optional.of(Duration.between(now, count.last().plus(allowance.window())))
                : Optional.empty();
    }

    private Allowance allowance(String path) {
        if (path.startsWith("/sign-in")
                || path.startsWith("/sign-up")
                || path.startsWith("/change-password")
                || path.startsWith("/change-email")) {
            return ENTRANCE;
        }
        if (path.equals("/request-password-reset") || path.equals("/send-verification-email")) {
            return LETTER;
        }
        return new Allowance(settings.max(), settings.window());
    }

    private void makeRoom(Instant now) {
        if (counts.size() < MOST || now.isBefore(roomMade.plus(PAUSE))) {
            return;
        }
        roomMade = now;
        Duration longest = settings.window().compareTo(LETTER.window()) > 0 ? settings.window() : LETTER.window();
        counts.values().removeIf(count -> !now.isBefore(count.last().plus(longest)));
        if (counts.size() >= MOST) {
            counts.clear();
        }
    }

    private record Allowance(int max, Duration window) {}

    /** What was let through in this window, when last, and whether the latest request was not. */
    private record Count(int requests, Instant last, boolean refused) {}
}
