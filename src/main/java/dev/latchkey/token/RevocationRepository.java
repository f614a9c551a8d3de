package dev.latchkey.token;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

@ApplicationScoped
class RevocationRepository implements PanacheRepositoryBase<RevocationEntity, String> {

    void insert(Collection<String> sessionIds, Duration kept) {
        getEntityManager()
                .createNativeQuery("""
                        insert into revocations (session_id, expires_at)
                        select unnest(cast(?1 as text[])), clock_timestamp() + make_interval(secs => ?2)
                        on conflict (session_id) do nothing""")
                .setParameter(1, sessionIds.toArray(String[]::new))
                .setParameter(2, (double) kept.toSeconds())
                .executeUpdate();
    }

    List<RevocationEntity> since(Instant instant) {
        return list("revokedAt >= ?1 and expiresAt > current_timestamp", instant);
    }

    Instant databaseTime() {
        return (Instant) getEntityManager()
                .createNativeQuery("select clock_timestamp()", Instant.class)
                .getSingleResult();
    }

    int prune(int rows) {
        return getEntityManager().createNativeQuery("""
                        delete from revocations where ctid = any (array(
                            select ctid from revocations where expires_at < now() limit ?1))""").setParameter(1, rows).executeUpdate();
    }
}
