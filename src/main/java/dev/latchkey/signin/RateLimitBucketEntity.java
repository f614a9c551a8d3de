package dev.latchkey.signin;

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
@Table(name = "throttle_buckets")
@NullUnmarked
class RateLimitBucketEntity extends PanacheEntityBase {

    @Id
    String id;

    @JdbcTypeCode(SqlTypes.ARRAY)
    @Column(name = "taken_at")
    Instant[] takenAt;

    @Column(name = "expires_at")
    Instant expiresAt;
}
