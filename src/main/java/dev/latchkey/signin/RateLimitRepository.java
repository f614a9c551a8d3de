package dev.latchkey.signin;

import dev.latchkey.signin.RateLimits.Bucket;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

@ApplicationScoped
class RateLimitRepository implements PanacheRepositoryBase<RateLimitBucketEntity, String> {

    /** How long consecutive failures are remembered without another attempt; see V008. */
    private static final Duration FAILURES_KEPT = Duration.ofDays(30);

    /**
     * Counts an attempt in one statement, so that no two take the last place; returns empty when the bucket is full or
     * locked.
     *
     * <p>Security: where the bucket is known to be full, the statement only reads. An insert that meets the row would lock
     * it, and the refused attempts of one client would wait for each other, each with a connection of the pool.
     */
    @SuppressWarnings("unchecked") // a query for one instant
    Optional<Instant> take(Bucket bucket) {
        List<Instant> taken = getEntityManager()
                .createNativeQuery("""
                        insert into throttle_buckets as bucket (id, taken_at, failures, expires_at)
                        select ?1, array[now()], ?4, now() + make_interval(secs => ?6)
                        where not exists (
                            select from throttle_buckets known
                            where known.id = ?1 and (
                                known.failures >= ?5
                                or (select count(*) from unnest(known.taken_at) at
                                    where at > now() - make_interval(secs => ?3)) >= ?2))
                        on conflict (id) do update set
                            taken_at = array(
                                select at from unnest(bucket.taken_at) at
                                where at > now() - make_interval(secs => ?3) order by at) || now(),
                            failures = bucket.failures + excluded.failures,
                            expires_at = case
                                when bucket.failures + excluded.failures >= ?5 and not ?7 then 'infinity'
                                else excluded.expires_at end
                        where bucket.failures < ?5 and (
                            select count(*) from unnest(bucket.taken_at) at
                            where at > now() - make_interval(secs => ?3)) < ?2
                        returning now()""", Instant.class)
                .setParameter(1, bucket.id())
                .setParameter(2, bucket.limit())
                .setParameter(3, seconds(bucket.window()))
                .setParameter(4, bucket.canLock() ? 1 : 0)
                .setParameter(5, bucket.lockAfter())
                .setParameter(6, seconds(bucket.canLock() ? longer(bucket.window()) : bucket.window()))
                // A device's row is of no use for longer: a stolen cookie must not leave rows for good.
                .setParameter(7, bucket.ofDevice())
                .getResultList();
        return taken.stream().findFirst();
    }

    /**
     * Returns whether a bucket is locked, and how long it takes until it has room again, which is zero where it has room by
     * now; empty if it does not exist.
     */
    Optional<Full> full(Bucket bucket) {
        return getEntityManager()
                .createNativeQuery("""
                        select failures >= ?4 as locked, (
                            select cast(case when count(*) < ?2 then 0 else
                                coalesce(extract(epoch from min(at) + make_interval(secs => ?3) - now()), 0) end as numeric)
                            from (
                                select at from unnest(taken_at) at
                                where at > now() - make_interval(secs => ?3)
                                order by at desc limit ?2) latest) as until_room
                        from throttle_buckets where id = ?1""", Tuple.class)
                .setParameter(1, bucket.id())
                .setParameter(2, bucket.limit())
                .setParameter(3, seconds(bucket.window()))
                .setParameter(4, bucket.lockAfter())
                .getResultStream()
                .findFirst()
                .map(row -> {
                    Tuple found = (Tuple) row;
                    return new Full(
                            found.get("locked", Boolean.class),
                            Duration.ofMillis(found.get("until_room", BigDecimal.class)
                                    .movePointRight(3)
                                    .longValue()));
                });
    }

    record Full(boolean locked, Duration untilRoom) {}

