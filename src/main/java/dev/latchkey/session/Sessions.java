package dev.latchkey.session;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.platform.db.Expirable;
import dev.latchkey.platform.http.Client;
import dev.latchkey.revocation.Revocations;
import dev.latchkey.session.Rotation.Reused;
import dev.latchkey.session.Rotation.Rotated;
import dev.latchkey.session.Rotation.Superseded;
import dev.latchkey.session.Rotation.Unknown;
import dev.latchkey.token.Authentication;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Signed-in sessions. What belongs to a larger change happens in the caller's transaction; ending a session also revokes
 * its access tokens.
 */
@ApplicationScoped
@Transactional
public class Sessions implements Expirable {

    /**
     * For how many spent tokens a row stores the time. Only a client in a runaway loop refreshes so often within a grace
     * period; its older tokens are then treated as reused.
     */
    private static final int MAX_SPENT_TIMES = 32;

    private final SessionRepository rows;
    private final RefreshTokens tokens;
    private final Revocations revocations;
    private final AuditLog audit;
    private final SessionConfig config;

    Sessions(
            SessionRepository rows,
            RefreshTokens tokens,
            Revocations revocations,
            AuditLog audit,
            SessionConfig config) {
        this.rows = rows;
        this.tokens = tokens;
        this.revocations = revocations;
        this.audit = audit;
        this.config = config;
    }

    /** Opens a session of a user who has just signed in by a method, in the caller's transaction. */
    @Transactional(TxType.MANDATORY)
    public SignedInSession open(
            Profile user, AuthenticationMethod method, boolean remember, SessionSecret.Kind kind, Client client) {
        Instant now = rows.now();
        SessionEntity row = new SessionEntity();
        row.id = SessionId.create().value();
        row.userId = user.id().value();
        row.createdAt = now;
        row.authenticatedAt = now;
        row.amr = new String[] {method.reference()};
        row.lastUsedAt = now;
        Duration life = remember ? config.absoluteLifetime() : config.browserSessionLifetime();
        row.absoluteExpiresAt = now.plus(life);
        row.idleExpiresAt = now.plus(config.idleLifetime());
        row.remembered = remember;
        row.ip = client.ip();
        row.userAgent = client.userAgent();
        row.generation = 0;
        row.spentAt = new Instant[0];
        SessionSecret secret = switch (kind) {
            case REFRESH_TOKEN -> {
                RefreshToken first = tokens.first(row.id);
                row.refreshHash = tokens.hash(first);
                yield first;
            }
            case SESSION_TOKEN -> {
                SessionToken token = SessionToken.create();
                row.tokenHash = token.hash();
                row.refreshHash = tokens.unmatchableHash();
                yield token;
            }
        };
        rows.persistAndFlush(row);
        return new SignedInSession(user, session(row, now), secret);
    }

    /** Spends a refresh token for its successor, or reports why it cannot. */
    @Transactional(TxType.MANDATORY)
    public Rotation rotate(RefreshToken presented) {
        Optional<SessionEntity> found = rows.lock(presented.sessionId());
        if (found.isEmpty()) {
            return new Unknown();
        }
        SessionEntity row = found.get();
        Instant now = rows.now();
        if (hasExpired(row, now)) {
            return new Unknown();
        }
        if (tokens.matches(presented, row.refreshHash)) {
            RefreshToken successor = spend(row, presented, now);
            return new Rotated(session(row, now), successor);
        }
        // Security: an attacker who knows a session's id can write it into a token. Only a token that we made is
        // evidence.
        if (!tokens.isOurs(presented) || presented.generation() >= row.generation) {
            return new Unknown();
        }
        if (spentWithinGrace(row, presented.generation(), now)) {
            return repeated(row, presented, now);
        }
        Session ended = session(row, now);
        remove(row);
        return new Reused(ended);
    }

    /** Ends the session that a refresh token belongs to, whether the token is current or spent. */
    @Transactional(TxType.MANDATORY)
    public Optional<Session> end(RefreshToken presented) {
        return rows.lock(presented.sessionId())
                .filter(row -> tokens.matches(presented, row.refreshHash)
                        || (tokens.isOurs(presented) && presented.generation() < row.generation))
                .map(this::endRow);
    }

    /**
     * Ends one session of a user; empty if there is none or it is another user's.
     *
     * <p>Security: one that was idle for too long is ended like any other, for its access tokens may have been renewed.
     */
    @Transactional(TxType.MANDATORY)
    public Optional<Session> end(AccountId user, SessionId id) {
        return rows.lock(id.value())
                .filter(row -> row.userId.equals(user.value()))
                .map(this::endRow);
    }

    /** Ends the session of a token, expired or not. */
    @Transactional(TxType.MANDATORY)
    public Optional<Session> end(SessionToken token) {
        return rows.lock(token.hash()).map(this::endRow);
    }

