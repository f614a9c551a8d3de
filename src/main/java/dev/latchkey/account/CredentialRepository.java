package dev.latchkey.account;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.Optional;

@ApplicationScoped
class CredentialRepository implements PanacheRepositoryBase<CredentialEntity, CredentialEntity.Key> {

    Optional<CredentialEntity> password(String userId) {
        return Optional.ofNullable(findById(passwordKey(userId)));
    }

    /** The row as it is now, and nobody changes it until the transaction ends. */
    Optional<CredentialEntity> holdPassword(String userId) {
        return Optional.ofNullable(findById(passwordKey(userId), LockModeType.PESSIMISTIC_READ));
    }

    void insertPassword(String userId, String secret) {
        CredentialEntity row = new CredentialEntity();
        row.userId = userId;
        row.kind = CredentialEntity.PASSWORD;
        row.reference = "";
        row.secret = secret;
        persist(row);
    }

    /** Whether the stored password was still the one that was verified. */
    boolean replacePassword(String userId, String verified, String secret) {
        return getEntityManager()
                        .createNativeQuery("""
                                update credentials set secret = ?3, updated_at = now()
                                where user_id = ?1 and kind = 'password' and reference = '' and secret = ?2""")
                        .setParameter(1, userId)
                        .setParameter(2, verified)
                        .setParameter(3, secret)
                        .executeUpdate()
                == 1;
    }

    private static CredentialEntity.Key passwordKey(String userId) {
        return new CredentialEntity.Key(userId, CredentialEntity.PASSWORD, "");
    }
}
