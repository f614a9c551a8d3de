package dev.latchkey.audit;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Page;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@ApplicationScoped
class AuditEventRepository implements PanacheRepositoryBase<AuditEventEntity, UUID> {

    List<AuditEventEntity> findNewest(String userId, EventPage.@Nullable Cursor before, int limit) {
        if (before == null) {
            return find("userId = ?1 order by at desc, id desc", userId)
                    .page(Page.ofSize(limit))
                    .list();
        }
        return find("userId = ?1 and (at, id) < (?2, ?3) order by at desc, id desc", userId, before.at(), before.id())
                .page(Page.ofSize(limit))
                .list();
    }

    /** Inserts rows, some of which may exist already: the response to an earlier commit may have been lost. */
    void insert(List<AuditEventEntity> batch) {
        batch.forEach(getEntityManager()::merge);
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

    int deleteExpired(Duration retention, int rows) {
        return getEntityManager()
                .createNativeQuery("""
                        delete from audit_events where ctid = any (array(
                            select ctid from audit_events where at < now() - make_interval(secs => ?1) limit ?2))""")
                .setParameter(1, (double) retention.toSeconds())
                .setParameter(2, rows)
                .executeUpdate();
    }
}
