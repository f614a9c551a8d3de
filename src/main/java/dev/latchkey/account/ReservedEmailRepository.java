package dev.latchkey.account;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

@ApplicationScoped
class ReservedEmailRepository implements PanacheRepositoryBase<ReservedEmailEntity, String> {

    /** Reserves an address for the account that has just given it up. */
    void reserve(String email, String userId, Duration time) {
        getEntityManager()
                .createNativeQuery("""
                        insert into reserved_emails (email, user_id, expires_at)
                        values (?1, ?2, now() + make_interval(secs => ?3))
                        on conflict (email) do update
                            set user_id = excluded.user_id, expires_at = excluded.expires_at""")
                .setParameter(1, email)
                .setParameter(2, userId)
                .setParameter(3, time.toMillis() / 1000.0)
                .executeUpdate();
    }

    /** Returns whether an address is reserved for an account other than this one, if one is given. */
    boolean isReserved(String email, @Nullable String exceptFor) {
        return (Boolean) getEntityManager()
                .createNativeQuery("""
                        select exists (
                            select from reserved_emails
                            where email = ?1 and user_id is distinct from cast(?2 as text) and expires_at > now())""", Boolean.class)
                .setParameter(1, email)
                .setParameter(2, exceptFor)
                .getSingleResult();
    }

    /** Frees the addresses that are reserved for an account, except some. */
    void release(String userId, Set<String> kept) {
        getEntityManager()
                .createNativeQuery(
                        "delete from reserved_emails where user_id = ?1 and email <> all (cast(?2 as text[]))")
                .setParameter(1, userId)
                .setParameter(2, kept.toArray(String[]::new))
                .executeUpdate();
    }

    int deleteExpired(int rows) {
        return getEntityManager().createNativeQuery("""
                        delete from reserved_emails where ctid = any (array(
                            select ctid from reserved_emails where expires_at < now()
                            limit ?1 for update skip locked))""").setParameter(1, rows).executeUpdate();
    }
}
