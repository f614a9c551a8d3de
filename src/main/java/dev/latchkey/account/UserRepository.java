package dev.latchkey.account;

import dev.latchkey.platform.db.SingleStatements;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

@ApplicationScoped
class UserRepository implements PanacheRepositoryBase<UserEntity, String> {

    private static final String PROFILE = "select " + ProfileRow.COLUMNS + " from users u where u.id = ?";

    /**
     * The user's row not for share: concurrent sign-ins count the sessions that there are, so they come one after another. The
     * password's is, so that nobody changes it meanwhile.
     */
    private static final String LOCKED_FOR_SIGN_IN = "select " + ProfileRow.COLUMNS + ", u.first_sign_in_due, c.secret"
            + " from users u join credentials c on c.user_id = u.id and c.kind = 'password' and c.reference = ''"
            + " where u.id = ? for no key update of u for share of c";

    private final SingleStatements statements;

    UserRepository(SingleStatements statements) {
        this.statements = statements;
    }

    /** Reads the profile of an active account by one statement, without a transaction. */
    Optional<Profile> readActive(String id) {
        return statements
                .row(PROFILE, row -> Optional.ofNullable(ProfileRow.readActive(row)), id)
                .flatMap(profile -> profile);
    }

    /**
     * A user with a password, both locked until the transaction ends.
     *
     * @param profile null when the account is disabled
     */
    record LockedForSignIn(@Nullable Profile profile, String secret, boolean firstSignInDue) {}

    Optional<LockedForSignIn> lockForSignIn(String id) {
        return statements.row(
                LOCKED_FOR_SIGN_IN,
                row -> new LockedForSignIn(
                        ProfileRow.readActive(row), row.getString("secret"), row.getBoolean("first_sign_in_due")),
                id);
    }

    /** The time of the caller's transaction by the database. */
    Instant now() {
        return (Instant) getEntityManager()
                .createNativeQuery("select now()", Instant.class)
                .getSingleResult();
    }

    boolean exists(String email) {
        return (Boolean) getEntityManager()
                .createNativeQuery("select exists (select from users where email = ?1)", Boolean.class)
                .setParameter(1, email)
                .getSingleResult();
    }

    @SuppressWarnings("unchecked") // a query for this entity
    Optional<UserEntity> byEmail(String email) {
        return getEntityManager()
                .createNativeQuery("select * from users where email = ?1", UserEntity.class)
                .setParameter(1, email)
                .getResultStream()
                .findFirst();
    }

    /** Changes the address; false if it was taken or is reserved. Of two concurrent changes the database lets one pass (FR-004). */
    boolean changeEmail(UserEntity user, String email, boolean verified) {
        boolean changed = (Boolean) getEntityManager()
                .createNativeQuery("select change_email(?1, ?2, ?3)", Boolean.class)
                .setParameter(1, user.id)
                .setParameter(2, email)
                .setParameter(3, verified)
                .getSingleResult();
        getEntityManager().refresh(user);
        return changed;
    }

    /** Inserts a row; false if the address was taken or is reserved. Of two concurrent sign-ups the database lets one pass (FR-004). */
    boolean insert(String id, String email, @Nullable String name, @Nullable String image, boolean firstSignInDue) {
        return getEntityManager()
                        .createNativeQuery("""
                                insert into users (id, email, name, image, first_sign_in_due)
                                select ?1, ?2, cast(?3 as text), cast(?4 as text), ?5
                                where not exists (
                                    select from reserved_emails where email = ?2 and expires_at > now())
                                on conflict (email) do nothing""")
                        .setParameter(1, id)
                        .setParameter(2, email)
                        .setParameter(3, name)
                        .setParameter(4, image)
                        .setParameter(5, firstSignInDue)
                        .executeUpdate()
                == 1;
    }

    /** Records the first sign-in; false if another one came before it. */
    boolean endFirstSignIn(String id) {
        return getEntityManager()
                        .createNativeQuery(
                                "update users set first_sign_in_due = false where id = ?1 and first_sign_in_due")
                        .setParameter(1, id)
                        .executeUpdate()
                == 1;
    }

    /** Reads a row again that the transaction may have read already. */
    Optional<UserEntity> readAgain(String id) {
        flush();
        Optional<UserEntity> found = findByIdOptional(id);
        found.ifPresent(getEntityManager()::refresh);
        return found;
    }

    /** Locks the row: until the transaction ends no other changes it, and no sign-in of the user proceeds. */
    Optional<UserEntity> lock(String id) {
        return findByIdOptional(id, LockModeType.PESSIMISTIC_WRITE);
    }
}