    /** Ends a session at its user's request; false if there is none or it is another user's. */
    public boolean endByUser(AccountId user, SessionId id, Client client) {
        Optional<Session> ended = end(user, id);
        ended.ifPresent(session ->
                audit.record(AuditEvent.sessionEnded(user.value(), session.id().value(), client)));
        return ended.isPresent();
    }

    /** Ends all sessions of a user at their request, except one if given. */
    public void endAllByUser(AccountId user, @Nullable SessionId keep, Client client) {
        int ended = endAll(user, keep);
        audit.record(AuditEvent.sessionsEnded(user.value(), ended, client));
    }

    /** Ends all sessions of a user, except one if given, revokes their access tokens, and returns how many have ended. */
    @Transactional(TxType.MANDATORY)
    public int endAll(AccountId user, @Nullable SessionId keep) {
        String spared = keep == null ? null : keep.value();
        // The user's row is locked first, as by every statement that ends a user's sessions.
        revocations.revokeUser(user.value(), spared);
        List<String> ended = rows.delete(user.value(), spared);
        revocations.revokeDeleted(ended);
        return ended.size();
    }

    /** Returns the active sessions of a user. */
    public List<Session> active(AccountId user) {
        Instant now = rows.now();
        return rows.active(user.value()).stream().map(row -> session(row, now)).toList();
    }

    public Optional<Session> active(SessionToken token) {
        return rows.active(token.hash()).map(row -> session(row, rows.now()));
    }

    /** Extends the session if it was last used longer ago than {@code after}; empty if it was not. */
    public Optional<Session> extend(SessionId id, Duration after) {
        Instant now = rows.now();
        return rows.lock(id.value())
                // A session that is not remembered is never extended beyond its absolute end.
                .filter(row -> row.remembered
                        && !hasExpired(row, now)
                        && !row.lastUsedAt.plus(after).isAfter(now))
                .map(row -> {
                    row.lastUsedAt = now;
                    row.idleExpiresAt = now.plus(config.idleLifetime());
                    return session(row, now);
                });
    }

    public Optional<Session> active(AccountId user, SessionId id) {
        return rows.activeOf(user.value(), id.value()).map(row -> session(row, rows.now()));
    }

    /** Returns whether the user signed in to this session by password a short time ago. */
    public boolean isFresh(AccountId user, SessionId id) {
        Instant since = rows.now().minus(config.freshFor());
        return rows.activeOf(user.value(), id.value())
                .filter(row -> row.authenticatedAt.isAfter(since))
                .isPresent();
    }

    @Override
    public String name() {
        return "sessions";
    }

    @Override
    @Transactional(TxType.MANDATORY)
    public int deleteExpired(int limit) {
        return rows.deleteExpired(limit);
    }

    private RefreshToken spend(SessionEntity row, RefreshToken presented, Instant now) {
        byte[] salt = tokens.salt();
        RefreshToken successor = tokens.successor(presented, salt);
        row.generation = successor.generation();
        row.refreshHash = tokens.hash(successor);
        row.successorSalt = salt;
        row.spentAt = Stream.concat(Arrays.stream(row.spentAt), Stream.of(now))
                .skip(Math.max(0, row.spentAt.length + 1 - MAX_SPENT_TIMES))
                .filter(spent -> spent.isAfter(now.minus(config.grace())))
                .toArray(Instant[]::new);
        row.lastUsedAt = now;
        row.idleExpiresAt = now.plus(config.idleLifetime());
        return successor;
    }

    private Rotation repeated(SessionEntity row, RefreshToken presented, Instant now) {
        if (presented.generation() < row.generation - 1) {
            return new Superseded(session(row, now));
        }
        RefreshToken successor = tokens.successor(presented, row.successorSalt);
        // They differ when the master secret was changed between the two; then the successor cannot be made again.
        return tokens.matches(successor, row.refreshHash)
                ? new Rotated(session(row, now), successor)
                : new Superseded(session(row, now));
    }

    /**
     * Returns whether a token of this generation was spent within the grace period. The last of the times is that of the
     * generation before the current one, and so on backwards.
     */
    private boolean spentWithinGrace(SessionEntity row, int generation, Instant now) {
        int index = row.spentAt.length - (row.generation - generation);
        return index >= 0 && row.spentAt[index].isAfter(now.minus(config.grace()));
    }

    private Session endRow(SessionEntity row) {
        Session ended = session(row, rows.now());
        remove(row);
        return ended;
    }

    private void remove(SessionEntity row) {
        rows.delete(row);
        revocations.revokeDeleted(List.of(row.id));
    }

    private static boolean hasExpired(SessionEntity row, Instant now) {
        return !row.idleExpiresAt.isAfter(now) || !row.absoluteExpiresAt.isAfter(now);
    }

    /** The sign-in of a session; that of an imported one is unknown, and its row has the start of time there. */
    private static Authentication authentication(SessionEntity row) {
        Instant at = row.authenticatedAt.equals(Instant.EPOCH) ? null : row.authenticatedAt;
        return new Authentication(at, Set.copyOf(Arrays.asList(row.amr)));
    }

    private static Session session(SessionEntity row, Instant now) {
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
}
