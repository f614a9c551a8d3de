package dev.latchkey.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Plans;
import dev.latchkey.fixture.Sql;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** The searches of administrators among many events. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class AuditSearchDatabaseTest {

    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

    @Inject
    Flyway flyway;

    @Inject
    AuditEventRepository rows;

    @Test
    void readNoWholeTable() throws Exception {
        List<EventPage.Query> queries = List.of(
                EventPage.Query.ALL,
                new EventPage.Query("user5", null, null, null, null, null),
                new EventPage.Query("user5", "admin1", "sign_in", "failure", TIME, TIME.plusSeconds(99)),
                new EventPage.Query(null, "admin1", null, null, null, null),
                new EventPage.Query(null, "nobody", "sign_in", null, null, null),
                new EventPage.Query(null, null, "nothing", null, null, null),
                new EventPage.Query(null, null, null, "failure", null, null),
                new EventPage.Query(null, null, "sign_in", "failure", TIME, TIME.plusSeconds(99)));
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        Flyway.configure(Thread.currentThread().getContextClassLoader())
                .configuration(flyway.getConfiguration())
                .dataSource(database.url(), database.username(), database.password())
                .load()
                .migrate();
        Sql.update(database, """
                insert into audit_events (id, user_id, type, at, ip, user_agent, outcome, details)
                select gen_random_uuid(), 'user' || i % 1000, case i % 3 when 0 then 'sign_in' else 'refresh' end,
                    timestamptz '2026-01-01Z' + i * interval '1 second', '', '',
                    case i % 10 when 0 then 'failure' else 'success' end,
                    case i % 100 when 0 then jsonb_build_object('by', 'admin' || i % 7) else '{}' end
                from generate_series(1, 300000) i""");
        Sql.update(database, "analyze");
        try (Connection connection = database.connect()) {
            for (EventPage.Query query : queries) {
                for (EventPage.Cursor before :
                        new EventPage.Cursor[] {null, new EventPage.Cursor(TIME.plusSeconds(150_000), UUID.randomUUID())
                        }) {
                    List<Object> parameters = new ArrayList<>();
                    String sql = AuditEventRepository.sql(query, before, 51, AuditLog.EXAMINED, parameters)
                            .replaceAll("\\?\\d+", "?");
                    for (String plan : Plans.of(connection, sql, parameters)) {
                        assertFalse(plan.contains("Seq Scan on audit_events"), query + " " + before + "\n" + plan);
                    }
                }
            }
        }
    }

    /** A page that has looked at as many events as it may goes on where it stopped, found or not. */
    @Test
    void goOnWhereTheSearchStopped() {
        String user = UUID.randomUUID().toString();
        for (int i = 0; i < 4; i++) {
            Sql.update(
                    "insert into audit_events (id, user_id, type, at, ip, user_agent, outcome)"
                            + " values (gen_random_uuid(), ?, ?, timestamptz '2026-01-01Z' - ? * interval '1 second', '', '', 'success')",
                    user,
                    i == 3 ? "sign_up" : "sign_in",
                    i);
        }
        EventPage.Query query = new EventPage.Query(user, null, "sign_up", null, null, null);

        QuarkusTransaction.requiringNew().run(() -> {
            assertEquals(List.of(), rows.find(query, null, 10, 2));
            EventPage.Cursor second = rows.lastExamined(query, null, 2).orElseThrow();
            assertEquals(TIME.minusSeconds(1), second.at());
            assertEquals(1, rows.find(query, second, 10, 2).size());
            EventPage.Cursor fourth = rows.lastExamined(query, second, 2).orElseThrow();
            assertEquals(List.of(), rows.find(query, fourth, 10, 2));
        });
    }
}
