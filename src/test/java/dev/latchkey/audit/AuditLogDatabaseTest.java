package dev.latchkey.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Sql;
import dev.latchkey.platform.db.AfterCommit;
import dev.latchkey.platform.http.Client;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logging.MDC;
import org.jose4j.json.JsonUtil;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** FR-026: what happened, to whom, from where. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class AuditLogDatabaseTest {

    private static final Client CLIENT = new Client("192.0.2.7", "a browser");
    /** Yesterday: events older than a year are deleted. */
    private static final Instant MOMENT = Instant.now()
            .minus(Duration.ofDays(1))
            .truncatedTo(ChronoUnit.SECONDS)
            .plusNanos(123_456_789);

    @Inject
    AuditLog audit;

    @Inject
    AuditEventRepository rows;

    @Inject
    AuditQueue queue;

    @Inject
    AuditEntries entries;

    @Inject
    AuditConfig config;

    @Inject
    AfterCommit afterCommit;

    private final String user = UUID.randomUUID().toString();
    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final Handler listener = new Handler() {
        @Override
        public void publish(LogRecord line) {
            if (line.getMessage().contains(user)) {
                logged.add(line.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        Logger.getLogger("latchkey.audit").addHandler(listener);
    }

    @AfterEach
    void stopListening() {
        Logger.getLogger("latchkey.audit").removeHandler(listener);
    }

    // --- A change of state ---

    @Test
    void recordsRowAndLineWithTheChange() throws Exception {
        QuarkusTransaction.requiringNew().run(() -> {
            audit.record(AuditEvent.signedIn(user, "session-1", CLIENT));
            assertEquals(List.of(), logged, "no line before the commit");
        });
        EventPage.Event event = audit.page(user, null, 10).events().getFirst();
        assertEquals("sign_in", event.type());
        assertEquals("success", event.outcome());
        assertEquals(CLIENT, event.client());
        assertEquals("session-1", event.details().get("session_id"));

        assertEquals(1, logged.size());
        var line = JsonUtil.parseJson(logged.getFirst());
        assertEquals("sign_in", line.get("event"));
        assertEquals("success", line.get("outcome"));
        assertEquals(user, line.get("user_id"));
        assertEquals("192.0.2.7", line.get("ip"));
        assertEquals(event.id().toString(), line.get("id"));
        assertEquals(event.at().toString(), line.get("at"));
    }

    @Test
    void refusesToRecordAChangeOutsideATransaction() {
        assertThrows(RuntimeException.class, () -> audit.record(AuditEvent.signedIn(user, "s", CLIENT)));
        assertEquals(List.of(), logged);
        assertEquals(0, stored());
    }

    @Test
    void recordsNothingWhenTheTransactionRollsBack() {
        assertThrows(
                IllegalStateException.class,
                () -> QuarkusTransaction.requiringNew().run(() -> {
                    audit.record(AuditEvent.signedIn(user, "s", CLIENT));
                    rows.flush();
                    throw new IllegalStateException("the change failed");
                }));
        assertEquals(List.of(), logged);
        assertEquals(0, stored());
    }

    // A state change that cannot be audited does not happen.
    @Test
    void rollsBackTheChangeWhenItCannotBeRecorded() {
        Sql.update("insert into users (id, email) values (?, ?)", user, user + "@example.com");
        Sql.update("alter table audit_events add constraint refuse check (user_id <> '" + user + "')");
        try {
            assertThrows(
                    RuntimeException.class,
                    () -> QuarkusTransaction.requiringNew().run(() -> {
                        rows.getEntityManager()
                                .createNativeQuery("update users set name = 'Ada' where id = ?1")
                                .setParameter(1, user)
                                .executeUpdate();
                        audit.record(AuditEvent.profileChanged(user, CLIENT));
                    }));
        } finally {
            Sql.update("alter table audit_events drop constraint refuse");
        }
        assertEquals(0, Sql.count("select count(*) from users where id = ? and name = 'Ada'", user));
        assertEquals(List.of(), logged);
    }

    // --- A refusal ---

    // SC-009
    @Test
    void recordsTheLineNowAndTheRowLater() {
        audit.recordLater(AuditEvent.ownerRefused(user, "GET", "/api/users/other", CLIENT));
        assertEquals(1, logged.size());
        Eventually.holds("the row is there", () -> stored() == 1);
        EventPage.Event event = audit.page(user, null, 10).events().getFirst();
        assertEquals("owner_check", event.type());
        assertEquals("failure", event.outcome());
        assertEquals("/api/users/other", event.details().get("path"));
    }

    // A refusal inside a transaction that fails is on record all the same.
    @Test
    void recordsRefusalsAlsoWhenTheTransactionRollsBack() {
        assertThrows(
                IllegalStateException.class,
                () -> QuarkusTransaction.requiringNew().run(() -> {
                    audit.recordLater(AuditEvent.signInRefused(user, "wrong_password", CLIENT));
                    throw new IllegalStateException("the change failed");
                }));
        assertEquals(1, logged.size());
        Eventually.holds("the row is there", () -> stored() == 1);
    }

    // Security: one text that PostgreSQL refuses would keep every later event from its row.
    @Test
    void storesAnyTextThatClientsSend() {
        String evil = "a\u0000b\uD800c\uDC00\n\u001b[31m\u0085";
        audit.recordLater(AuditEvent.ownerRefused(user, evil, evil, new Client(evil, evil)));
        audit.recordLater(AuditEvent.ownerRefused("\u0000\uD800" + user, "GET", "/", CLIENT));
        audit.recordLater(AuditEvent.tokenRefused(evil.repeat(10_000), new Client(evil, evil.repeat(10_000))));
        audit.recordLater(AuditEvent.ownerRefused(user, "GET", "/behind-it", CLIENT));
        Eventually.holds("the rows are there", () -> stored() == 2);
        for (EventPage.Event event : audit.page(user, null, 10).events()) {
            String everything = event.client() + event.details().toString();
            assertTrue(everything.chars().noneMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c)));
        }
        // One event, one line.
        assertTrue(logged.stream().noneMatch(line -> line.contains("\n") || line.contains("\u0000")));
    }

    // Security: an index of PostgreSQL holds no text of this length, and no row behind it would ever have been stored.
    @Test
    void storesTheRowOfAUserIdOfSixKilobytes() {
        String id = "shop:" + user + random(6_000);
        audit.recordLater(AuditEvent.ownerRefused(id, "GET", "/", CLIENT));
        audit.recordLater(AuditEvent.ownerRefused(user, "GET", "/behind-it", CLIENT));
        Eventually.holds("the row behind it is there", () -> stored() == 1);
        assertEquals(
                1, Sql.count("select count(*) from audit_events where user_id = ?", id.substring(0, 255)), "cut off");
    }

    // Security: whatever a client sends, the rows of the others are stored.
    @Test
    void storesAllRowsButTheOneThatTheDatabaseRefuses() {
        Sql.update("alter table audit_events add constraint refuse check (details ->> 'path' <> '/" + user + "')");
        try {
            for (int i = 0; i < 10; i++) {
                audit.recordLater(AuditEvent.ownerRefused(user, "GET", "/before", CLIENT));
            }
            audit.recordLater(AuditEvent.ownerRefused(user, "GET", "/" + user, CLIENT));
            for (int i = 0; i < 10; i++) {
                audit.recordLater(AuditEvent.ownerRefused(user, "GET", "/behind", CLIENT));
            }
            Eventually.holds("the others are there", () -> stored() == 20);
        } finally {
            Sql.update("alter table audit_events drop constraint refuse");
        }
        audit.recordLater(AuditEvent.ownerRefused(user, "GET", "/later", CLIENT));
        Eventually.holds("a later one is there", () -> stored() == 21);
    }

    @Test
    void storesTheRequestIdWithTheRow() {
        String request = "request-" + UUID.randomUUID();
        MDC.put("request_id", request);
        try {
            audit.recordLater(AuditEvent.ownerRefused(user, "GET", "/", CLIENT));
            QuarkusTransaction.requiringNew().run(() -> audit.record(AuditEvent.profileChanged(user, CLIENT)));
        } finally {
            MDC.remove("request_id");
        }
        audit.recordLater(AuditEvent.ownerRefused(user, "GET", "/", CLIENT));
        Eventually.holds("the rows are there", () -> stored() == 3);
        assertEquals(2, Sql.count("select count(*) from audit_events where request_id = ?", request));
        assertEquals(1, Sql.count("select count(*) from audit_events where user_id = ? and request_id is null", user));
    }

    // --- Counts ---

    @Test
    void countsWhatARateLimitRefusedInTheEventsOfTheAccount() {
        for (int i = 0; i < 500; i++) {
            audit.recordLater(AuditEvent.signInRefused(user, "throttled", CLIENT));
        }
        Eventually.holds("all attempts are counted", () -> attempts() == 500);
        assertTrue(stored() < 10, () -> stored() + " rows");
        EventPage.Event event = audit.page(user, null, 10).events().getFirst();
        assertEquals("sign_in", event.type());
        assertEquals("failure", event.outcome());
        assertEquals(CLIENT, event.client());
        assertEquals("throttled", event.details().get("reason"));
        assertTrue(Instant.parse(event.details().get("from")).compareTo(event.at()) <= 0);
        assertEquals(stored(), logged.size(), "as many lines as rows");
    }

    // --- What is done by SQL ---

    @Test
    void recordsBansAndRolesThatAreChangedBySql() {
        Sql.update("insert into users (id, email) values (?, ?)", user, user + "@example.com");
        assertEquals(0, stored());
        Sql.update("update users set disabled_at = now(), roles = '{admin,support}' where id = ?", user);
        Sql.update("update users set disabled_at = now(), name = 'Ada' where id = ?", user);
        Sql.update("update users set disabled_at = null, roles = '{admin}' where id = ?", user);
        Sql.update("update users set roles = '{admin}' where id = ?", user);
        assertEquals(
                List.of("account_disabled", "account_enabled", "roles_change", "roles_change"),
                Sql.column("select type from audit_events where user_id = ? order by type", user));
        EventPage.Event latest = audit.page(user, null, 10).events().stream()
                .filter(event -> event.type().equals("roles_change"))
                .findFirst()
                .orElseThrow();
        assertEquals(new Client("", "database"), latest.client());
        assertEquals("success", latest.outcome());
        assertEquals("admin,support", latest.details().get("from"));
        assertEquals("admin", latest.details().get("to"));
        assertFalse(latest.details().get("by").isEmpty());
    }

    @Test
    void recordsNoBanThatIsRolledBack() {
        Sql.update("insert into users (id, email) values (?, ?)", user, user + "@example.com");
        assertThrows(
                IllegalStateException.class,
                () -> QuarkusTransaction.requiringNew().run(() -> {
                    rows.getEntityManager()
                            .createNativeQuery("update users set disabled_at = now() where id = ?1")
                            .setParameter(1, user)
                            .executeUpdate();
                    throw new IllegalStateException("the change failed");
                }));
        assertEquals(0, stored());
    }

    @Test
    void keepsUnusualCharacters() {
        audit.recordLater(AuditEvent.ownerRefused(user, "GET", "/\u00e9\u4e2d\uD83D\uDE00", CLIENT));
        Eventually.holds("the row is there", () -> stored() == 1);
        assertEquals(
                "/\u00e9\u4e2d\uD83D\uDE00",
                audit.page(user, null, 1).events().getFirst().details().get("path"));
    }

    // --- Pages ---

    @Test
    void pagesNewestFirstWithoutGapsOrRepeats() {
        for (int second = 0; second < 23; second++) {
            recordAt(MOMENT.plusSeconds(second), user);
            recordAt(MOMENT.plusSeconds(second), user + "-other");
        }
        assertEquals(23, readAllPages(7).size());
        assertEquals(23, readAllPages(1).size());
        assertEquals(23, readAllPages(22).size());
        assertEquals(23, readAllPages(23).size());
        assertEquals(23, readAllPages(100).size());
    }

    // Several events of the same microsecond, also across the border of a page.
    @Test
    void pagesEventsOfOneInstantWithoutGapsOrRepeats() {
        AuditLog atOnce = at(MOMENT);
        QuarkusTransaction.requiringNew().run(() -> {
            for (int i = 0; i < 11; i++) {
                atOnce.record(AuditEvent.profileChanged(user, CLIENT));
            }
        });
        recordAt(MOMENT.plusNanos(1_000), user);
        recordAt(MOMENT.minusNanos(1_000), user);
        assertEquals(13, readAllPages(3).size());
        assertEquals(13, readAllPages(4).size());
    }

    @Test
    void hasANextCursorOnlyIfThereIsANextPage() {
        assertNull(audit.page(user, null, 5).next());
        for (int i = 0; i < 5; i++) {
            recordAt(MOMENT.plusSeconds(i), user);
        }
        assertNull(audit.page(user, null, 5).next());
        assertNotNull(audit.page(user, null, 4).next());
        // An event recorded meanwhile does not shift the pages after it.
        EventPage.Cursor next = audit.page(user, null, 2).next();
        recordAt(MOMENT.plusSeconds(60), user);
        assertEquals(3, audit.page(user, next, 10).events().size());
    }

    // FR-022: a cursor is a position in the caller's own list, whichever list it was taken from.
    @Test
    void showsNoEventsOfOtherUsers() {
        recordAt(MOMENT, user);
        recordAt(MOMENT, user);
        EventPage.Cursor cursor = audit.page(user, null, 1).next();
        assertEquals(List.of(), audit.page(user + "-other", null, 10).events());
        assertEquals(List.of(), audit.page(user + "-other", cursor, 10).events());
        assertEquals(
                List.of(),
                audit.page(user.toUpperCase(java.util.Locale.ROOT) + "%", null, 10)
                        .events());
    }

    // --- Pruning ---

    @Test
    void deletesOnlyEventsOlderThanTheRetention() {
        Instant now = Instant.now();
        recordAt(now.minus(config.retention()).minusSeconds(60), user);
        recordAt(now.minus(config.retention()).minusSeconds(120), user);
        recordAt(now.minus(config.retention()).plusSeconds(600), user);
        recordAt(now, user);
        int deleted = QuarkusTransaction.requiringNew().call(() -> audit.deleteExpired(1));
        assertEquals(1, deleted, "in batches");
        QuarkusTransaction.requiringNew().run(() -> audit.deleteExpired(100_000));
        assertEquals(2, stored());
        assertFalse(audit.page(user, null, 10).events().isEmpty());
    }

    private List<EventPage.Event> readAllPages(int limit) {
        List<EventPage.Event> all = new ArrayList<>();
        EventPage.@Nullable Cursor cursor = null;
        do {
            EventPage page = audit.page(user, cursor, limit);
            assertTrue(page.events().size() <= limit);
            all.addAll(page.events());
            // As a client does: by way of its text.
            cursor = page.next() == null
                    ? null
                    : EventPage.Cursor.parse(page.next().text()).orElseThrow();
        } while (cursor != null);
        assertEquals(
                all.size(), all.stream().map(EventPage.Event::id).distinct().count());
        assertEquals(
                all.stream()
                        .map(EventPage.Event::at)
                        .sorted(Comparator.reverseOrder())
                        .toList(),
                all.stream().map(EventPage.Event::at).toList());
        return all;
    }

    private void recordAt(Instant instant, String userId) {
        QuarkusTransaction.requiringNew().run(() -> at(instant).record(AuditEvent.profileChanged(userId, CLIENT)));
    }

    private AuditLog at(Instant instant) {
        return new AuditLog(rows, entries, queue, config, Clock.fixed(instant, ZoneOffset.UTC), afterCommit);
    }

    /** Returns a text that does not get shorter by compression. */
    private static String random(int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(UUID.randomUUID());
        }
        return text.substring(0, length);
    }

    private long attempts() {
        return Sql.count(
                "select coalesce(sum((details ->> 'count')::bigint), 0) from audit_events where user_id = ?", user);
    }

    private long stored() {
        return Sql.count("select count(*) from audit_events where user_id = ?", user);
    }
}
