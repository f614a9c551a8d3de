package dev.latchkey.userimport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.session.SessionImport.ImportedSession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BetterAuthDatabaseReadTest {

    private static List<UserSource.User> all(BetterAuthDatabase source, int atATime) {
        List<UserSource.User> users = new ArrayList<>();
        for (List<UserSource.Entry> part = source.next(atATime); !part.isEmpty(); part = source.next(atATime)) {
            assertTrue(part.size() <= atATime);
            for (UserSource.Entry entry : part) {
                users.add((UserSource.User) entry);
            }
        }
        return users;
    }

    private static String sentence(SourceDatabase there) {
        return String.valueOf(
                assertThrows(UserSource.UnreadableException.class, there::open).getMessage());
    }

    @Test
    void readsEachUserOnceInPartsOfAnySize() {
        SourceDatabase there = SourceDatabase.empty();
        for (String id : List.of("b", "A", "a", "B", "\u00e4", "10", "9", "aa")) {
            there.user(id, id + "@example.com", id);
        }
        for (int atATime : new int[] {1, 2, 3, 8, 100}) {
            try (BetterAuthDatabase source = there.open()) {
                assertEquals(8, source.total());
                List<UserSource.User> users = all(source, atATime);
                assertEquals(8, users.size());
                assertEquals(
                        Set.of("b", "A", "a", "B", "\u00e4", "10", "9", "aa"),
                        Set.copyOf(users.stream().map(UserSource.User::id).toList()));
                users.forEach(user -> assertEquals(user.id(), user.hash(), "each user has a hash of their own"));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"uuid, gen_random_uuid()", "bigint, i", "integer, i", "varchar(36), i"})
    void readsIdsOfOtherTypes(String type, String value) {
        SourceDatabase there = SourceDatabase.bare();
        there.update(SourceDatabase.TABLES
                .replace("id text primary key, name", "id " + type + " primary key, name")
                .replace("\"userId\" text", "\"userId\" " + type));
        there.update("insert into \"user\" (id, name, email, \"emailVerified\") select " + value
                + ", 'Ada', i || '@example.com', true from generate_series(1, 25) i");
        there.update("insert into account (id, \"accountId\", \"providerId\", \"userId\", password, \"updatedAt\")"
                + " select id, id, 'credential', id, id, now() from \"user\"");
        there.update(
                "insert into session (id, token, \"userId\", \"updatedAt\", \"expiresAt\")"
                        + " select id, 'a token that nobody could guess ' || id, id, now(), now() + interval '1 day' from \"user\"");
        try (BetterAuthDatabase source = there.open()) {
            List<UserSource.User> users = all(source, 10);
            assertEquals(
                    25,
                    Set.copyOf(users.stream().map(UserSource.User::id).toList()).size());
            users.forEach(user -> assertEquals(user.id(), user.hash()));
            source.sessions(users.stream().map(UserSource.User::id).toList(), 10, part -> {
                throw new AssertionError("tokens with blanks are none: " + part);
            });
            assertTrue(source.remarks().toString().contains("25 sessions"));
        }
    }

    /** As other tools than Better Auth's own create the tables: times without a zone are in UTC. */
    @Test
    void readsTablesInSnakeCaseWithoutTimeZones() {
        SourceDatabase there = SourceDatabase.bare();
        there.update(SourceDatabase.TABLES
                .replaceAll("\"([a-z]+)([A-Z])([a-zA-Z_]*)\"", "$1_$2$3")
                .replace("timestamptz", "timestamp(3)"));
        there.update("insert into \"user\" (id, name, email, email_verified, created_at)"
                + " values ('ada', 'Ada', 'ada@example.com', true, '2024-05-06 07:08:09.123')");
        there.update("insert into account (id, account_id, provider_id, user_id, password, updated_at)"
                + " values ('a', 'ada', 'credential', 'ada', 'a hash', now())");
        there.update("insert into session (id, token, user_id, created_at, updated_at, expires_at, ip_address)"
                + " values ('s', 'oDKTMWTObHXk4W5UkBwa5MqF6C6mtflQ', 'ada', '2024-05-06 07:08:09.123', '2024-05-07',"
                + " '2999-01-01 00:00:00', '192.0.2.7')");
        try (BetterAuthDatabase source = there.open()) {
            UserSource.User ada = all(source, 10).getFirst();
            assertEquals(Instant.parse("2024-05-06T07:08:09.123Z"), ada.createdAt());
            assertEquals("a hash", ada.hash());
            assertTrue(ada.emailVerified());
            List<ImportedSession> sessions = new ArrayList<>();
            source.sessions(List.of("ada"), 10, sessions::addAll);
            assertEquals(
                    Instant.parse("2999-01-01T00:00:00Z"), sessions.getFirst().expiresAt());
            assertEquals(
                    Instant.parse("2024-05-07T00:00:00Z"), sessions.getFirst().lastUsedAt());
            assertEquals("192.0.2.7", sessions.getFirst().client().ip());
        }
    }

    @Test
    void readsTheSchemaThatTheUrlNames() {
        SourceDatabase there = SourceDatabase.bare();
        there.update("create schema auth");
        there.update("set search_path to auth; " + SourceDatabase.TABLES);
        there.update(
                "insert into auth.\"user\" (id, name, email, \"emailVerified\") values ('ada', 'Ada', 'ada@example.com', true)");
        assertTrue(sentence(there).contains("currentSchema"), sentence(there));
        SourceUrl url = new SourceUrl(there.database().url() + "?currentSchema=auth");
        try (BetterAuthDatabase source = BetterAuthDatabase.open(
                url, there.database().username(), there.database().password())) {
            assertEquals(1, source.total());
            assertEquals("ada", all(source, 10).getFirst().id());
        }
    }

    @Test
    void readsTheLatestPasswordAndCountsOtherProviders() {
        SourceDatabase there = SourceDatabase.empty().user("ada", "ada@example.com", "the first");
        there.account("ada", "credential", "the second");
        there.account("ada", "github", "no password of ours");
        there.account("ada", "google", "");
        there.user("bob", "bob@example.com", null);
        try (BetterAuthDatabase source = there.open()) {
            List<UserSource.User> users = all(source, 10);
            assertEquals("the second", users.get(0).hash());
            assertNull(users.get(1).hash());
            assertTrue(source.remarks().getFirst().startsWith("2 accounts at other providers"));
        }
    }

    @Test
    void readsBansAndSecondFactorsOfPlugins() {
        SourceDatabase there = SourceDatabase.empty();
        there.update("alter table \"user\" add banned boolean, add \"banExpires\" timestamptz, add role text,"
                + " add \"twoFactorEnabled\" boolean");
        for (String id : List.of("a", "b", "c", "d")) {
            there.user(id, id + "@example.com", "a hash");
        }
        there.update("update \"user\" set banned = true where id <> 'd'");
        there.update("update \"user\" set \"banExpires\" = now() + interval '1 day' where id = 'b'");
        there.update(
                "update \"user\" set \"banExpires\" = now() - interval '1 day', \"twoFactorEnabled\" = true where id = 'c'");
        try (BetterAuthDatabase source = there.open()) {
            List<UserSource.User> users = all(source, 10);
            assertEquals(
                    List.of(true, true, false, false),
                    users.stream().map(UserSource.User::isBanned).toList());
            assertEquals(
                    List.of(false, false, true, false),
                    users.stream().map(UserSource.User::hasSecondFactor).toList());
            assertTrue(source.remarks().getFirst().contains("roles"));
        }
    }

    @Test
    void readsManySessionsInParts() {
        SourceDatabase there = SourceDatabase.empty().user("ada", "ada@example.com", "a hash");
        there.update("insert into session (id, token, \"userId\", \"updatedAt\", \"expiresAt\")"
                + " select i, 'tokenthatnobodycouldguess' || i, 'ada', now(), now() + make_interval(hours => i - 5)"
                + " from generate_series(1, 30) i");
        List<Integer> parts = new ArrayList<>();
        try (BetterAuthDatabase source = there.open()) {
            source.sessions(List.of("ada", "bob"), 10, part -> parts.add(part.size()));
            assertEquals(List.of(10, 10, 5), parts);
            source.sessions(List.of("bob"), 10, part -> parts.add(part.size()));
            assertEquals(3, parts.size());
            assertEquals(1, all(source, 10).size(), "and reads on");
        }
    }

    /** A database user that may only read the three tables is enough. */
    @Test
    void needsOnlyPermissionToSelect() {
        SourceDatabase there = SourceDatabase.empty().user("ada", "ada@example.com", "a hash");
        there.session("ada", "oDKTMWTObHXk4W5UkBwa5MqF6C6mtflQ", "-1 hour", "1 day");
        String reader = "reader_" + System.nanoTime();
        SourceDatabase theirs = there.asSuperuser();
        theirs.update("create role " + reader + " login password 'read only'");
        there.update("grant select on \"user\", account, session to " + reader);
        try (BetterAuthDatabase source = BetterAuthDatabase.open(there.url(), reader, "read only")) {
            assertEquals(1, source.total());
            assertEquals(1, all(source, 10).size());
            List<ImportedSession> sessions = new ArrayList<>();
            source.sessions(List.of("ada"), 10, sessions::addAll);
            assertEquals(1, sessions.size());
        } finally {
            theirs.update("drop owned by " + reader + "; drop role " + reader);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"emailVerified\"", "email", "\"updatedAt\""})
    void namesTheMissingColumn(String column) {
        SourceDatabase there = SourceDatabase.empty();
        there.update("alter table \"user\" drop column " + column);
        assertTrue(sentence(there).contains("no column \"" + column.replace("\"", "") + "\""), sentence(there));
    }

    @Test
    void namesTheMissingTable() {
        SourceDatabase there = SourceDatabase.empty();
        there.update("drop table account");
        assertTrue(sentence(there).contains("no table \"account\""), sentence(there));
    }

    @Test
    void refusesAnUnreachableDatabaseWithoutPrintingThePassword() {
        SourceDatabase there = SourceDatabase.bare();
        String wrong = String.valueOf(assertThrows(
                        UserSource.UnreadableException.class,
                        () -> BetterAuthDatabase.open(there.url(), "nobody_of_that_name", "hunter2"))
                .getMessage());
        assertTrue(wrong.startsWith("The source cannot be reached: "), wrong);
        assertFalse(wrong.contains("hunter2"), wrong);
        assertThrows(
                UserSource.UnreadableException.class,
                () -> BetterAuthDatabase.open(new SourceUrl("jdbc:postgresql://127.0.0.1:1/app"), "ada", "hunter2"));
    }

    /** The connection is cut while it reads, as by a restart there. */
    @Test
    void failsWhenTheConnectionIsCut() {
        SourceDatabase there = SourceDatabase.empty().user("ada", "ada@example.com", "a hash");
        try (BetterAuthDatabase source = there.open()) {
            there.update(
                    "with cut as (select pg_terminate_backend(pid) from pg_stat_activity"
                            + " where application_name = 'latchkey-import' and datname = current_database()) select count(*) from cut");
            String sentence = String.valueOf(assertThrows(UserSource.UnreadableException.class, () -> source.next(10))
                    .getMessage());
            assertTrue(sentence.startsWith("The source cannot be read any further: "), sentence);
        }
    }
}
