package dev.latchkey.signin;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

@ApplicationScoped
class RateLimitRepository implements PanacheRepositoryBase<RateLimitBucketEntity, String> {

    /** Counts an attempt in one statement, so that no two take the last place; returns empty when the bucket is full. */
    @SuppressWarnings("unchecked") // a query for one instant
    Optional<Instant> take(String bucket, int limit, Duration window) {
        List<Instant> taken = getEntityManager()
                .createNativeQuery("""
                        insert into throttle_buckets as bucket (id, taken_at, expires_at)
                        values (?1, array[now()], now() + make_interval(secs => ?3))
                        on conflict (id) do update set
                            taken_at = array(
                                select at from unnest(bucket.taken_at) at
                                where at > now() - make_interval(secs => ?3) order by at) || now(),
                            expires_at = now() + make_interval(secs => ?3)
                        where (
                            select count(*) from unnest(bucket.taken_at) at
                            where at > now() - make_interval(secs => ?3)) < ?2
                        returning now()""", Instant.class)
                .setParameter(1, bucket)
                .setParameter(2, limit)
                .setParameter(3, seconds(window))
                .getResultList();
        return taken.stream().findFirst();
    }

    /** Returns how long it takes until a full bucket has room again. */
    Duration wait(String bucket, int limit, Duration window) {
        BigDecimal seconds = (BigDecimal) getEntityManager()
                .createNativeQuery("""
                        select coalesce(extract(epoch from min(at) + make_interval(secs => ?3) - now()), 0)
                        from (
                            select at from throttle_buckets, unnest(taken_at) at
                            where id = ?1 and at > now() - make_interval(secs => ?3)
                            order by at desc limit ?2) latest""", BigDecimal.class)
                .setParameter(1, bucket)
                .setParameter(2, limit)
                .setParameter(3, seconds(window))
                .getSingleResult();
        return Duration.ofMillis(seconds.movePointRight(3).longValue());
    }

    /** Takes one attempt out of its bucket again. */
    void refund(RateLimits.Allowed.Slot slot) {
        getEntityManager()
                .createNativeQuery("""
                        update throttle_buckets set taken_at = array(
                            select at from unnest(taken_at) with ordinality as taken (at, place)
                            where place <> array_position(taken_at, cast(?2 as timestamptz)) order by place)
                        where id = ?1 and cast(?2 as timestamptz) = any (taken_at)""")
                .setParameter(1, slot.bucket())
                .setParameter(2, slot.takenAt())
                .executeUpdate();
    }

    int deleteExpired(int rows) {
        return getEntityManager().createNativeQuery("""
                        delete from throttle_buckets where ctid = any (array(
                            select ctid from throttle_buckets where expires_at < now()
                            limit ?1 for update skip locked))""").setParameter(1, rows).executeUpdate();
    }

    private static double seconds(Duration window) {
        return window.toMillis() / 1000.0;
    }
}
