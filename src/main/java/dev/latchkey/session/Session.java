package dev.latchkey.session;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Profile;
import dev.latchkey.platform.http.Client;
import dev.latchkey.token.Authentication;
import dev.latchkey.token.SessionTimes;
import dev.latchkey.token.TokenSubject;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;

/**
 * A signed-in device.
 *
 * @param authentication when and how its user signed in
 * @param expiresAt when it ends if nothing happens: the earlier of its idle and its absolute end
 * @param idleEnd when it ends unless it is used again
 * @param absoluteEnd when it ends whatever happens
 * @param remaining how long that is from now, by the database's clock
 * @param remembered whether it outlives the browser's window
 */
public record Session(
        SessionId id,
        AccountId user,
        Instant createdAt,
        Authentication authentication,
        Instant lastUsedAt,
        Instant expiresAt,
        Instant idleEnd,
        Instant absoluteEnd,
        Duration remaining,
        boolean remembered,
        Client client) {

    /** Returns the session of a row, as it is at an instant by the database's clock. */
    static Session of(SessionEntity row, Instant now) {
        Instant end = row.idleExpiresAt.isBefore(row.absoluteExpiresAt) ? row.idleExpiresAt : row.absoluteExpiresAt;
        return new Session(
                new SessionId(row.id),
                new AccountId(row.userId),
                row.createdAt,
                authentication(row),
                row.lastUsedAt,
                end,
                row.idleExpiresAt,
                row.absoluteExpiresAt,
                Duration.between(now, end),
                row.remembered,
                new Client(row.ip, row.userAgent));
    }

    /** The sign-in of a session; that of an imported one is unknown, and its row has the start of time there. */
    private static Authentication authentication(SessionEntity row) {
        Instant at = row.authenticatedAt.equals(Instant.EPOCH) ? null : row.authenticatedAt;
        return new Authentication(at, Set.copyOf(Arrays.asList(row.amr)));
    }

    /** Returns how long ago the session was opened, by the database's clock. */
    public Duration age() {
        return Duration.between(createdAt, expiresAt.minus(remaining));
    }

    /** Returns the subject of the access tokens of this session, which is the user's. */
    public TokenSubject tokenSubject(Profile owner) {
        return new TokenSubject(
                owner.id().value(),
                owner.email().canonical(),
                owner.emailVerified(),
                owner.roles(),
                owner.tokenVersion(),
                id.value(),
                authentication,
                new SessionTimes(lastUsedAt, idleEnd, absoluteEnd));
    }
}
