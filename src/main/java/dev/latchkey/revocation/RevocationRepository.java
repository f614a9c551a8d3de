package dev.latchkey.revocation;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

@ApplicationScoped
class RevocationRepository implements PanacheRepositoryBase<RevocationEntity, String> {

    /** Stores how long revocations are kept, for the database's triggers; values that another replica has raised stay. */
    void raisePolicy(Duration kept, Duration usersKept, Duration leeway) {
        getEntityManager()
                .createNativeQuery("""
                        update revocation_policy set
                            kept = greatest(kept, make_interval(secs => ?1)),
                            users_kept = greatest(users_kept, make_interval(secs => ?2)),
                            leeway = greatest(leeway, make_interval(secs => ?3))
                        where kept < make_interval(secs => ?1) or leeway < make_interval(secs => ?3)
                            or coalesce(users_kept < make_interval(secs => ?2), true)""")
                .setParameter(1, (double) kept.toSeconds())
                .setParameter(2, (double) usersKept.toSeconds())
                .setParameter(3, (double) leeway.toSeconds())
                .executeUpdate();
    }

    void insert(Collection<String> sessionIds) {
        getEntityManager()
                .createNativeQuery("""
                        insert into revocations (session_id) select unnest(cast(?1 as text[]))
                        on conflict (session_id) do nothing""")
                .setParameter(1, sessionIds.toArray(String[]::new))
                .executeUpdate();
    }

    /** The revocation of a user's tokens as the database has it. */
    record UserRow(long version, Instant issuedBefore) {}

    /** Inserts the revocation of a user's tokens. */
    UserRow insertUser(String userId, String spared) {
        Object unused = getEntityManager()
                .createNativeQuery("select revoke_user(?1, ?2)", Instant.class)
                .setParameter(1, userId)
                .setParameter(2, spared)
                .getSingleResult();
        return findUser(userId, spared).orElseThrow();
    }

    Optional<UserRow> findUser(String userId, String spared) {
        List<?> rows = getEntityManager()
                .createNativeQuery("""
                        select token_version, issued_before from user_revocations
                        where user_id = ?1 and spared_session = ?2""", Tuple.class)
                .setParameter(1, userId)
                .setParameter(2, spared)
                .getResultList();
        return rows.stream()
                .map(Tuple.class::cast)
                .map(row -> new UserRow(row.get(0, Long.class), row.get(1, Instant.class)))
                .findFirst();
    }

    int deleteExpired(int rows) {
        int deleted = deleteExpired("revocations", "expires_at < now()", rows);
        deleted += deleteExpired("user_revocations", "expires_at < now()", rows - deleted);
        // By then every replica has read that the user was enabled again.
        return deleted + deleteExpired("disabled_users", "enabled_at < now() - interval '1 day'", rows - deleted);
    }

    private int deleteExpired(String table, String condition, int rows) {
        return getEntityManager()
                .createNativeQuery("""
                        delete from %1$s where ctid = any (array(
                            select ctid from %1$s where %2$s limit ?1))""".formatted(table, condition))
                .setParameter(1, rows)
                .executeUpdate();
    }
}
