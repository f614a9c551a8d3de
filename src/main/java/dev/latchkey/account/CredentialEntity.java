package dev.latchkey.account;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import org.jspecify.annotations.NullUnmarked;

@Entity
@Table(name = "credentials")
@IdClass(CredentialEntity.Key.class)
@NullUnmarked
class CredentialEntity extends PanacheEntityBase {

    static final String PASSWORD = "password";

    record Key(String userId, String kind, String reference) implements Serializable {}

    @Id
    @Column(name = "user_id")
    String userId;

    @Id
    String kind;

    @Id
    String reference;

    String secret;

    /** Counts the changes of the secret, but for hashing the same password anew. */
    long version;
}
