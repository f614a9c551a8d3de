package dev.latchkey.mail;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/** The e-mails that are not sent yet. All times are the database's, so that replicas agree. */
@ApplicationScoped
class OutgoingEmailRepository implements PanacheRepositoryBase<OutgoingEmailEntity, UUID> {

    /** Returns whether there are fewer rows than a number, without counting further. */
    boolean hasFewerThan(int rows) {
        long counted = (Long) getEntityManager()
                .createNativeQuery("select count(*) from (select from outgoing_emails limit ?1) counted", Long.class)
                .setParameter(1, rows)
                .getSingleResult();
        return counted < rows;
    }

    /**
     * Claims e-mails of these kinds that are due and that no replica is sending, the ones that have waited longest first. Each
     * claim counts as an attempt; the number of attempts tells the claims of one row apart.
     */
    List<OutgoingEmailEntity> claim(int limit, Collection<String> kinds, Duration claim) {
        return getEntityManager()
                .createNativeQuery("""
                        update outgoing_emails set
                            attempts = attempts + 1,
                            claimed_until = now() + make_interval(secs => ?3)
                        where id = any (array(
                            select id from outgoing_emails
                            where kind = any (cast(?2 as text[])) and next_attempt_at <= now()
                                and (claimed_until is null or claimed_until <= now())
                            order by next_attempt_at limit ?1 for update skip locked))
                        returning *""", OutgoingEmailEntity.class)
                .setParameter(1, limit)
                .setParameter(2, kinds.toArray(String[]::new))
                .setParameter(3, seconds(claim))
                .getResultList()
                .stream()
                .map(OutgoingEmailEntity.class::cast)
                .sorted(Comparator.comparing((OutgoingEmailEntity row) -> row.nextAttemptAt))
                .toList();
    }

    /** Prolongs a claim; false if it is no longer in force, or the e-mail was withdrawn. */
    boolean prolong(UUID id, int attempt, Duration claim) {
        return getEntityManager()
                        .createNativeQuery("""
                                update outgoing_emails set claimed_until = now() + make_interval(secs => ?3)
                                where id = ?1 and attempts = ?2""")
                        .setParameter(1, id)
                        .setParameter(2, attempt)
                        .setParameter(3, seconds(claim))
                        .executeUpdate()
                == 1;
    }

    /** Ends a claim with another attempt to come after a pause; false if that would be later than an age of the e-mail. */
    boolean postpone(UUID id, int attempt, Duration pause, Duration maxAge) {
        return getEntityManager()
                        .createNativeQuery("""
                                update outgoing_emails set
                                    claimed_until = null,
                                    next_attempt_at = now() + make_interval(secs => ?3)
                                where id = ?1 and attempts = ?2
                                    and now() + make_interval(secs => ?3) <= created_at + make_interval(secs => ?4)""")
                        .setParameter(1, id)
                        .setParameter(2, attempt)
                        .setParameter(3, seconds(pause))
                        .setParameter(4, seconds(maxAge))
                        .executeUpdate()
                == 1;
    }

    /** Deletes an e-mail that is done with; false if the claim is no longer in force, or the e-mail was withdrawn. */
    boolean delete(UUID id, int attempt) {
        return getEntityManager()
                        .createNativeQuery("delete from outgoing_emails where id = ?1 and attempts = ?2")
                        .setParameter(1, id)
                        .setParameter(2, attempt)
                        .executeUpdate()
                == 1;
    }

    /**
     * Deletes the requested e-mails of a kind to a recipient but for the newest ones.
     *
     * @return how many those are
     */
    int deleteAllButNewest(String kind, String recipient, int kept) {
        return getEntityManager()
                .createNativeQuery("""
                        delete from outgoing_emails where id = any (array(
                            select id from outgoing_emails
                            where kind = ?1 and recipient = ?2 and requested
                            order by created_at desc, id offset ?3 for update skip locked))""")
                .setParameter(1, kind)
                .setParameter(2, recipient)
                .setParameter(3, kept)
                .executeUpdate();
    }

    /** Makes an e-mail one of a user's, withdrawn with their links; false if it was withdrawn. */
    boolean assign(UUID id, String userId) {
        return getEntityManager()
                        .createNativeQuery("update outgoing_emails set user_id = ?2 where id = ?1")
                        .setParameter(1, id)
                        .setParameter(2, userId)
                        .executeUpdate()
                == 1;
    }

    /**
     * The state of the table.
     *
     * @param waiting how many e-mails no replica is sending
     * @param nextIn the time until the next attempt or the end of a claim; longer than any pause if there is none
     */
    record State(long waiting, Duration nextIn) {}

    State state(Collection<String> kinds) {
        Tuple row = (Tuple) getEntityManager()
                .createNativeQuery("""
                        select
                            count(*) filter (where claimed_until is null or claimed_until <= now()) as waiting,
                            cast(coalesce(1000 * extract(epoch from
                                min(greatest(next_attempt_at, claimed_until))
                                    filter (where kind = any (cast(?1 as text[]))) - now()), 1e9) as bigint) as next
                        from outgoing_emails""", Tuple.class)
                .setParameter(1, kinds.toArray(String[]::new))
                .getSingleResult();
        return new State(row.get(0, Long.class), Duration.ofMillis(Math.max(0, row.get(1, Long.class))));
    }

    /** Deletes e-mails that no replica sends, having waited for longer than an age. */
    int deleteOlderThan(Duration age, int rows) {
        return getEntityManager()
                .createNativeQuery("""
                        delete from outgoing_emails where ctid = any (array(
                            select ctid from outgoing_emails
                            where created_at < now() - make_interval(secs => ?1)
                                and (claimed_until is null or claimed_until <= now())
                            limit ?2 for update skip locked))""")
                .setParameter(1, seconds(age))
                .setParameter(2, rows)
                .executeUpdate();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
