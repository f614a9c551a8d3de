package dev.latchkey.audit;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochRandomGenerator;
import dev.latchkey.platform.db.Expirable;
import dev.latchkey.platform.http.Client;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The audit record: a row and a line for everything that happened. */
@ApplicationScoped
public class AuditLog implements Expirable {

    private static final int MAX_TEXT = 300;

    private final AuditEventRepository rows;
    private final AuditQueue queue;
    private final AuditLines lines;
    private final AuditConfig config;
    private final Clock clock;
    private final TransactionSynchronizationRegistry transactions;
    private final TimeBasedEpochRandomGenerator ids = Generators.timeBasedEpochRandomGenerator();

    AuditLog(
            AuditEventRepository rows,
            AuditQueue queue,
            AuditLines lines,
            AuditConfig config,
            Clock clock,
            TransactionSynchronizationRegistry transactions) {
        this.rows = rows;
        this.queue = queue;
        this.lines = lines;
        this.config = config;
        this.clock = clock;
        this.transactions = transactions;
    }

    /** Records a change of state in the caller's transaction: what cannot be recorded does not happen. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void record(AuditEvent event) {
        AuditEventEntity row = row(event);
        rows.persist(row);
        transactions.registerInterposedSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {}

            @Override
            public void afterCompletion(int status) {
                if (status == Status.STATUS_COMMITTED) {
                    lines.write(row);
                }
            }
        });
    }

    /** Records a refusal: the line at once, the row as soon as the database takes it. Never waits, never fails. */
    public void note(AuditEvent event) {
        AuditEventEntity row = row(event);
        lines.write(row);
        queue.offer(row);
    }

    /** Which of these users have deleted their account, as far back as the record goes. */
    @Transactional(Transactional.TxType.MANDATORY)
    public Set<String> deleted(Collection<String> userIds) {
        return userIds.isEmpty() ? Set.of() : Set.copyOf(rows.having(userIds, AuditEvent.AccountDeleted.TYPE));
    }

    /** Which of these users have done something here, or had something done to them, what was tried in vain apart. */
    @Transactional(Transactional.TxType.MANDATORY)
    public Set<String> concerned(Collection<String> userIds) {
        // A token that is used again is a failure, and ends a session.
        return userIds.isEmpty() ? Set.of() : Set.copyOf(rows.concerned(userIds, AuditEvent.RefreshReused.TYPE));
    }

    /** A user's own events, newest first. */
    public EventPage page(String userId, @Nullable EventCursor after, int limit) {
        List<RecordedEvent> events = QuarkusTransaction.requiringNew()
                .call(() -> rows.newest(userId, after, limit + 1).stream()
                        .map(AuditLog::recorded)
                        .toList());
        if (events.size() <= limit) {
            return new EventPage(events, null);
        }
        RecordedEvent last = events.get(limit - 1);
        return new EventPage(events.subList(0, limit), new EventCursor(last.at(), last.id()));
    }

    @Override
    public String name() {
        return "audit events";
    }

    @Override
    @Transactional(Transactional.TxType.MANDATORY)
    public int prune(int limit) {
        return rows.prune(config.retention(), limit);
    }

    private AuditEventEntity row(AuditEvent event) {
        AuditEventEntity row = new AuditEventEntity();
        row.id = ids.generate();
        String userId = event.userId();
        row.userId = userId == null ? null : storable(userId, Integer.MAX_VALUE);
        row.type = event.type();
        // PostgreSQL keeps microseconds; a page's cursor must name the very instant that is stored.
        row.at = clock.instant().truncatedTo(ChronoUnit.MICROS);
        row.ip = storable(event.client().ip(), MAX_TEXT);
        row.userAgent = storable(event.client().userAgent(), MAX_TEXT);
        row.outcome = event.outcome().name().toLowerCase(Locale.ROOT);
        row.details = event.details().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, detail -> storable(detail.getValue(), MAX_TEXT)));
        return row;
    }

    /** One text that PostgreSQL cannot store would keep every event behind it from its row. */
    private static String storable(String text, int length) {
        return text.codePoints()
                .map(point ->
                        Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE ? '?' : point)
                .limit(length)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static RecordedEvent recorded(AuditEventEntity row) {
        return new RecordedEvent(row.id, row.type, row.at, new Client(row.ip, row.userAgent), row.outcome, row.details);
    }
}
