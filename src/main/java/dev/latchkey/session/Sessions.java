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
import dev.latchkey.session.SessionRepository.LockedSession;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signed-in sessions. What belongs to a larger change happens in the caller's transaction; ending a session also revokes
 * its access tokens.
 */
@ApplicationScoped
@Transactional
public class Sessions implements Expirable {

    /** The number of rows that one statement deletes, which takes some 50 ms. */
    static final int BATCH = 1_000;

    private final SessionRepository rows;
    private final RefreshTokens tokens;
    private final RefreshChain chain;
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
        this.chain = new RefreshChain(tokens, config);
        this.revocations = revocations;
        this.audit = audit;
        this.config = config;
    }

    /**
     * Opens a session of a user who has just signed in by a method, and ends the least recently used ones beyond the maximum.
     * It happens in the caller's transaction, which has locked the user, so that concurrent sign-ins come one after another.
     */
    @Transactional(TxType.MANDATORY)
    public SignedInSession open(
            Profile user, AuthenticationMethod method, boolean remember, SessionSecret.Kind kind, Client client) {
        SessionEntity row = new SessionEntity();
        row.id = SessionId.create().value();
        row.userId = user.id().value();
        row.amr = new String[] {method.reference()};
        row.remembered = remember;
        row.ip = client.ip();
        row.userAgent = client.userAgent();
        SessionSecret secret = setSecret(row, kind);
        // Of more than a batch, which an import can bring, the next sign-in ends the rest.
        SessionRepository.Opened opened =
                rows.open(row, config.lifetime(remember), config.idleLifetime(), config.maxPerUser() - 1, BATCH);
        if (!opened.ended().isEmpty()) {
            revocations.revokeDeleted(opened.ended());
            audit.record(AuditEvent.sessionsEvicted(user.id().value(), opened.ended(), client));
        }
        return new SignedInSession(user, opened.session(), secret);
    }

    /** Gives a session a new secret; the earlier one, of whatever kind, is none any more. */
    private SessionSecret setSecret(SessionEntity row, SessionSecret.Kind kind) {
        row.generation = 0;
        row.spentAt = new Instant[0];
        row.successorSalt = null;
        return switch (kind) {
            case REFRESH_TOKEN -> {
                RefreshToken first = tokens.first(row.id);
                row.refreshHash = tokens.hash(first);
                row.tokenHash = null;
                yield first;
            }
            case SESSION_TOKEN -> {
                SessionToken token = SessionToken.create();
                row.tokenHash = token.hash();
                row.refreshHash = tokens.unmatchableHash();
                yield token;
            }
        };
    }

    /** Spends a refresh token for its successor, or reports why it cannot. */
    @Transactional(TxType.MANDATORY)
    public Rotation rotate(RefreshToken presented) {
        Optional<LockedSession> found =
                names(presented) ? rows.lockForRefresh(presented.sessionId()) : Optional.empty();
        if (found.isEmpty()) {
            return new Unknown();
        }
        SessionEntity row = found.get().row();
        Instant now = found.get().now();
        if (hasExpired(row, now)) {
            return new Unknown();
        }
        return switch (chain.present(row, presented, now)) {
            case RefreshChain.Result.Current(RefreshToken successor) -> {
                row.lastUsedAt = now;
                row.idleExpiresAt = now.plus(config.idleLifetime());
                yield rotated(rows.storeRefresh(row), successor);
            }
            case RefreshChain.Result.Repeated(RefreshToken successor) -> rotated(rows.withUser(row.id), successor);
            case RefreshChain.Result.Superseded() -> new Superseded(Session.of(row, now));
            case RefreshChain.Result.Foreign() -> new Unknown();
            case RefreshChain.Result.Reused() -> {
                Session ended = Session.of(row, now);
                remove(row);
                yield new Reused(ended);
            }
        };
    }

    /**
     * Security: all sessions of the user may have ended while the row was waited for, without a change of the row when they are
     * too many for one statement.
     */
    private static Rotation rotated(Optional<UserSession> current, RefreshToken successor) {
        return current.<Rotation>map(it -> new Rotated(it.session(), it.user(), successor))
                .orElseGet(Unknown::new);
    }

    /** Ends the session that a refresh token belongs to, whether the token is current or spent. */
    @Transactional(TxType.MANDATORY)
    public Optional<Session> end(RefreshToken presented) {
        return names(presented)
                ? rows.lock(presented.sessionId())
                        .filter(row -> chain.contains(row, presented))
                        .map(this::endRow)
                : Optional.empty();
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

    /**
     * Ends all sessions of a user, except one if given, revokes their access tokens, and returns how many have ended. What is
     * too much for one statement is refused from now on, and deleted by {@link EndedSessions}.
     */
    @Transactional(TxType.MANDATORY)
    public int endAll(AccountId user, @Nullable SessionId keep) {
        // The user's row is locked first, as by every statement that ends a user's sessions.
        revocations.revokeUser(user.value(), keep == null ? null : keep.value());
        return endRows(user, keep);
    }

    /**
     * Ends all sessions of a user except one, in which they have just given their password, and revokes the access
     * tokens of all of them. The one that is kept goes on with a new secret; empty if it has ended before.
     *
     * <p>Security: a thief may hold a copy of the secret, or an access token of this very session.
     */
    @Transactional(TxType.MANDATORY)
    public Optional<RenewedSession> endAllAndRenew(AccountId user, SessionId kept, SessionSecret.Kind kind) {
        revocations.revokeUser(user.value(), null);
        endRows(user, kept);
        Instant now = rows.now();
        return rows.lock(kept.value())
                .filter(row -> row.userId.equals(user.value()) && !hasExpired(row, now))
                .map(row -> {
                    SessionSecret secret = setSecret(row, kind);
                    row.lastUsedAt = now;
                    row.authenticatedAt = now;
                    row.amr = new String[] {AuthenticationMethod.PASSWORD.reference()};
                    row.idleExpiresAt = now.plus(config.idleLifetime());
                    rows.flush();
                    return new RenewedSession(Session.of(row, now), secret);
                });
    }

    private int endRows(AccountId user, @Nullable SessionId keep) {
        String kept = keep == null ? "" : keep.value();
        int count = rows.countAllBut(user.value(), kept);
        revocations.revokeDeleted(rows.endAll(user.value(), kept, BATCH));
        return count;
    }

    /** Returns the active sessions of a user, latest used first, that come after another one. */
    public SessionPage page(AccountId user, SessionPage.@Nullable Cursor after, int limit) {
        Instant now = rows.now();
        List<Session> found = rows.active(user.value(), after, limit + 1).stream()
                .map(row -> Session.of(row, now))
                .toList();
        return found.size() <= limit
                ? new SessionPage(found, null)
                : new SessionPage(found.subList(0, limit), SessionPage.Cursor.of(found.get(limit - 1)));
    }

    /** Returns how many active sessions a user has. */
    public int count(AccountId user) {
        return rows.countActive(user.value());
    }

    /**
     * A session and its user, as they are at one instant.
     *
     * @param user null when the account is disabled
     */
    public record UserSession(Session session, @Nullable Profile user) {}

    /** Returns the active session of a token. */
    @Transactional(TxType.NEVER)
    public Optional<UserSession> active(SessionToken token) {
        return rows.activeWithUser(token.hash());
    }

    /** Extends the session of a token if it was last used longer ago than {@code after}; empty if it was not. */
    public Optional<Session> extend(SessionToken token, Duration after) {
        Instant now = rows.now();
        // Security: not by the session's id, for the token may have been replaced since it was presented.
        return rows.lock(token.hash())
                // A session that is not remembered is never extended beyond its absolute end.
                .filter(row -> row.remembered
                        && !hasExpired(row, now)
                        && !row.lastUsedAt.plus(after).isAfter(now))
                .map(row -> {
                    row.lastUsedAt = now;
                    row.idleExpiresAt = now.plus(config.idleLifetime());
                    return Session.of(row, now);
                });
    }

    public Optional<Session> active(AccountId user, SessionId id) {
        return rows.activeOf(user.value(), id.value()).map(row -> Session.of(row, rows.now()));
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

    /**
     * Returns whether a refresh token may name a session whose row is locked then.
     *
     * <p>Security: an attacker who knows a session's id can write it into a token. Such a token locks no row.
     */
    private boolean names(RefreshToken presented) {
        return tokens.isOurs(presented) || rows.hasRefreshHash(presented.sessionId(), tokens.hash(presented));
    }

    private Session endRow(SessionEntity row) {
        Session ended = Session.of(row, rows.now());
        remove(row);
        return ended;
    }

    private void remove(SessionEntity row) {
        rows.deleteById(row.id);
        revocations.revokeDeleted(List.of(row.id));
    }

    private static boolean hasExpired(SessionEntity row, Instant now) {
        return !row.idleExpiresAt.isAfter(now) || !row.absoluteExpiresAt.isAfter(now);
    }
}
