package dev.latchkey.session;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.SQLRestriction;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.NullUnmarked;

@Entity
@Table(name = "sessions")
// Security: a session that has ended is none, wherever rows are read, although its row may be deleted a little later.
@SQLRestriction("not exists (select 1 from ended_sessions e where e.user_id = user_id and session_number <= e.up_to)")
@NullUnmarked
class SessionEntity extends PanacheEntityBase {

    @Id
    String id;

    @Column(name = "user_id")
    String userId;

    @Column(name = "created_at")
    Instant createdAt;

    @Column(name = "authenticated_at")
    Instant authenticatedAt;

    @JdbcTypeCode(SqlTypes.ARRAY)
    String[] amr;

    @Column(name = "last_used_at")
    Instant lastUsedAt;

    @Column(name = "idle_expires_at")
    Instant idleExpiresAt;

    @Column(name = "absolute_expires_at")
    Instant absoluteExpiresAt;

    boolean remembered;

    String ip;

    @Column(name = "user_agent")
    String userAgent;

    int generation;

    @Column(name = "token_hash")
    byte[] tokenHash;

    @Column(name = "refresh_hash")
    byte[] refreshHash;

    @Column(name = "successor_salt")
    byte[] successorSalt;

    @JdbcTypeCode(SqlTypes.ARRAY)
    @Column(name = "spent_at")
    Instant[] spentAt;
}
