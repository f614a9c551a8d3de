package dev.latchkey.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochRandomGenerator;
import dev.latchkey.audit.AuditConfig.LineFormat;
import dev.latchkey.platform.db.AfterCommit;
import dev.latchkey.platform.db.Expirable;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.PlainText;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Records audit events: a row and a log line for each. The lines are JSON objects, or text in development, in a log
 * category of their own.
 */
@ApplicationScoped
public class AuditLog implements Expirable {

    private static final Logger LINES = Logger.getLogger("latchkey.audit");
    private static final int MAX_TEXT = 300;

    private final AuditEventRepository rows;
    private final AuditQueue queue;
    private final ObjectMapper json;
    private final AuditConfig config;
    private final Clock clock;
    private final AfterCommit afterCommit;
    private final TimeBasedEpochRandomGenerator ids = Generators.timeBasedEpochRandomGenerator();

    AuditLog(
            AuditEventRepository rows,
            AuditQueue queue,
            ObjectMapper json,
            AuditConfig config,
            Clock clock,
            AfterCommit afterCommit) {
        this.rows = rows;
        this.queue = queue;
        this.json = json;
        this.config = config;
        this.clock = clock;
        this.afterCommit = afterCommit;
    }

    /** Records a change of state in the caller's transaction, so that the change fails if it cannot be recorded. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void record(AuditEvent event) {
        AuditEventEntity row = row(event);
        rows.persist(row);
        afterCommit.run(() -> writeLine(row));
    }

    /** Records a refusal: the line now, the row as soon as the database accepts it. It never waits and never fails. */
    public void recordLater(AuditEvent event) {
        AuditEventEntity row = row(event);
        writeLine(row);
        queue.offer(row);
    }

    /** Returns the users among these who have deleted their account, as far back as events are kept. */
    @Transactional(Transactional.TxType.MANDATORY)
    public Set<String> deletedUsers(Collection<String> userIds) {
        return userIds.isEmpty()
                ? Set.of()
                : Set.copyOf(rows.findUsersWithEvent(userIds, AuditEvent.Type.ACCOUNT_DELETION.text()));
    }

    /** Returns the users among these with an event that changed something, which mere refusals do not. */
    @Transactional(Transactional.TxType.MANDATORY)
    public Set<String> usersWithActivity(Collection<String> userIds) {
        // The reuse of a refresh token is a failure that changes something: it ends a session.
        return userIds.isEmpty()
                ? Set.of()
                : Set.copyOf(rows.findUsersWithSuccessOr(userIds, AuditEvent.Type.REFRESH_REUSE.text()));
    }

    /** Returns a page of a user's own events, newest first. */
    public EventPage page(String userId, EventPage.@Nullable Cursor after, int limit) {
        List<EventPage.Event> events = QuarkusTransaction.requiringNew()
                .call(() -> rows.findNewest(userId, after, limit + 1).stream()
                        .map(AuditLog::event)
                        .toList());
        if (events.size() <= limit) {
            return new EventPage(events, null);
        }
        EventPage.Event last = events.get(limit - 1);
        return new EventPage(events.subList(0, limit), new EventPage.Cursor(last.at(), last.id()));
    }

    @Override
    public String name() {
        return "audit events";
    }

    @Override
    @Transactional(Transactional.TxType.MANDATORY)
    public int deleteExpired(int limit) {
        return rows.deleteExpired(config.retention(), limit);
    }

    private AuditEventEntity row(AuditEvent event) {
        AuditEventEntity row = new AuditEventEntity();
        row.id = ids.generate();
        String userId = event.userId();
        row.userId = userId == null ? null : storable(userId, Integer.MAX_VALUE);
        row.type = event.type().text();
        // PostgreSQL stores microseconds; a page's cursor must have exactly the instant that is stored.
        row.at = clock.instant().truncatedTo(ChronoUnit.MICROS);
        row.ip = storable(event.client().ip(), MAX_TEXT);
        row.userAgent = storable(event.client().userAgent(), MAX_TEXT);
        row.outcome = event.outcome().text();
        row.details = event.details().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, detail -> storable(detail.getValue(), MAX_TEXT)));
        return row;
    }

    /**
     * Replaces characters that PostgreSQL cannot store, and truncates.
     *
     * <p>Security: one text that cannot be stored would keep the rows of all events behind it from being stored.
     */
    private static String storable(String text, int maxLength) {
        return PlainText.sanitize(text, maxLength);
    }

    private void writeLine(AuditEventEntity row) {
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
            LINES.info(config.lineFormat() == LineFormat.JSON ? json.writeValueAsString(line) : text(line));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("An audit line with text only cannot be written as JSON", impossible);
        }
    }

    /** Returns the fields that a developer looks for, without the id and the time that the log has anyway. */
    private static String text(Map<String, Object> line) {
        return Stream.of("event", "outcome", "user_id", "ip", "user_agent", "details")
                .filter(line::containsKey)
                .map(name -> name.equals("event") || name.equals("outcome")
                        ? String.valueOf(line.get(name))
                        : name + "=" + line.get(name))
                .collect(Collectors.joining(" "));
    }

    private static EventPage.Event event(AuditEventEntity row) {
        return new EventPage.Event(
                row.id, row.type, row.at, new Client(row.ip, row.userAgent), row.outcome, row.details);
    }
}
