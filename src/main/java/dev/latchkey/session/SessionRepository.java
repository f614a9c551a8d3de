package dev.latchkey.session;

import dev.latchkey.account.ProfileRow;
import dev.latchkey.platform.db.SingleStatements;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Query;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

@ApplicationScoped
class SessionRepository implements PanacheRepositoryBase<SessionEntity, String> {

    /**
     * What holds for a session that has not ended, whether it has expired or not.
     *
     * <p>Security: plain SQL does not see the restriction of {@link SessionEntity}, so each query for rows has this or
     * {@link #ACTIVE}.
     */
    private static final String NOT_ENDED =
            " not exists (select from ended_sessions e where e.user_id = s.user_id and s.session_number <= e.up_to)";

    /** What holds for a session that has neither ended nor expired. */
    private static final String ACTIVE = " s.idle_expires_at > now() and s.absolute_expires_at > now() and" + NOT_ENDED;

    /** The columns that {@link #session} reads. */
    private static final String COLUMNS =
            "now(), s.id as session_id, s.user_id, s.created_at, s.authenticated_at, s.amr, s.last_used_at,"
                    + " s.idle_expires_at, s.absolute_expires_at, s.remembered, s.ip, s.user_agent";

    private static final String ACTIVE_WITH_USER = "select " + COLUMNS + ", " + ProfileRow.COLUMNS
            + " from sessions s join users u on u.id = s.user_id where s.token_hash = ? and" + ACTIVE;

    private static final String LOCKED_WITH_CHAIN =
            "select " + COLUMNS + ", s.generation, s.refresh_hash, s.successor_salt, s.spent_at"
                    + " from sessions s where s.id = ? and" + NOT_ENDED + " for no key update";

    private static final String REFRESHED_WITH_USER = "update sessions s set generation = ?, refresh_hash = ?,"
            + " successor_salt = ?, spent_at = cast(? as timestamptz[]), last_used_at = ?, idle_expires_at = ?"
            + " from users u where u.id = s.user_id and s.id = ? and" + NOT_ENDED
            + " returning " + COLUMNS + ", " + ProfileRow.COLUMNS;

    private static final String WITH_USER = "select " + COLUMNS + ", " + ProfileRow.COLUMNS
            + " from sessions s join users u on u.id = s.user_id where s.id = ? and" + NOT_ENDED;

    /** Deletes what is too many beside the new one, and inserts that, in one statement: those that it deletes do not see it. */
    private static final String OPENED = """
            with ended as (
                delete from sessions where id = any (array(
                    select o.id from sessions o
                    where o.user_id = ? and o.absolute_expires_at > now() and not exists (
                        select from ended_sessions e where e.user_id = o.user_id and o.session_number <= e.up_to)
                    order by o.last_used_at desc, o.id offset ? limit ?))
                returning id)
            insert into sessions as s (
                id, user_id, created_at, authenticated_at, amr, last_used_at, absolute_expires_at, idle_expires_at,
                remembered, ip, user_agent, generation, token_hash, refresh_hash, spent_at)
            values (?, ?, now(), now(), cast(? as text[]), now(), now() + make_interval(secs => ?),
                now() + make_interval(secs => ?), ?, ?, ?, 0, ?, ?, '{}')
            returning (select coalesce(array_agg(id), '{}') from ended) as ended,\s""" + COLUMNS;

    private final SingleStatements statements;

    SessionRepository(SingleStatements statements) {
        this.statements = statements;
    }

    /** The time of the caller's transaction by the database, so that replicas agree. */
    Instant now() {
        return (Instant) getEntityManager()
                .createNativeQuery("select now()", Instant.class)
                .getSingleResult();
    }

    /** Locks the row until the transaction ends, so that of two refreshes one comes after the other. */
    Optional<SessionEntity> lock(String id) {
        return findByIdOptional(id, LockModeType.PESSIMISTIC_WRITE);
    }

    /** Returns whether the session of an id has this hash of its refresh token; no row is locked. */
    boolean hasRefreshHash(String id, byte[] hash) {
        return (Boolean) getEntityManager()
                .createNativeQuery(
                        "select exists (select from sessions s where s.id = ?1 and s.refresh_hash = ?2 and" + NOT_ENDED
                                + ")",
                        Boolean.class)
                .setParameter(1, id)
                .setParameter(2, hash)
                .getSingleResult();
    }

