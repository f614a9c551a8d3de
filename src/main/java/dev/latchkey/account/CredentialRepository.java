package dev.latchkey.account;

import dev.latchkey.platform.db.SingleStatements;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

@ApplicationScoped
class CredentialRepository implements PanacheRepositoryBase<CredentialEntity, CredentialEntity.Key> {

    private static final String BY_EMAIL = """
            select u.id, c.secret, coalesce(c.version, 0) as version
            from users u left join credentials c on c.user_id = u.id and c.kind = 'password' and c.reference = ''
            where u.email = ?""";

    private final SingleStatements statements;

    CredentialRepository(SingleStatements statements) {
        this.statements = statements;
    }

    /**
     * Returns the account with an address, and its password hash if it has one.
     *
     * <p>Security: one statement, whether there is an account or not (FR-007).
     */
    Optional<Found> byEmail(String email) {
        return statements.row(
                BY_EMAIL,
                row -> new Found(row.getString("id"), row.getString("secret"), row.getLong("version")),
                email);
    }

    Optional<CredentialEntity> password(String userId) {
        return findByIdOptional(passwordKey(userId));
    }

    /** Locks the current row for share: until the transaction ends no other changes it. */
    Optional<CredentialEntity> lockPasswordForShare(String userId) {
        return findByIdOptional(passwordKey(userId), LockModeType.PESSIMISTIC_READ);
    }

    void insertPassword(String userId, String secret) {
        CredentialEntity row = new CredentialEntity();
        row.userId = userId;
        row.kind = CredentialEntity.PASSWORD;
        row.reference = "";
        row.secret = secret;
        persist(row);
    }

    /** Replaces the stored password if it is still the verified one; false if it is not. */
    boolean replacePassword(String userId, String verified, String secret, boolean samePassword) {
        return getEntityManager()
                        .createNativeQuery("""
                                update credentials set
                                    secret = ?3, own_changes = own_changes + 1, updated_at = now(),
                                    version = version + case when ?4 then 0 else 1 end
                                where user_id = ?1 and kind = 'password' and reference = '' and secret = ?2""")
                        .setParameter(1, userId)
                        .setParameter(2, verified)
                        .setParameter(3, secret)
                        .setParameter(4, samePassword)
                        .executeUpdate()
                == 1;
    }

    /** Sets the password of a user, whether they had one or not. */
    void setPassword(String userId, String secret) {
        getEntityManager()
                .createNativeQuery("""
                        insert into credentials (user_id, kind, reference, secret) values (?1, 'password', '', ?2)
                        on conflict (user_id, kind, reference) do update
                        set secret = excluded.secret, own_changes = credentials.own_changes + 1,
                            version = credentials.version + 1, updated_at = now()""")
                .setParameter(1, userId)
                .setParameter(2, secret)
                .executeUpdate();
    }

    record Found(String userId, @Nullable String secret, long version) {}

    private static CredentialEntity.Key passwordKey(String userId) {
        return new CredentialEntity.Key(userId, CredentialEntity.PASSWORD, "");
    }
}
