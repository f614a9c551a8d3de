package dev.latchkey.mail;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import io.vertx.core.json.JsonObject;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
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

    // A text, so that a row which cannot be read keeps no other from being claimed.
    @JdbcTypeCode(SqlTypes.JSON)
    String details;

    boolean requested;

    int attempts;

    @Column(name = "created_at", insertable = false)
    Instant createdAt;

    @Column(name = "next_attempt_at", insertable = false)
    Instant nextAttemptAt;

    @Column(name = "claimed_until", insertable = false)
    Instant claimedUntil;

    void store(Map<String, String> texts) {
        details = new JsonObject(new TreeMap<>(texts)).encode();
    }

    /**
     * Returns the details by name.
     *
     * @throws RuntimeException if they are no texts
     */
    Map<String, String> readDetails() {
        JsonObject json = new JsonObject(details);
        return json.fieldNames().stream().collect(Collectors.toUnmodifiableMap(name -> name, json::getString));
    }
}
