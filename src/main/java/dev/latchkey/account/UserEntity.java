package dev.latchkey.account;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.NullUnmarked;

@Entity
@Table(name = "users")
@NullUnmarked
class UserEntity extends PanacheEntityBase {

    @Id
    String id;

    String email;

    String name;

    String image;

    @Column(name = "email_verified")
    boolean emailVerified;

    String locale;

    @JdbcTypeCode(SqlTypes.ARRAY)
    String[] roles;

    @Column(name = "disabled_at")
    Instant disabledAt;

    /** Raised by the database only: a row that is written whole must not take it back. */
    @Column(name = "token_version", insertable = false, updatable = false)
    long tokenVersion;

    /** Changed by a statement of its own only, for the same reason. */
    @Column(name = "first_sign_in_due", insertable = false, updatable = false)
    boolean firstSignInDue;

    @Column(name = "created_at")
    Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;
}
