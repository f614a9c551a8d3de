package dev.latchkey.audit;

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
@Table(name = "audit_events")
@NullUnmarked
class AuditEventEntity extends PanacheEntityBase {

    @Id
    UUID id;

    @Column(name = "user_id")
    String userId;

    String type;

    Instant at;

    String ip;

    @Column(name = "user_agent")
    String userAgent;

    String outcome;

    @Column(name = "request_id")
    String requestId;

    @JdbcTypeCode(SqlTypes.JSON)
    Map<String, String> details;
}