    /**
     * Takes one attempt out of its bucket again. The success of a known device takes out all of its attempts.
     *
     * @param succeeded whether the attempt was a success, which ends the consecutive failures, or was none at all
     */
    void refund(RateLimits.Allowed.Slot slot, boolean succeeded) {
        if (!deleteLast(slot, succeeded)) {
            takeOut(slot, succeeded);
        }
    }

    /** Deletes the bucket of an attempt if nothing is left in it without that one. */
    private boolean deleteLast(RateLimits.Allowed.Slot slot, boolean succeeded) {
        return getEntityManager()
                        .createNativeQuery("""
                                delete from throttle_buckets
                                where id = ?1 and cast(?2 as timestamptz) = any (taken_at) and (?3 or failures <= 1)
                                    and (?5 or not exists (
                                        select from unnest(taken_at) with ordinality as taken (at, place)
                                        where place <> array_position(taken_at, cast(?2 as timestamptz))
                                            and at > now() - make_interval(secs => ?4)))""")
                        .setParameter(1, slot.bucket().id())
                        .setParameter(2, slot.takenAt())
                        .setParameter(3, succeeded)
                        .setParameter(4, seconds(slot.bucket().window()))
                        .setParameter(5, succeeded && slot.bucket().ofDevice())
                        .executeUpdate()
                == 1;
    }

    private void takeOut(RateLimits.Allowed.Slot slot, boolean succeeded) {
        getEntityManager()
                .createNativeQuery("""
                        update throttle_buckets set
                            taken_at = case when ?6 then '{}' else array(
                                select at from unnest(taken_at) with ordinality as taken (at, place)
                                where place <> array_position(taken_at, cast(?2 as timestamptz)) order by place) end,
                            failures = case when ?3 then 0 else greatest(failures - 1, 0) end,
                            expires_at = case
                                when ?3 or failures <= 1 then now() + make_interval(secs => ?4)
                                else least(expires_at, now() + make_interval(secs => ?5)) end
                        where id = ?1 and cast(?2 as timestamptz) = any (taken_at)""")
                .setParameter(1, slot.bucket().id())
                .setParameter(2, slot.takenAt())
                .setParameter(3, succeeded)
                .setParameter(4, seconds(slot.bucket().window()))
                .setParameter(5, seconds(longer(slot.bucket().window())))
                .setParameter(6, succeeded && slot.bucket().ofDevice())
                .executeUpdate();
    }

    void deleteAll(List<String> ids) {
        getEntityManager()
                .createNativeQuery("delete from throttle_buckets where id = any (cast(?1 as text[]))")
                .setParameter(1, ids.toArray(String[]::new))
                .executeUpdate();
    }

    int deleteExpired(int rows) {
        return getEntityManager().createNativeQuery("""
                        delete from throttle_buckets where ctid = any (array(
                            select ctid from throttle_buckets where expires_at < now()
                            limit ?1 for update skip locked))""").setParameter(1, rows).executeUpdate();
    }

    /**
     * Deletes the counted failures of addresses without an account beyond a number of them, the least recent ones first.
     *
     * <p>Security: anyone can make such a row, one for each counted attempt, and it is kept as long as that of an account, so
     * that the two cannot be told apart.
     */
    int deleteSurplus(String prefix, int kept, int rows) {
        return getEntityManager()
                .createNativeQuery("""
                        delete from throttle_buckets where id = any (array(
                            select id from (
                                select id from throttle_buckets where failures > 0 and starts_with(id, ?1)
                                order by expires_at desc offset ?2) surplus
                            where not exists (
                                select from users where email = substr(surplus.id, length(cast(?1 as text)) + 1))
                            limit ?3))""")
                .setParameter(1, prefix)
                .setParameter(2, kept)
                .setParameter(3, rows)
                .executeUpdate();
    }

    private static Duration longer(Duration window) {
        return window.compareTo(FAILURES_KEPT) > 0 ? window : FAILURES_KEPT;
    }

    private static double seconds(Duration window) {
        return window.toMillis() / 1000.0;
    }
}