    /** Returns the active sessions of a user that come after another, latest used first. */
    @SuppressWarnings("unchecked") // a query for this entity
    List<SessionEntity> active(String userId, SessionPage.@Nullable Cursor after, int limit) {
        String before = after == null ? "" : " and (s.last_used_at < ?3 or (s.last_used_at = ?3 and s.id > ?4))";
        Query query = rows("where s.user_id = ?1 and" + ACTIVE + before
                        + " order by s.last_used_at desc, s.id limit ?2")
                .setParameter(1, userId)
                .setParameter(2, limit);
        if (after != null) {
            query.setParameter(3, after.lastUsedAt()).setParameter(4, after.id());
        }
        return query.getResultList();
    }

    int countActive(String userId) {
        long counted = (Long) getEntityManager()
                .createNativeQuery("select count(*) from sessions s where s.user_id = ?1 and" + ACTIVE, Long.class)
                .setParameter(1, userId)
                .getSingleResult();
        return Math.toIntExact(counted);
    }

    Optional<SessionEntity> activeOf(String userId, String id) {
        return first(rows("where s.id = ?1 and s.user_id = ?2 and" + ACTIVE)
                .setParameter(1, id)
                .setParameter(2, userId));
    }

    /** Returns the active session of a token with its user, by one statement. */
    Optional<Sessions.UserSession> activeWithUser(byte[] tokenHash) {
        return statements.row(ACTIVE_WITH_USER, SessionRepository::withUser, tokenHash);
    }

    /** A new session, as the database has it, and the ids of those that had to make room for it. */
    record Opened(Session session, List<String> ended) {}

