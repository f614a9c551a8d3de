package dev.latchkey.audit;

import dev.latchkey.platform.db.AfterCommit;
import dev.latchkey.platform.db.Expirable;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.RequestIds;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Records audit events: a row and a log line for each. The lines are JSON objects, or text in development, in a log
 * category of their own.
 */
@ApplicationScoped
public class AuditLog implements Expirable {

    /** How many events one page of a search looks at, so that none takes longer than a few tens of milliseconds. */
    static final int EXAMINED = 5_000;

    private final AuditEventRepository rows;
    private final AuditEntries entries;
    private final AuditQueue queue;
    private final AuditConfig config;
    private final Clock clock;
    private final AfterCommit afterCommit;

    AuditLog(
            AuditEventRepository rows,
            AuditEntries entries,
            AuditQueue queue,
            AuditConfig config,
            Clock clock,
            AfterCommit afterCommit) {
        this.rows = rows;
        this.entries = entries;
        this.queue = queue;
        this.config = config;
        this.clock = clock;
        this.afterCommit = afterCommit;
    }

    /** Records a change of state in the caller's transaction, so that the change fails if it cannot be recorded. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void record(AuditEvent event) {
        AuditEventEntity row = entries.row(event, clock.instant(), RequestIds.current());
        rows.persist(row);
        afterCommit.run(() -> entries.writeLine(row));
    }

    /**
     * Records a refusal: the line now, the row as soon as the database accepts it; beyond the first few of a minute as a count.
     * It never waits and never fails.
     */
    public void recordLater(AuditEvent event) {
        queue.add(event, RequestIds.current());
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
                        .map(row -> event(row, ownClient(row)))
                        .toList());
        return page(events, limit, () -> null);
    }

    /** Returns a page of events of any account and of none, newest first. */
    public EventPage search(EventPage.Query query, EventPage.@Nullable Cursor after, int limit) {
        return QuarkusTransaction.requiringNew().call(() -> {
            List<EventPage.Event> events = rows.find(query, after, limit + 1, EXAMINED).stream()
                    .map(row -> event(row, new Client(row.ip, row.userAgent)))
                    .toList();
            return page(
                    events,
                    limit,
                    () -> rows.lastExamined(query, after, EXAMINED).orElse(null));
        });
    }

    /** Returns the events that fit on a page; where there are no more of them, the next page begins where the search ended. */
    private static EventPage page(List<EventPage.Event> events, int limit, Supplier<EventPage.@Nullable Cursor> end) {
        if (events.size() <= limit) {
            return new EventPage(events, end.get());
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

    /** Security: a user does not learn from where an administrator has changed their account. */
    private static Client ownClient(AuditEventEntity row) {
        return row.details.containsKey(AuditEvent.BY) && !row.ip.isEmpty()
                ? new Client("", "administrator")
                : new Client(row.ip, row.userAgent);
    }

    private static EventPage.Event event(AuditEventEntity row, Client client) {
        return new EventPage.Event(row.id, row.userId, row.type, row.at, client, row.outcome, row.details);
    }
}
