package dev.latchkey.session;

import dev.latchkey.account.AccountId;
import dev.latchkey.platform.http.Client;
import java.time.Duration;
import java.time.Instant;

/**
 * A signed-in device.
 *
 * @param expiresAt when it ends if nothing happens: the earlier of its idle and its absolute end
 * @param absoluteEnd when it ends whatever happens
 * @param remaining how long that is from now, by the database's clock
 * @param remembered whether it outlives the browser's window
 */
public record Session(
        SessionId id,
        AccountId user,
        Instant createdAt,
        Instant lastUsedAt,
        Instant expiresAt,
        Instant absoluteEnd,
        Duration remaining,
        boolean remembered,
        Client client) {

    /** For how long there has been this session, by the database's clock. */
    public Duration age() {
        return Duration.between(createdAt, expiresAt.minus(remaining));
    }
}
