package dev.latchkey.revocation;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

@ApplicationScoped
class RevocationRepository implements PanacheRepositoryBase<RevocationEntity, String> {

    /** Stores how long revocations are kept, for the database's triggers; values that another replica has raised stay. */
    void raisePolicy(Duration kept, Duration leeway) {
        getEntityManager()
                .createNativeQuery("""
                        update revocation_policy set
                            kept = greatest(kept, make_interval(secs => ?1)),
                            leeway = greatest(leeway, make_interval(secs => ?2))
                        where kept < make_interval(secs => ?1) or leeway < make_interval(secs => ?2)""")
                .setParameter(1, (double) kept.toSeconds())
                .setParameter(2, (double) leeway.toSeconds())
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

    /** Inserts the revocation of a user's tokens, and returns the instant before which they must have been issued. */
    Instant insertUser(String userId, String spared) {
        return (Instant) getEntityManager()
                .createNativeQuery("select revoke_user(?1, ?2)", Instant.class)
                .setParameter(1, userId)
                .setParameter(2, spared)
                .getSingleResult();
    }

    int deleteExpired(int rows) {
        int sessions = deleteExpired("revocations", rows);
        return sessions + deleteExpired("user_revocations", rows - sessions);
    }

    private int deleteExpired(String table, int rows) {
        return getEntityManager()
                .createNativeQuery("""
                        delete from %1$s where ctid = any (array(
                            select ctid from %1$s where expires_at < now() limit ?1))""".formatted(table))
                .setParameter(1, rows)
                .executeUpdate();
    }
}
