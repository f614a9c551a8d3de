package dev.latchkey.platform.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Replicas of the release before go on with their statements in the newest schema, so no migration takes away, renames or
 * narrows what there was. {@link MigrationScript} tells an operator what matters to them; this test is stricter, and knows the
 * exceptions by name.
 */
class ExpandingMigrationsTest {

    private static final Path MIGRATIONS = Path.of("src", "main", "resources", "db", "migration");

    /** The schema of the first release: what came before it is nothing that any release used. */
    private static final String FIRST = "V005";

    private static final Map<String, String> ALLOWED = Map.of(
            "V006 drop function revoke_user",
            "created again with further parameters, which have defaults: calls with one or two mean the same",
            "V006 drop trigger links_withdrawn",
            "created again with a condition that is true of what the release before writes",
            "V007 drop constraint sessions_user_id_fkey",
            "less is forbidden than before; that sessions end with their user is the work of a trigger",
            "V007 drop index sessions_user_idx",
            "another index begins with the same column");

    private static final Pattern NOT_STATEMENTS =
            Pattern.compile("--[^\n]*|/\\*.*?\\*/|\\$(\\w*)\\$.*?\\$\\1\\$|'(?:[^']|'')*'", Pattern.DOTALL);

    /** Whatever the kind of the object: table, column, function, trigger, index, constraint, default, and so on. */
    private static final Pattern DROP =
            Pattern.compile("\\bdrop (?!not null)(?:materialized )?(\\w+)(?: if exists)?(?: (\\w+))?");

    private static final List<Pattern> NARROWING = List.of(
            Pattern.compile("\\brename\\b(?: (?:column|constraint) \\w+)?"),
            Pattern.compile("\\balter (?:column )?\\w+ (?:set data )?type\\b"),
            Pattern.compile("\\balter (?:column )?\\w+ set not null\\b"),
            Pattern.compile("\\bset schema\\b"),
            Pattern.compile("\\btruncate\\b"),
            Pattern.compile("\\bdelete from \\w+"),
            Pattern.compile("\\brevoke\\b.* from\\b"));

    /** A column that the release before does not name in its inserts. */
    private static final Pattern ADDED_COLUMN =
            Pattern.compile("\\badd column (?:if not exists )?(\\w+) ((?:\\([^)]*\\)|[^,(])*)");

    private static final Pattern ADDED_CONSTRAINT = Pattern.compile(
            "^alter table .*\\badd (?:constraint (\\w+) )?(check|unique|foreign key|exclude|primary key)\\b");

    private static final Pattern UNIQUE_INDEX =
            Pattern.compile("^create unique index (?:concurrently )?(?:if not exists )?(\\w+) on (\\w+)");

    @Test
    void migrationsSinceTheFirstReleaseTakeNothingAway() throws IOException {
        Map<String, List<String>> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(MIGRATIONS)) {
            for (Path file : files.sorted().toList()) {
                String version = file.getFileName().toString().substring(0, 4);
                if (version.compareTo(FIRST) > 0) {
                    List<String> contractions = contractions(Files.readString(file));
                    found.put(version, contractions);
                }
            }
        }
        assertTrue(found.containsKey("V006"), found.toString());
        TreeSet<String> named = new TreeSet<>();
        found.forEach(
                (version, contractions) -> contractions.forEach(contraction -> named.add(version + " " + contraction)));
        assertEquals(
                new TreeSet<>(ALLOWED.keySet()), named, "each exception has its reason here, and no other is made");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            drop table users               | drop table users cascade
            drop table users               | Drop Table If Exists users
            drop view v                    | drop materialized view v
            drop column name               | alter table users drop column name
            drop column name               | alter table users add column a text, drop column if exists name
            drop default                   | alter table users alter column roles drop default
            drop function revoke_user      | drop function revoke_user(text)
            drop trigger t                 | drop trigger t on users
            rename                         | alter table users rename to people
            rename column name             | alter table users rename column name to full_name
            alter name type                | alter table users alter name type bytea
            alter column name type         | alter table users alter column name type bytea
            alter column name set data type| alter table users alter column name set data type bytea
            alter column name set not null | alter table users alter column name set not null
            truncate                       | truncate revocations
            delete from sessions           | delete from sessions where user_id not in (select id from users)
            add column a not null          | alter table users add column a text not null
            add column b not null          | alter table users add column a numeric(5, 2) not null default 0, add column b text not null
            add check small                | alter table users add constraint small check (a < 5)
            add unique                     | alter table users add unique (name)
            add foreign key fk             | alter table sessions add constraint fk foreign key (user_id) references users
            create unique index i on users | create unique index i on users (name)
            """)
    void seesWhatTakesAwayOrNarrows(String contraction, String sql) {
        assertTrue(contractions(sql).contains(contraction), contractions(sql).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter table users add column a text",
                "alter table users add column a text not null default ''",
                "alter table users add column a numeric(5, 2) not null default 0",
                "alter table users alter column name drop not null",
                "alter table users alter column roles set default '{}'",
                "create table mine (id text primary key, name text not null); create unique index i on mine (name)",
                "create function f() returns text language sql as $$ drop table users; delete from users $$",
                "-- drop table users\ncreate index i on users (name)",
                "comment on table users is 'do not drop table users'",
            })
    void seesNothingWhereThereIsMoreThanBefore(String sql) {
        assertEquals(List.of(), contractions(sql));
    }

    private static List<String> contractions(String sql) {
        List<String> found = new ArrayList<>();
        List<String> created = new ArrayList<>();
        for (String text : NOT_STATEMENTS.matcher(sql).replaceAll(" ''").split(";")) {
            String statement = text.replaceAll("\\s+", " ").strip().toLowerCase(Locale.ROOT);
            Matcher table =
                    Pattern.compile("^create table (?:if not exists )?(\\w+)").matcher(statement);
            if (table.find()) {
                created.add(table.group(1));
                continue;
            }
            DROP.matcher(statement)
                    .results()
                    .forEach(drop ->
                            found.add("drop " + drop.group(1) + (drop.group(2) == null ? "" : " " + drop.group(2))));
            for (Pattern narrowing : NARROWING) {
                narrowing.matcher(statement).results().forEach(match -> found.add(match.group()));
            }
            ADDED_COLUMN
                    .matcher(statement)
                    .results()
                    .filter(column -> column.group(2).contains("not null")
                            && !column.group(2).contains("default")
                            && !column.group(2).contains("generated"))
                    .forEach(column -> found.add("add column " + column.group(1) + " not null"));
            Matcher constraint = ADDED_CONSTRAINT.matcher(statement);
            if (constraint.find()) {
                found.add(
                        "add " + constraint.group(2) + (constraint.group(1) == null ? "" : " " + constraint.group(1)));
            }
            Matcher index = UNIQUE_INDEX.matcher(statement);
            // One of a table of its own narrows nothing.
            if (index.find() && !created.contains(index.group(2))) {
                found.add("create unique index " + index.group(1) + " on " + index.group(2));
            }
        }
        return found;
    }
}
