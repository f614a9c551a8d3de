package dev.latchkey.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.AccountPage.Cursor;
import dev.latchkey.account.AccountPage.Order;
import dev.latchkey.account.AccountPage.Query;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Plans;
import dev.latchkey.fixture.Sql;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The searches of administrators among many users. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class ManagedAccountsDatabaseTest {

    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

    @Inject
    Flyway flyway;

    @Inject
    ManagedAccountRepository rows;

    @Inject
    ManagedAccounts accounts;

    private static Query query(
            @Nullable String email,
            @Nullable String name,
            @Nullable String text,
            @Nullable String role,
            @Nullable Boolean banned,
            @Nullable Boolean verified) {
        return new Query(email, name, text, role, banned, verified, null, null);
    }

    /** Each filter alone and all together, from the beginning and from a cursor, known and unknown to the planner. */
    @Test
    void readNoWholeTable() throws Exception {
        List<Query> queries = List.of(
                Query.ALL,
                query("ada", null, null, null, null, null),
                query("user1", null, "nobody", "support", true, false),
                query(null, "ada", null, null, null, null),
                query(null, "name 1", "nobody", "support", true, false),
                query(null, null, "nobody", null, null, null),
                query(null, null, "user", null, null, null),
                query(null, null, null, "admin", null, null),
                query(null, null, null, "support", null, null),
                query(null, null, null, "nothing", null, null),
                query(null, null, null, null, true, null),
                query(null, null, null, null, false, null),
                query(null, null, null, null, null, true),
                query(null, null, null, null, null, false),
                query(null, null, "nobody", "support", true, false),
                new Query(null, null, null, null, null, null, TIME, TIME.plusSeconds(60)),
                new Query("user1", null, null, null, null, null, TIME, TIME.plusSeconds(60)));
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        Flyway.configure(Thread.currentThread().getContextClassLoader())
                .configuration(flyway.getConfiguration())
                .dataSource(database.url(), database.username(), database.password())
                .load()
                .migrate();
        Sql.update(database, """
                insert into users (id, email, name, email_verified, roles, disabled_at, created_at)
                select 'id' || i, 'user' || i || '@example.com', 'Name ' || i, i % 10 > 0,
                    case when i % 1000 = 0 then '{admin}' when i % 100 = 0 then '{support}' else '{}' end::text[],
                    case when i % 500 = 1 then now() end, timestamptz '2026-01-01Z' + i * interval '1 second'
                from generate_series(1, 300000) i""");
        Sql.update(database, "analyze");
        try (Connection connection = database.connect()) {
            for (Query query : queries) {
                for (Cursor after : new Cursor[] {null, cursor(query.order())}) {
                    List<Object> parameters = new ArrayList<>();
                    String sql = ManagedAccountRepository.sql(query, after, 51, ManagedAccounts.EXAMINED, parameters);
                    for (String plan : Plans.of(connection, sql, parameters)) {
                        assertFalse(plan.contains("Seq Scan on users"), query + " " + after + "\n" + plan);
                    }
                }
            }
        }
    }

    private static Cursor cursor(Order order) {
        return switch (order) {
            case CREATED -> Cursor.ofCreation(TIME.plusSeconds(150_000), "id150000");
            case EMAIL -> new Cursor(order, "user150000@example.com", "id150000");
            case NAME -> new Cursor(order, "name 150000", "id150000");
        };
    }

    /** A page that has looked at as many accounts as it may goes on where it stopped, found or not. */
    @Test
    void goOnWhereTheSearchStopped() {
        String word = "w" + UUID.randomUUID();
        for (int i = 0; i < 6; i++) {
            Sql.update(
                    "insert into users (id, email, name) values (?, ?, ?)",
                    word + i,
                    word + i + "@example.com",
                    i == 4 ? "Ada" : "Bob");
        }
        Query query = query(word, null, "ada", null, null, null);

        assertEquals(List.of(), rows.page(query, null, 10, 2));
        Cursor second = rows.lastExamined(query, null, 2).orElseThrow();
        assertEquals(word + "1", second.id());
        assertEquals(List.of(), rows.page(query, second, 10, 2));
        Cursor fourth = rows.lastExamined(query, second, 2).orElseThrow();
        assertEquals(
                List.of(word + "4"),
                rows.page(query, fourth, 10, 2).stream()
                        .map(found -> found.account().profile().id().value())
                        .toList());
        Cursor sixth = rows.lastExamined(query, fourth, 2).orElseThrow();
        assertEquals(word + "5", sixth.id());
        assertTrue(rows.lastExamined(query, sixth, 2).isEmpty());
        // With the bound of the service one page is enough.
        AccountPage page = accounts.page(query, null, 10);
        assertEquals(1, page.accounts().size());
        assertEquals(null, page.next());
    }

    @Test
    void cursorsAreReadBackAsTheyWereWritten() {
        for (Order order : Order.values()) {
            Cursor cursor = cursor(order);
            assertEquals(cursor, Cursor.parse(cursor.text()).orElseThrow());
        }
        Cursor wide = new Cursor(Order.NAME, "\u00e4\u00f6\u00fc \ud83d\ude00".repeat(100), "id");
        assertEquals(wide, Cursor.parse(wide.text()).orElseThrow());
        assertNotNull(wide.text());
    }
}
