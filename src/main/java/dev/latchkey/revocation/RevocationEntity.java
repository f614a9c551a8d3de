package dev.latchkey.revocation;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.NullUnmarked;

@Entity
@Table(name = "revocations")
@NullUnmarked
class RevocationEntity extends PanacheEntityBase {

    @Id
    @Column(name = "session_id")
    String sessionId;

    @Column(name = "expires_at")
    Instant expiresAt;
}
