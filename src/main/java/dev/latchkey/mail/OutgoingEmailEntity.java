package dev.latchkey.mail;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.NullUnmarked;

@Entity
@Table(name = "outgoing_emails")
@NullUnmarked
class OutgoingEmailEntity extends PanacheEntityBase {

    @Id
    UUID id;

    String kind;

    String recipient;

    @Column(name = "user_id")
    String userId;

    String locale;

    @JdbcTypeCode(SqlTypes.JSON)
    Map<String, String> details;

    int attempts;

    @Column(name = "created_at", insertable = false)
    Instant createdAt;

    @Column(name = "next_attempt_at", insertable = false)
    Instant nextAttemptAt;

    @Column(name = "claimed_until", insertable = false)
    Instant claimedUntil;
}
