package dev.latchkey.betterauth;

import dev.latchkey.betterauth.BetterAuthConfig.RateLimit;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.RequestWindows;
import dev.latchkey.platform.http.RequestWindows.Begin;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Better Auth's rate limits: requests of one client to one path, in the memory of this replica. Each request within the limit
 * restarts the window; one that exceeds it does not extend the window.
 *
 * <p>Passwords are protected by the rate limits of {@code signin}, which all replicas share. These limits spare them floods.
 */
@ApplicationScoped
class RequestRateLimits {

    private static final Limit SIGN_IN = new Limit(3, Duration.ofSeconds(10));
    private static final Limit EMAIL = new Limit(3, Duration.ofSeconds(60));

    private final RateLimit settings;
    private final RequestWindows windows;

    @Inject
    RequestRateLimits(BetterAuthConfig config, Clock clock) {
        this(config.rateLimit(), clock);
    }

    RequestRateLimits(RateLimit settings, Clock clock) {
        this.settings = settings;
        Duration longest = settings.window().compareTo(EMAIL.window()) > 0 ? settings.window() : EMAIL.window();
        this.windows = new RequestWindows(clock, longest);
    }

    private record Limit(int requests, Duration window) {}

    /** Counts a request; returns how long the client has to wait if it exceeds the limit, else nothing. */
    Optional<Duration> take(Client client, String path) {
        if (!settings.enabled()) {
            return Optional.empty();
        }
        Limit limit = limitOf(path);
        return windows.take(client.network() + "|" + path, limit.requests(), limit.window(), Begin.LATEST_REQUEST);
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
