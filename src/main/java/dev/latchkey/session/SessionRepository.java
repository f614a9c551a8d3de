package dev.latchkey.session;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

@ApplicationScoped
class SessionRepository implements PanacheRepositoryBase<SessionEntity, String> {

    /** The time of the caller's transaction by the database, so that replicas agree. */
    Instant now() {
        return (Instant) getEntityManager()
                .createNativeQuery("select now()", Instant.class)
                .getSingleResult();
    }

    /** The row, held until the transaction ends: of two refreshes one comes after the other. */
    Optional<SessionEntity> lock(String id) {
        return Optional.ofNullable(findById(id, LockModeType.PESSIMISTIC_WRITE));
    }

    List<SessionEntity> living(String userId) {
        return list("""
                userId = ?1 and idleExpiresAt > current_timestamp and absoluteExpiresAt > current_timestamp
                order by lastUsedAt desc, id""", userId);
    }

    Optional<SessionEntity> livingOf(String userId, String id) {
        return find("""
                id = ?1 and userId = ?2
                and idleExpiresAt > current_timestamp and absoluteExpiresAt > current_timestamp""", id, userId).firstResultOptional();
    }

    Optional<SessionEntity> living(byte[] tokenHash) {
        return find("""
                tokenHash = ?1
                and idleExpiresAt > current_timestamp and absoluteExpiresAt > current_timestamp""", tokenHash).firstResultOptional();
    }

    /** The row of a token, over or not, held until the transaction ends. */
    Optional<SessionEntity> lock(byte[] tokenHash) {
        return find("tokenHash = ?1", tokenHash)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    @SuppressWarnings("unchecked") // a query for one text column
    List<String> delete(String userId, @Nullable String keep) {
        return getEntityManager()
                .createNativeQuery(
                        "delete from sessions where user_id = ?1 and id is distinct from cast(?2 as text) returning id",
                        String.class)
                .setParameter(1, userId)
                .setParameter(2, keep)
                .getResultList();
    }

    int prune(int rows) {
        return getEntityManager().createNativeQuery("""
                        delete from sessions where ctid = any (array(
                            select ctid from sessions where absolute_expires_at < now()
                            limit ?1 for update skip locked))""").setParameter(1, rows).executeUpdate();
    }
}
