package dev.latchkey.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Query;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

@ApplicationScoped
class AuditEventRepository implements PanacheRepositoryBase<AuditEventEntity, UUID> {

    private final ObjectMapper json;

    AuditEventRepository(ObjectMapper json) {
        this.json = json;
    }

    @SuppressWarnings("unchecked") // a query for this entity
    List<AuditEventEntity> findNewest(String userId, EventPage.@Nullable Cursor before, int limit) {
        Query query = getEntityManager()
                .createNativeQuery(
                        "select * from audit_events where user_id = ?1"
                                + (before == null ? "" : " and (at, id) < (?3, ?4)")
                                + " order by at desc, id desc limit ?2",
                        AuditEventEntity.class)
                .setParameter(1, userId)
                .setParameter(2, limit);
        if (before != null) {
            query.setParameter(3, before.at()).setParameter(4, before.id());
        }
        return query.getResultList();
    }

    /**
     * Returns the newest events that a query finds among the next ones, at most {@code limit} of them.
     *
     * @param examined the number of events that are looked at, whether they are found or not
     */
    @SuppressWarnings("unchecked") // a query for this entity
    List<AuditEventEntity> find(EventPage.Query query, EventPage.@Nullable Cursor before, int limit, int examined) {
        List<Object> parameters = new ArrayList<>();
        String sql = sql(query, before, limit, examined, parameters);
        return with(getEntityManager().createNativeQuery(sql, AuditEventEntity.class), parameters)
                .getResultList();
    }

    /** The statement of a page; adds its parameters. */
    static String sql(
            EventPage.Query query,
            EventPage.@Nullable Cursor before,
            int limit,
            int examined,
            List<Object> parameters) {
        return "select * from (" + newest(query, before, examined, parameters) + ") e where true"
                + (query.type() == null ? "" : " and e.type = ?" + add(parameters, query.type()))
                + (query.outcome() == null ? "" : " and e.outcome = ?" + add(parameters, query.outcome()))
                // Of an event that names both, one has found it already.
                + (query.userId() == null || query.by() == null
                        ? ""
                        : " and e.details ->> 'by' = ?" + add(parameters, query.by()))
                + " order by e.at desc, e.id desc limit " + limit;
    }

    /** Returns the last of the events that were looked at for a page; empty if they are fewer than that. */
    @SuppressWarnings("unchecked") // a query for this entity
    Optional<EventPage.Cursor> lastExamined(EventPage.Query query, EventPage.@Nullable Cursor before, int examined) {
        List<Object> parameters = new ArrayList<>();
        String sql = "select * from (" + newest(query, before, examined, parameters) + ") e offset " + (examined - 1);
        List<AuditEventEntity> last = with(
                        getEntityManager().createNativeQuery(sql, AuditEventEntity.class), parameters)
                .getResultList();
        return last.stream().findFirst().map(row -> new EventPage.Cursor(row.at, row.id));
    }

    /** The next events, by the index of one user, of one administrator, or of time: each has this order. */
    private static String newest(
            EventPage.Query query, EventPage.@Nullable Cursor before, int examined, List<Object> parameters) {
        StringBuilder sql = new StringBuilder("select * from audit_events where true");
        if (query.userId() != null) {
            sql.append(" and user_id = ?").append(add(parameters, query.userId()));
        } else if (query.by() != null) {
            sql.append(" and details ->> 'by' = ?").append(add(parameters, query.by()));
        }
        if (query.from() != null) {
            sql.append(" and at >= ?").append(add(parameters, query.from()));
        }
        if (query.before() != null) {
            sql.append(" and at < ?").append(add(parameters, query.before()));
        }
        if (before != null) {
            sql.append(" and (at, id) < (?").append(add(parameters, before.at()));
            sql.append(", ?").append(add(parameters, before.id())).append(")");
        }
        return sql.append(" order by at desc, id desc limit ").append(examined).toString();
    }

    /** Adds a parameter and returns its number. */
    private static int add(List<Object> parameters, Object value) {
        parameters.add(value);
        return parameters.size();
    }

    private static Query with(Query query, List<Object> parameters) {
        for (int i = 0; i < parameters.size(); i++) {
            query.setParameter(i + 1, parameters.get(i));
        }
        return query;
    }

