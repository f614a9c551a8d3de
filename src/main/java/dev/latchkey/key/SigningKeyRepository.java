package dev.latchkey.key;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

@ApplicationScoped
class SigningKeyRepository implements PanacheRepositoryBase<SigningKeyEntity, String> {

    /** Any number will do that no other part of Latchkey locks. */
    private static final long CREATION_LOCK = 0x6c6b6b6579L;

    List<SigningKeyEntity> newestFirst() {
        return list("order by createdAt desc, id");
    }

    /** Until the transaction ends, nobody else creates a key: replicas that start together make one. */
    void lockCreation() {
        getEntityManager()
                .createNativeQuery("select pg_advisory_xact_lock(?1)", Object.class)
                .setParameter(1, CREATION_LOCK)
                .getSingleResult();
    }
}
