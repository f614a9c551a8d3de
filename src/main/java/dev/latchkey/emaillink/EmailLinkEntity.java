package dev.latchkey.emaillink;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.NullUnmarked;

@Entity
@Table(name = "mailed_links")
@NullUnmarked
class EmailLinkEntity extends PanacheEntityBase {

    @Id
    String id;

    String purpose;

    @Column(name = "user_id")
    String userId;

    String address;

    String target;

    @Column(name = "target_verified")
    boolean targetVerified;

    String callback;

    @Column(name = "created_at")
    Instant createdAt;

    @Column(name = "expires_at")
    Instant expiresAt;

    @Column(name = "used_at")
    Instant usedAt;
}