    /**
     * Inserts rows in one statement and a transaction of its own. Some may exist already: the response to an earlier commit may
     * have been lost.
     */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    void insertAll(List<AuditEventEntity> batch) {
        getEntityManager()
                .createNativeQuery("""
                        insert into audit_events
                            (id, user_id, type, at, ip, user_agent, outcome, details, request_id)
                        select id, user_id, type, at, ip, user_agent, outcome, cast(details as jsonb), request_id
                        from unnest(
                            cast(?1 as uuid[]), cast(?2 as text[]), cast(?3 as text[]), cast(?4 as timestamptz[]),
                            cast(?5 as text[]), cast(?6 as text[]), cast(?7 as text[]), cast(?8 as text[]),
                            cast(?9 as text[])) as refused
                            (id, user_id, type, at, ip, user_agent, outcome, details, request_id)
                        on conflict (id) do nothing""")
                .setParameter(1, column(batch, row -> row.id.toString()))
                .setParameter(2, column(batch, row -> row.userId))
                .setParameter(3, column(batch, row -> row.type))
                .setParameter(4, column(batch, row -> row.at.toString()))
                .setParameter(5, column(batch, row -> row.ip))
                .setParameter(6, column(batch, row -> row.userAgent))
                .setParameter(7, column(batch, row -> row.outcome))
                .setParameter(8, column(batch, row -> text(row.details)))
                .setParameter(9, column(batch, row -> row.requestId))
                .executeUpdate();
    }

    /** Returns the users among these who have an event of this type. */
    @SuppressWarnings("unchecked") // a query for one text column
    List<String> findUsersWithEvent(Collection<String> userIds, String type) {
        return getEntityManager()
                .createNativeQuery("""
                        select distinct user_id from audit_events
                        where user_id = any (cast(?1 as text[])) and type = ?2""", String.class)
                .setParameter(1, userIds.toArray(String[]::new))
                .setParameter(2, type)
                .getResultList();
    }

    /** Returns the users among these who have an event that is no failure, or one of this type. */
    @SuppressWarnings("unchecked") // a query for one text column
    List<String> findUsersWithSuccessOr(Collection<String> userIds, String type) {
        return getEntityManager()
                .createNativeQuery("""
                        select distinct user_id from audit_events
                        where user_id = any (cast(?1 as text[])) and (outcome = 'success' or type = ?2)""", String.class)
                .setParameter(1, userIds.toArray(String[]::new))
                .setParameter(2, type)
                .getResultList();
    }

    /** Returns the client addresses of some events of the last hour; within that, the index on their time finds them. */
    @SuppressWarnings("unchecked") // a query for one text column
    List<String> findLatestAddresses(int limit) {
        return getEntityManager()
                .createNativeQuery(
                        "select ip from audit_events where at > now() - interval '1 hour' and ip <> '' limit ?1",
                        String.class)
                .setParameter(1, limit)
                .getResultList();
    }

    /** Returns the client address of an event of the last five minutes. */
    @SuppressWarnings("unchecked") // a query for one text column
    Optional<String> findAddress(String requestId) {
        return getEntityManager()
                .createNativeQuery(
                        "select ip from audit_events where at > now() - interval '5 minutes' and request_id = ?1 limit 1",
                        String.class)
                .setParameter(1, requestId)
                .getResultList()
                .stream()
                .findFirst();
    }

    int deleteExpired(Duration retention, int rows) {
        return getEntityManager()
                .createNativeQuery("""
                        delete from audit_events where ctid = any (array(
                            select ctid from audit_events where at < now() - make_interval(secs => ?1) limit ?2))""")
                .setParameter(1, (double) retention.toSeconds())
                .setParameter(2, rows)
                .executeUpdate();
    }

    private static @Nullable String[] column(
            List<AuditEventEntity> batch, Function<AuditEventEntity, @Nullable String> value) {
        return batch.stream().map(value).toArray(String[]::new);
    }

    private String text(Map<String, String> details) {
        try {
            return json.writeValueAsString(details);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("A map of texts cannot be written as JSON", impossible);
        }
    }
}