    /** Inserts a session, and deletes all others of the user but those used last, at most {@code limit} of them. */
    Opened open(SessionEntity row, Duration lifetime, Duration idleLifetime, int keep, int limit) {
        // What is new in the caller's transaction, such as the user, may not be in the database yet.
        flush();
        return statements
                .row(
                        OPENED,
                        result -> new Opened(Session.of(session(result), instant(result, "now")), List.of((String[])
                                result.getArray("ended").getArray())),
                        row.userId,
                        keep,
                        limit,
                        row.id,
                        row.userId,
                        "{" + String.join(",", row.amr) + "}",
                        seconds(lifetime),
                        seconds(idleLifetime),
                        row.remembered,
                        row.ip,
                        row.userAgent,
                        row.tokenHash,
                        row.refreshHash)
                .orElseThrow();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /** A row that is locked until the transaction ends, and the time of that transaction by the database. */
    record LockedSession(SessionEntity row, Instant now) {}

    /** Locks the row for a refresh, so that of two refreshes one comes after the other. */
    Optional<LockedSession> lockForRefresh(String id) {
        return statements.row(
                LOCKED_WITH_CHAIN,
                result -> {
                    SessionEntity row = session(result);
                    row.generation = result.getInt("generation");
                    row.refreshHash = result.getBytes("refresh_hash");
                    row.successorSalt = result.getBytes("successor_salt");
                    row.spentAt = Arrays.stream(
                                    (Timestamp[]) result.getArray("spent_at").getArray())
                            .map(Timestamp::toInstant)
                            .toArray(Instant[]::new);
                    return new LockedSession(row, instant(result, "now"));
                },
                id);
    }

    /** Stores what a refresh has changed in a locked row; empty if the session has ended while its row was locked. */
    Optional<Sessions.UserSession> storeRefresh(SessionEntity row) {
        return statements.row(
                REFRESHED_WITH_USER,
                SessionRepository::withUser,
                row.generation,
                row.refreshHash,
                row.successorSalt,
                Arrays.stream(row.spentAt).map(Instant::toString).collect(Collectors.joining(",", "{", "}")),
                row.lastUsedAt.atOffset(ZoneOffset.UTC),
                row.idleExpiresAt.atOffset(ZoneOffset.UTC),
                row.id);
    }

    /** Returns a session that has not ended with its user, as both are now. */
    Optional<Sessions.UserSession> withUser(String id) {
        return statements.row(WITH_USER, SessionRepository::withUser, id);
    }

    private static Sessions.UserSession withUser(ResultSet row) throws SQLException {
        return new Sessions.UserSession(Session.of(session(row), instant(row, "now")), ProfileRow.readActive(row));
    }

    private static SessionEntity session(ResultSet row) throws SQLException {
        SessionEntity session = new SessionEntity();
        session.id = row.getString("session_id");
        session.userId = row.getString("user_id");
        session.createdAt = instant(row, "created_at");
        session.authenticatedAt = instant(row, "authenticated_at");
        session.amr = (String[]) row.getArray("amr").getArray();
        session.lastUsedAt = instant(row, "last_used_at");
        session.idleExpiresAt = instant(row, "idle_expires_at");
        session.absoluteExpiresAt = instant(row, "absolute_expires_at");
        session.remembered = row.getBoolean("remembered");
        session.ip = row.getString("ip");
        session.userAgent = row.getString("user_agent");
        return session;
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    /** Locks the row of a token, expired or not, until the transaction ends. */
    Optional<SessionEntity> lock(byte[] tokenHash) {
        return first(rows("where s.token_hash = ?1 and" + NOT_ENDED + " for no key update")
                .setParameter(1, tokenHash));
    }

    private Query rows(String condition) {
        return getEntityManager().createNativeQuery("select s.* from sessions s " + condition, SessionEntity.class);
    }

    @SuppressWarnings("unchecked") // a query of rows
    private static Optional<SessionEntity> first(Query rows) {
        return rows.getResultStream().findFirst();
    }

    /** Returns how many sessions of a user, expired ones included, {@link #endAll} would end. */
    int countAllBut(String userId, String keep) {
        long counted = (Long) getEntityManager()
                .createNativeQuery(
                        "select count(*) from sessions s where s.user_id = ?1 and s.id <> ?2 and" + NOT_ENDED,
                        Long.class)
                .setParameter(1, userId)
                .setParameter(2, keep)
                .getSingleResult();
        return Math.toIntExact(counted);
    }

    /**
     * Ends all sessions of a user except one, deletes the rows of at most {@code limit} of them and returns their ids.
     *
     * @param keep the id of the session that goes on, or an empty text
     */
    @SuppressWarnings("unchecked") // a query for one text column
    List<String> endAll(String userId, String keep, int limit) {
        return getEntityManager()
                .createNativeQuery("select end_sessions(?1, ?2, ?3)", String.class)
                .setParameter(1, userId)
                .setParameter(2, keep)
                .setParameter(3, limit)
                .getResultList();
    }

    /** Deletes rows of sessions that have ended; returns whether there were any users with such rows. */
    @SuppressWarnings("unchecked") // a query for one text column
    boolean deleteEnded(int limit) {
        List<String> users = getEntityManager()
                .createNativeQuery(
                        "select user_id from ended_sessions order by user_id limit 10 for update skip locked",
                        String.class)
                .getResultList();
        if (users.isEmpty()) {
            return false;
        }
        String[] ids = users.toArray(String[]::new);
        getEntityManager()
                .createNativeQuery("""
                        delete from sessions where id = any (array(
                            select s.id from sessions s join ended_sessions e
                                on e.user_id = s.user_id and s.session_number <= e.up_to
                            where e.user_id = any (cast(?1 as text[])) limit ?2))""")
                .setParameter(1, ids)
                .setParameter(2, limit)
                .executeUpdate();
        getEntityManager().createNativeQuery("""
                        delete from ended_sessions e where e.user_id = any (cast(?1 as text[])) and not exists (
                            select from sessions s where s.user_id = e.user_id and s.session_number <= e.up_to)""").setParameter(1, ids).executeUpdate();
        return true;
    }

    int deleteExpired(int rows) {
        return getEntityManager().createNativeQuery("""
                        delete from sessions where ctid = any (array(
                            select ctid from sessions where absolute_expires_at < now()
                            limit ?1 for update skip locked))""").setParameter(1, rows).executeUpdate();
    }
}
