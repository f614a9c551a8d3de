package dev.latchkey.emaillink;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

@ApplicationScoped
class EmailLinkRepository implements PanacheRepositoryBase<EmailLinkEntity, String> {

    /** Returns the start of the caller's transaction by the database's clock, so that replicas agree. */
    Instant now() {
        return (Instant) getEntityManager()
                .createNativeQuery("select now()", Instant.class)
                .getSingleResult();
    }

    void insert(
            String id,
            String purpose,
            String userId,
            String address,
            @Nullable String target,
            boolean targetVerified,
            @Nullable String callback,
            Duration lifetime) {
        getEntityManager()
                .createNativeQuery("""
                        insert into mailed_links
                            (id, purpose, user_id, address, target, target_verified, callback, expires_at)
                        values (?1, ?2, ?3, ?4, cast(?5 as text), ?7, cast(?8 as text),
                            now() + make_interval(secs => ?6))""")
                .setParameter(1, id)
                .setParameter(2, purpose)
                .setParameter(3, userId)
                .setParameter(4, address)
                .setParameter(5, target)
                .setParameter(6, lifetime.toMillis() / 1000.0)
                .setParameter(7, targetVerified)
                .setParameter(8, callback)
                .executeUpdate();
    }

    @SuppressWarnings("unchecked") // a query for this entity
    Optional<EmailLinkEntity> findLink(String id, String purpose) {
        return getEntityManager()
                .createNativeQuery("select * from mailed_links where id = ?1 and purpose = ?2", EmailLinkEntity.class)
                .setParameter(1, id)
                .setParameter(2, purpose)
                .getResultStream()
                .findFirst();
    }

    /** Marks a valid link as used; false if it was not valid. Of concurrent calls only one returns true. */
    boolean markUsed(String id, String purpose) {
        return getEntityManager()
                        .createNativeQuery("""
                                update mailed_links set used_at = now()
                                where id = ?1 and purpose = ?2 and used_at is null and expires_at > now()""")
                        .setParameter(1, id)
                        .setParameter(2, purpose)
                        .executeUpdate()
                == 1;
    }

    /** Lets a link that was not redeemed yet expire later, counted from now. */
    void extend(String id, Duration lifetime) {
        getEntityManager()
                .createNativeQuery("""
                        update mailed_links set expires_at = now() + make_interval(secs => ?2)
                        where id = ?1 and used_at is null""")
                .setParameter(1, id)
                .setParameter(2, lifetime.toMillis() / 1000.0)
                .executeUpdate();
    }

    /** Deletes a user's links for a purpose that are not redeemed yet, except a number of the newest. */
    void deleteUnused(String userId, String purpose, int kept) {
        getEntityManager()
                .createNativeQuery("""
                        delete from mailed_links where id in (
                            select id from mailed_links where user_id = ?1 and purpose = ?2 and used_at is null
                            order by created_at desc, id offset ?3)""")
                .setParameter(1, userId)
                .setParameter(2, purpose)
                .setParameter(3, kept)
                .executeUpdate();
    }

    /** Deletes a user's links that are not redeemed yet, except those for one purpose that are older than a link. */
    void deleteUnusedSince(String userId, String id, String kept) {
        getEntityManager()
                .createNativeQuery("""
                        delete from mailed_links where user_id = ?1 and used_at is null and not coalesce(
                            purpose = ?3 and created_at < (select created_at from mailed_links where id = ?2), false)""")
                .setParameter(1, userId)
                .setParameter(2, id)
                .setParameter(3, kept)
                .executeUpdate();
    }

    /** Returns the targets of a user's valid links for a purpose. */
    @SuppressWarnings("unchecked") // a query for one text column
    List<String> validTargets(String userId, String purpose) {
        return getEntityManager()
                .createNativeQuery("""
                        select target from mailed_links
                        where user_id = ?1 and purpose = ?2
                            and target is not null and used_at is null and expires_at > now()""", String.class)
                .setParameter(1, userId)
                .setParameter(2, purpose)
                .getResultList();
    }

    int deleteExpired(int rows) {
        return getEntityManager().createNativeQuery("""
                        delete from mailed_links where ctid = any (array(
                            select ctid from mailed_links where expires_at < now() - interval '1 day'
                            limit ?1 for update skip locked))""").setParameter(1, rows).executeUpdate();
    }
}
