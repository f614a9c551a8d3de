package dev.latchkey.key;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

@ApplicationScoped
class SigningKeyRepository implements PanacheRepositoryBase<SigningKeyEntity, String> {

    /** Any number will do that no other part of Latchkey locks. */
    private static final long CHANGE_LOCK = 0x6c6b6b6579L;

    /** Returns the keys as they are in the database now, whatever this transaction has read of them before. */
    @SuppressWarnings("unchecked") // a query for this entity
    List<SigningKeyEntity> all() {
        flush();
        getEntityManager().clear();
        return getEntityManager()
                .createNativeQuery("select * from signing_keys", SigningKeyEntity.class)
                .getResultList();
    }

    Instant databaseTime() {
        return (Instant) getEntityManager()
                .createNativeQuery("select clock_timestamp()", Instant.class)
                .getSingleResult();
    }

    /** Locks all changes of keys until the transaction ends, so that replicas that start together make one key. */
    void lockChanges() {
        getEntityManager()
                .createNativeQuery("select pg_advisory_xact_lock(?1)", Object.class)
                .setParameter(1, CHANGE_LOCK)
                .getSingleResult();
    }

    void insert(SigningKeyEntity key, Duration ahead) {
        getEntityManager()
                .createNativeQuery("""
                        insert into signing_keys (id, algorithm, public_jwk, private_sealed, created_at, signs_from)
                        select ?1, ?2, ?3, ?4, instant, instant + make_interval(secs => ?5)
                        from clock_timestamp() instant""")
                .setParameter(1, key.id)
                .setParameter(2, key.algorithm)
                .setParameter(3, key.publicJwk)
                .setParameter(4, key.encryptedPrivateKey)
                .setParameter(5, ahead.toMillis() / 1000.0)
                .executeUpdate();
    }

    void beginNow(KeyId id) {
        getEntityManager()
                .createNativeQuery("update signing_keys set signs_from = clock_timestamp() where id = ?1")
                .setParameter(1, id.value())
                .executeUpdate();
    }

    void setEncrypted(KeyId id, byte[] encryptedPrivateKey) {
        getEntityManager()
                .createNativeQuery("update signing_keys set private_sealed = ?2 where id = ?1")
                .setParameter(1, id.value())
                .setParameter(2, encryptedPrivateKey)
                .executeUpdate();
    }

    void retire(KeyId id) {
        getEntityManager()
                .createNativeQuery("update signing_keys set retired_at = clock_timestamp() where id = ?1")
                .setParameter(1, id.value())
                .executeUpdate();
    }

    /**
     * Deletes keys from the oldest on, up to one whose predecessors have all expired this long ago.
     *
     * <p>Security: never one from the middle. The end of a key follows from the beginning of the next one; without that row
     * an older key would be in force again.
     */
    int deleteExpired(Duration over, int rows) {
        return getEntityManager()
                .createNativeQuery("""
                        delete from signing_keys where id in (
                            select id from signing_keys
                            where signs_from < (
                                select max(signs_from) from signing_keys
                                where signs_from < clock_timestamp() - make_interval(secs => ?1)
                                and (retired_at is null or retired_at > signs_from))
                            order by signs_from
                            limit ?2)""")
                .setParameter(1, over.toMillis() / 1000.0)
                .setParameter(2, rows)
                .executeUpdate();
    }
}
