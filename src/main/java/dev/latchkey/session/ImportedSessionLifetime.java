package dev.latchkey.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long a session of another system lives here: to its end there and, where it is used, as long as one that was opened
 * here at the same time; but no longer from now on than one that is opened now.
 *
 * @param remembered whether it outlives the browser's window
 */
record ImportedSessionLifetime(
        Instant createdAt, Instant lastUsedAt, Instant idleEnd, Instant absoluteEnd, boolean remembered) {

    /** What Better Auth gives a session whose user did not want to be remembered, which is nowhere written down. */
    private static final Duration UNREMEMBERED = Duration.ofDays(1);

    private static final Duration SLACK = Duration.ofMinutes(1);

    /** None when it is over. */
    static Optional<ImportedSessionLifetime> of(ImportedSession session, Instant now, SessionConfig config) {
        if (!session.expiresAt().isAfter(now)) {
            return Optional.empty();
        }
        Instant created = earlier(session.createdAt(), now);
        // Such a session is never extended, so that it tells by its length.
        boolean remembered =
                session.expiresAt().isAfter(created.plus(UNREMEMBERED).plus(SLACK));
        Duration life = remembered ? config.absoluteLifetime() : config.browserSessionLifetime();
        Instant end = earlier(now.plus(life), later(session.expiresAt(), created.plus(life)));
        return Optional.of(new ImportedSessionLifetime(
                created,
                later(created, earlier(session.lastUsedAt(), now)),
                earlier(session.expiresAt(), end),
                end,
                remembered));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
