package dev.latchkey.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochRandomGenerator;
import dev.latchkey.audit.AuditConfig.LineFormat;
import dev.latchkey.platform.http.PlainText;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Makes the row and the log line of an event. */
@ApplicationScoped
class AuditEntries {

    private static final Logger LINES = Logger.getLogger("latchkey.audit");
    private static final int MAX_TEXT = 300;

    /**
     * Security: an index row of PostgreSQL holds some 2,700 octets, and the id of another issuer's user is as long as that
     * issuer likes.
     */
    private static final int MAX_USER_ID = 255;

    private final ObjectMapper json;
    private final LineFormat format;
    private final TimeBasedEpochRandomGenerator ids = Generators.timeBasedEpochRandomGenerator();

    AuditEntries(ObjectMapper json, AuditConfig config) {
        this.json = json;
        this.format = config.lineFormat();
    }

    /**
     * Makes the row of an event.
     *
     * @param requestId the id of the request that it belongs to, if there is one
     */
    AuditEventEntity row(AuditEvent event, Instant at, @Nullable String requestId) {
        AuditEventEntity row = new AuditEventEntity();
        row.id = ids.generate();
        String userId = event.userId();
        row.userId = userId == null ? null : storableUserId(userId);
        row.type = event.type().text();
        // PostgreSQL stores microseconds; a page's cursor must have exactly the instant that is stored.
        row.at = at.truncatedTo(ChronoUnit.MICROS);
        row.ip = storable(event.client().ip(), MAX_TEXT);
        row.userAgent = storable(event.client().userAgent(), MAX_TEXT);
        row.outcome = event.outcome().text();
        row.requestId = requestId;
        row.details = event.details().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, detail -> storable(detail.getValue(), MAX_TEXT)));
        return row;
    }

    /** Returns a user's id as it is stored, which is the id itself except for ids that only other issuers have. */
    static String storableUserId(String userId) {
        return storable(userId, MAX_USER_ID);
    }

    /** Writes the line of an event; the log adds the id of the request. */
    void writeLine(AuditEventEntity row) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", row.type);
        line.put("outcome", row.outcome);
        line.put("at", row.at.toString());
        line.put("id", row.id.toString());
        if (row.userId != null) {
            line.put("user_id", row.userId);
        }
        line.put("ip", row.ip);
        line.put("user_agent", row.userAgent);
        line.put("details", row.details);
        LINES.info(format == LineFormat.JSON ? text(line) : words(line));
    }

    private String text(Map<String, ?> fields) {
        try {
            return json.writeValueAsString(fields);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("An audit line with text only cannot be written as JSON", impossible);
        }
    }

    /** Returns the fields that a developer looks for, without the id and the time that the log has anyway. */
    private static String words(Map<String, Object> line) {
        return Stream.of("event", "outcome", "user_id", "ip", "user_agent", "details")
                .filter(line::containsKey)
                .map(name -> name.equals("event") || name.equals("outcome")
                        ? String.valueOf(line.get(name))
                        : name + "=" + line.get(name))
                .collect(Collectors.joining(" "));
    }

    /**
     * Replaces characters that PostgreSQL cannot store, and truncates.
     *
     * <p>Security: one text that cannot be stored would keep the rows of all events behind it from being stored.
     */
    private static String storable(String text, int maxLength) {
        return PlainText.sanitize(text, maxLength);
    }
}
