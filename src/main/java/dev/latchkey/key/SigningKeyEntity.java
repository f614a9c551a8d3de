package dev.latchkey.key;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.NullUnmarked;

@Entity
@Table(name = "signing_keys")
@NullUnmarked
class SigningKeyEntity extends PanacheEntityBase {

    @Id
    String id;

    String algorithm;

    @Column(name = "public_jwk")
    String publicJwk;

    @Column(name = "private_sealed")
    byte[] encryptedPrivateKey;

    @Column(name = "created_at")
    Instant createdAt;

    @Column(name = "signs_from")
    Instant signsFrom;

    @Column(name = "retired_at")
    Instant retiredAt;
}
