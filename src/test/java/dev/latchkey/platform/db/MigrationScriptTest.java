package dev.latchkey.platform.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.boot.DeploymentCheck.CheckResult;
import dev.latchkey.platform.boot.DeploymentCheck.Status;
import dev.latchkey.platform.db.MigrationScript.Effect;
import dev.latchkey.platform.db.MigrationScript.Kind;
import dev.latchkey.platform.db.SchemaHistory.Pending;
import dev.latchkey.platform.db.SchemaHistory.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a migration does to tables in use is read from its SQL, and an operator is told before it happens. */
class MigrationScriptTest {

    private static final Path MIGRATIONS = Path.of("src", "main", "resources", "db", "migration");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table mine (id text primary key)",
                "create index concurrently mine_idx on mine (id)",
                "create function f() returns text language sql as $$ drop table users; update users set name = '' $$",
                "-- drop table users;\nselect 1",
                "/* drop table users; */ select 1",
                "insert into mine values ('x')",
                "comment on table mine is 'x'",
                "drop function f(text); create function f(text, text default '') returns text language sql as $$ select 1 $$",
            })
    void seesNoEffectWhereThereIsNone(String sql) {
        assertEquals(List.of(), MigrationScript.parse(sql).effects());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            LOCKS         | users | alter table users add column a text
            LOCKS         | users | alter table users add column a text not null default ''
            LOCKS         | users | alter table users add column a timestamptz not null default now()
            LOCKS         | users | alter table users alter column a set default 1
            LOCKS         | users | alter table users add constraint c check (a > 0) not valid
            LOCKS         | users | LOCK TABLE sessions, users IN access exclusive mode
            LOCKS         | users | create trigger t after insert on users for each row execute function f()
            BLOCKS_WRITES | users | create index i on users (name)
            BLOCKS_WRITES | users | create unique index i on users using btree (name) where name is not null
            REWRITES      | users | update users set a = 1
            REWRITES      | users | delete from users where a = 1
            REWRITES      | users | alter table users add column a uuid not null default gen_random_uuid()
            REWRITES      | users | alter table users add column b text, add column a xid8 default pg_current_xact_id()
            REWRITES      | users | alter table users alter column a set not null
            REWRITES      | users | alter table users add constraint c check (a > 0)
            REWRITES      | users | alter table users alter a type bigint
            REMOVES       | users | drop table users
            REMOVES       | users | Drop Table If Exists users cascade
            REMOVES       | users | alter table users drop column a
            REMOVES       | users | alter table users rename column a to b
            REMOVES       | users | alter table users rename to people
            REMOVES       | users | alter table users alter column a type bigint
            REMOVES       | f     | drop function f(text)
            REMOVES       | s     | drop sequence s
            """)
    void seesTheEffectOfAStatement(Kind kind, String object, String sql) {
        MigrationScript script = MigrationScript.parse(sql);
        assertTrue(script.effects().contains(new Effect(kind, object)), script.toString());
        if (kind == Kind.LOCKS) {
            assertFalse(script.has(Kind.REWRITES) || script.has(Kind.REMOVES), script.toString());
        }
    }

    /** Migrations only expand. One that is written anew and takes time is looked at, and gets its line here. */
    @Test
    void ourMigrationsOnlyExpand() throws IOException {
        Map<String, List<Effect>> slow = new TreeMap<>();
        try (Stream<Path> files = Files.list(MIGRATIONS)) {
            for (Path file : files.toList()) {
                MigrationScript script = MigrationScript.parse(Files.readString(file));
                assertFalse(script.has(Kind.REMOVES), file + " takes away what the release before uses: " + script);
                List<Effect> effects = script.effects().stream()
                        .filter(effect -> effect.kind() == Kind.REWRITES)
                        .toList();
                if (!effects.isEmpty()) {
                    slow.put(file.getFileName().toString().substring(0, 4), effects);
                }
            }
        }
        assertEquals(
                Map.of(
                        "V002", List.of(new Effect(Kind.REWRITES, "revocations")),
                        "V003", List.of(new Effect(Kind.REWRITES, "signing_keys"))),
                slow);
    }

    @Test
    void upgradeOfASmallDatabaseIsNothingToWorryAbout() {
        List<CheckResult> results = upgrade("create index i on users (name)", Map.of("users", 5_000L));
        assertEquals(List.of(Status.OK), statuses(results));
        assertTrue(results.getFirst().message().contains("locks users for a moment"), results.toString());
    }

    @Test
    void upgradeWarnsOfLargeTables() {
        List<CheckResult> results = upgrade(
                "alter table sessions add column a text; create index i on users (name); update users set a = 1",
                Map.of("users", 2_000_000L, "sessions", 9_000_000L));
        assertEquals(List.of(Status.WARNING, Status.WARNING), statuses(results));
        assertEquals("V014 more", results.getFirst().name());
        assertTrue(
                results.getFirst().message().contains("an index over about 2,000,000 rows of users"),
                results.toString());
        assertTrue(results.getFirst().remedy().contains("latchkey migrate"), results.toString());
    }

    @Test
    void upgradeRefusesWhatTakesAway() {
        List<CheckResult> results = upgrade("alter table users drop column name", Map.of("users", 1L));
        assertEquals(List.of(Status.ERROR), statuses(results));
        assertTrue(results.getFirst().remedy().contains("stop all replicas"), results.toString());
    }

    @Test
    void upgradeOfAnEmptyDatabaseLocksNothing() {
        State empty = new State(List.of(), List.of("V001"), List.of(), List.of(), List.of(), List.of());
        List<CheckResult> results =
                UpgradeCheck.run(empty, List.of(pending("drop table users; update users set a = 1")), Map.of(), true);
        assertEquals(List.of(Status.OK), statuses(results), "what it works on is its own");
    }

    @Test
    void upgradeRefusesTheDatabaseOfAnotherProgram() {
        State none = new State(List.of(), List.of("V001"), List.of(), List.of(), List.of(), List.of());
        List<CheckResult> results = UpgradeCheck.run(none, List.of(pending("select 1")), Map.of("orders", 1L), true);
        assertEquals(Status.ERROR, results.getFirst().status());
        assertTrue(results.getFirst().remedy().contains("database of its own"), results.toString());
    }

    @Test
    void upgradeTellsFailedAndNewerMigrations() {
        State state = new State(
                List.of("V001"), List.of(), List.of("V013"), List.of("V014"), List.of("V002"), List.of("V003"));
        assertEquals(
                List.of(Status.ERROR, Status.ERROR, Status.ERROR, Status.WARNING),
                statuses(UpgradeCheck.run(state, List.of(), Map.of("users", 1L), true)));
        assertFalse(state.isComplete());
    }

    private static List<CheckResult> upgrade(String sql, Map<String, Long> tables) {
        State state = new State(List.of("V013"), List.of("V014"), List.of(), List.of(), List.of(), List.of());
        return UpgradeCheck.run(state, List.of(pending(sql)), tables, true);
    }

    private static Pending pending(String sql) {
        return new Pending("V014 more", MigrationScript.parse(sql));
    }

    private static List<Status> statuses(List<CheckResult> results) {
        return results.stream().map(CheckResult::status).toList();
    }
}
