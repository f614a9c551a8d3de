package dev.latchkey.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/** The audit record as a stream: one JSON object a line, in a log category of its own. */
@ApplicationScoped
class AuditLines {

    private static final Logger LOG = Logger.getLogger("latchkey.audit");

    private final ObjectMapper json;

    AuditLines(ObjectMapper json) {
        this.json = json;
    }

    void write(AuditEventEntity row) {
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
        try {
            LOG.info(json.writeValueAsString(line));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("an audit line holds text only", impossible);
        }
    }
}
