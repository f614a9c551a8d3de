package dev.latchkey.signin;

import dev.latchkey.signin.RateLimits.Allowed.Slot;
import dev.latchkey.signin.RateLimits.Bucket;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

@ApplicationScoped
class RateLimitRepository implements PanacheRepositoryBase<RateLimitBucketEntity, String> {

    /** How long consecutive failures are remembered without another attempt; see V008. */
    private static final Duration FAILURES_KEPT = Duration.ofDays(30);

    /**
     * Counts an attempt in each of these buckets in one statement, so that no two take the last place; returns the slots that
     * were taken. They are fewer than the buckets when one is full or locked: none, unless it became so just now.
     *
     * <p>Security: where a bucket is known to be full, the statement only reads. An insert that meets the row would lock it,
     * and the refused attempts of one client would wait for each other, each with a connection of the pool.
     */
    @SuppressWarnings("unchecked") // a query for tuples
    List<Slot> take(List<Bucket> buckets) {
        List<Tuple> taken = getEntityManager()
                .createNativeQuery("""
                        with wanted as (
                            select * from unnest(
                                cast(?1 as text[]), cast(?2 as integer[]), cast(?3 as float8[]), cast(?4 as integer[]),
                                cast(?5 as integer[]), cast(?6 as float8[]), cast(?7 as boolean[]))
                            with ordinality as w (id, most, window_secs, failure, lock_after, kept_secs, of_device, place))
                        insert into throttle_buckets as bucket (id, taken_at, failures, expires_at)
                        select id, array[now()], failure, now() + make_interval(secs => kept_secs) from wanted
                        where not exists (
                            select from throttle_buckets known join wanted w on w.id = known.id
                            where known.failures >= w.lock_after
                                or (select count(*) from unnest(known.taken_at) at
                                    where at > now() - make_interval(secs => w.window_secs)) >= w.most)
                        order by place
                        on conflict (id) do update set
                            taken_at = array(
                                select at from unnest(bucket.taken_at) at, wanted w
                                where w.id = bucket.id and at > now() - make_interval(secs => w.window_secs)
                                order by at) || now(),
                            failures = bucket.failures + excluded.failures,
                            expires_at = case
                                when exists (
                                    select from wanted w where w.id = bucket.id and not w.of_device
                                        and bucket.failures + excluded.failures >= w.lock_after) then 'infinity'
                                else excluded.expires_at end
                        where exists (
                            select from wanted w where w.id = bucket.id and bucket.failures < w.lock_after and (
                                select count(*) from unnest(bucket.taken_at) at
                                where at > now() - make_interval(secs => w.window_secs)) < w.most)
                        returning id, now() as taken_at""", Tuple.class)
                .setParameter(1, array(buckets, String[]::new, Bucket::id))
                .setParameter(2, array(buckets, Integer[]::new, Bucket::limit))
                .setParameter(3, array(buckets, Double[]::new, bucket -> seconds(bucket.window())))
                .setParameter(4, array(buckets, Integer[]::new, bucket -> bucket.canLock() ? 1 : 0))
                .setParameter(5, array(buckets, Integer[]::new, Bucket::lockAfter))
                .setParameter(
                        6,
                        array(
                                buckets,
                                Double[]::new,
                                bucket -> seconds(bucket.canLock() ? longer(bucket.window()) : bucket.window())))
                // A device's row is of no use for longer: a stolen cookie must not leave rows for good.
                .setParameter(7, array(buckets, Boolean[]::new, Bucket::ofDevice))
                .getResultList();
        Map<String, Instant> instants = taken.stream()
                .collect(Collectors.toMap(
                        row -> row.get("id", String.class), row -> row.get("taken_at", Instant.class)));
        return buckets.stream()
                .flatMap(bucket -> Stream.ofNullable(instants.get(bucket.id())).map(at -> new Slot(bucket, at)))
                .toList();
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
     * Takes an attempt out of its buckets again. The success of a known device takes out all of its attempts.
     *
     * @param succeeded whether the attempt was a success, which ends the consecutive failures, or was none at all
     */
    void refund(List<Slot> slots, boolean succeeded) {
        Set<String> deleted = deleteLast(slots, succeeded);
        slots.stream().filter(slot -> !deleted.contains(slot.bucket().id())).forEach(slot -> takeOut(slot, succeeded));
    }

    /**
     * Deletes those buckets of an attempt in which nothing is left without it, and returns their ids. They are locked in the
     * order in which they are taken.
     */
    @SuppressWarnings("unchecked") // a query for one text column
    private Set<String> deleteLast(List<Slot> slots, boolean succeeded) {
        return Set.copyOf(getEntityManager()
                .createNativeQuery("""
                        with slots as (
                            select * from unnest(
                                cast(?1 as text[]), cast(?2 as timestamptz[]), cast(?3 as float8[]), cast(?4 as boolean[]))
                            with ordinality as s (id, at, window_secs, whole, place)),
                        locked as materialized (
                            select b.id, s.at, s.window_secs, s.whole
                            from throttle_buckets b join slots s on s.id = b.id
                            order by s.place for update of b)
                        delete from throttle_buckets b using locked l
                        where b.id = l.id and l.at = any (b.taken_at) and (?5 or b.failures <= 1)
                            and (l.whole or not exists (
                                select from unnest(b.taken_at) with ordinality as taken (at, place)
                                where taken.place <> array_position(b.taken_at, l.at)
                                    and taken.at > now() - make_interval(secs => l.window_secs)))
                        returning b.id""", String.class)
                .setParameter(
                        1, array(slots, String[]::new, slot -> slot.bucket().id()))
                .setParameter(2, array(slots, Instant[]::new, Slot::takenAt))
                .setParameter(
                        3,
                        array(
                                slots,
                                Double[]::new,
                                slot -> seconds(slot.bucket().window())))
                .setParameter(
                        4,
                        array(
                                slots,
                                Boolean[]::new,
                                slot -> succeeded && slot.bucket().ofDevice()))
                .setParameter(5, succeeded)
                .getResultList());
    }

    private void takeOut(Slot slot, boolean succeeded) {
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

    /** Returns when the most recent of those rows with consecutive failures expires that are more than a number; empty if none is. */
    @SuppressWarnings("unchecked") // a query for one text column, since the time may be infinite
    Optional<String> newestSurplus(int kept) {
        return getEntityManager()
                .createNativeQuery("""
                        select cast(b.expires_at as text) from throttle_buckets b where b.failures > 0
                        order by b.expires_at desc limit 1 offset ?1""", String.class)
                .setParameter(1, kept)
                .getResultStream()
                .findFirst();
    }

    /**
     * A row among those with consecutive failures, the least recent ones first.
     *
     * @param expiresAt as the database writes it
     */
    record Position(String expiresAt, String id) {

        static final Position START = new Position("-infinity", "");
    }

    /**
     * Some of the rows with consecutive failures.
     *
     * @param deleted how many of them were of no account
     * @param last empty if there were none
     */
    record Slice(int deleted, Optional<Position> last) {}

    /**
     * Deletes the counted failures of addresses without an account among so many rows that follow a position, up to a time.
     *
     * <p>Security: anyone can make such a row, one for each counted attempt, and it is kept as long as that of an account, so
     * that the two cannot be told apart.
     */
    Slice deleteSurplus(String prefix, Position after, String newest, int rows) {
        Tuple found = (Tuple) getEntityManager()
                .createNativeQuery("""
                        with slice as materialized (
                            select id, expires_at from throttle_buckets
                            where failures > 0 and (expires_at, id) > (cast(?2 as timestamptz), ?3)
                                and expires_at <= cast(?4 as timestamptz)
                            order by expires_at, id limit ?5),
                        deleted as (
                            delete from throttle_buckets where id = any (array(
                                select id from slice where starts_with(id, ?1) and not exists (
                                    select from users where email = substr(slice.id, length(cast(?1 as text)) + 1))))
                            returning id)
                        select (select count(*) from deleted) as deleted, last.expires_at, last.id
                        from (values (1)) one left join (
                            select cast(expires_at as text), id from slice order by slice.expires_at desc, id desc limit 1
                        ) last on true""", Tuple.class)
                .setParameter(1, prefix)
                .setParameter(2, after.expiresAt())
                .setParameter(3, after.id())
                .setParameter(4, newest)
                .setParameter(5, rows)
                .getSingleResult();
        return new Slice(
                found.get("deleted", Long.class).intValue(),
                Optional.ofNullable(found.get("id", String.class))
                        .map(id -> new Position(found.get("expires_at", String.class), id)));
    }

    private static Duration longer(Duration window) {
        return window.compareTo(FAILURES_KEPT) > 0 ? window : FAILURES_KEPT;
    }

    private static double seconds(Duration window) {
        return window.toMillis() / 1000.0;
    }

    private static <T, V> V[] array(List<T> all, IntFunction<V[]> array, Function<T, V> value) {
        return all.stream().map(value).toArray(array);
    }
}
