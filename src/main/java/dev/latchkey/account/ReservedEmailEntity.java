package dev.latchkey.account;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.NullUnmarked;

@Entity
@Table(name = "reserved_emails")
@NullUnmarked
class ReservedEmailEntity extends PanacheEntityBase {

    @Id
    String email;

    @Column(name = "user_id")
    String userId;

    @Column(name = "expires_at")
    Instant expiresAt;
}
