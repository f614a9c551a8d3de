package dev.latchkey.platform.db;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a migration does to tables that are in use, read from its SQL.
 *
 * <p>Statements are recognised by their first words, as our migrations write them ({@code MigrationScriptTest} reads all of
 * them). What is not recognised is taken to be harmless, so a new kind of statement needs a line here.
 */
record MigrationScript(List<Effect> effects) {

    /** How a statement affects those who use the table meanwhile. */
    enum Kind {
        /** Takes an exclusive lock, and needs no time that depends on the rows. */
        LOCKS,
        /** Builds an index: writes wait until all rows were read. */
        BLOCKS_WRITES,
        /** Writes or reads each row under a lock. */
        REWRITES,
        /** Takes away or changes what the release before uses. */
        REMOVES
    }

    /**
     * One statement's effect.
     *
     * @param object the table; with {@link Kind#REMOVES} whatever is removed
     */
    record Effect(Kind kind, String object) {}

    private static final Pattern NOT_STATEMENTS =
            Pattern.compile("--[^\n]*|/\\*.*?\\*/|\\$(\\w*)\\$.*?\\$\\1\\$", Pattern.DOTALL);

    private static final Pattern ALTER = Pattern.compile("alter table (?:if exists )?(?:only )?(\\w+) (.*)");
    private static final Pattern LOCK = Pattern.compile("lock (?:table )?([\\w, ]+?) in .*");
    private static final Pattern INDEX =
            Pattern.compile("create (?:unique )?index (?!concurrently)(?:if not exists )?\\w+ on (?:only )?(\\w+).*");
    private static final Pattern UPDATE = Pattern.compile("(?:update|delete from) (?:only )?(\\w+).*");
    private static final Pattern DROP =
            Pattern.compile("drop (table|view|sequence|function|type) (?:if exists )?(\\w+).*");
    private static final Pattern TRIGGER = Pattern.compile("(?:create|drop) trigger .* on (\\w+).*");

    /** Clauses of ALTER TABLE that read or write each row. */
    private static final Pattern REWRITING = Pattern.compile(
            "\\bset not null\\b|\\balter (?:column )?\\w+ (?:set data )?type\\b|\\badd (?:constraint \\w+ )?(?:primary key|unique|check|foreign key)"
                    + "(?!.*\\bnot valid\\b)|\\badd column [^,]*\\bgenerated\\b");

    private static final Pattern REMOVING =
            Pattern.compile("\\bdrop column\\b|\\brename\\b|\\balter (?:column )?\\w+ (?:set data )?type\\b");

    private static final Pattern COMPUTED_DEFAULT = Pattern.compile("\\badd column [^,]*?\\bdefault (\\w+)\\(");

    /** PostgreSQL computes the default of these once, and of other functions for each row. */
    private static final Set<String> CONSTANT = Set.of("now", "statement_timestamp", "transaction_timestamp");

    static MigrationScript parse(String sql) {
        String statements = NOT_STATEMENTS.matcher(sql).replaceAll(" ");
        List<String> words = new ArrayList<>();
        for (String statement : statements.split(";")) {
            String normal = statement.replaceAll("\\s+", " ").strip().toLowerCase(Locale.ROOT);
            if (!normal.isEmpty()) {
                words.add(normal);
            }
        }
        List<Effect> effects = new ArrayList<>();
        for (String statement : words) {
            read(statement, words, effects);
        }
        return new MigrationScript(effects.stream().distinct().toList());
    }

    boolean has(Kind kind) {
        return effects.stream().anyMatch(effect -> effect.kind() == kind);
    }

    private static void read(String statement, List<String> all, List<Effect> effects) {
        Matcher alter = ALTER.matcher(statement);
        Matcher index = INDEX.matcher(statement);
        Matcher update = UPDATE.matcher(statement);
        Matcher drop = DROP.matcher(statement);
        Matcher lock = LOCK.matcher(statement);
        Matcher trigger = TRIGGER.matcher(statement);
        if (alter.matches()) {
            String table = alter.group(1);
            effects.add(new Effect(Kind.LOCKS, table));
            if (REWRITING.matcher(alter.group(2)).find() || hasComputedDefault(alter.group(2))) {
                effects.add(new Effect(Kind.REWRITES, table));
            }
            if (REMOVING.matcher(alter.group(2)).find()) {
                effects.add(new Effect(Kind.REMOVES, table));
            }
        } else if (index.matches()) {
            effects.add(new Effect(Kind.BLOCKS_WRITES, index.group(1)));
        } else if (update.matches()) {
            effects.add(new Effect(Kind.REWRITES, update.group(1)));
        } else if (drop.matches()) {
            // A function that is created again has further parameters, with defaults.
            boolean again = drop.group(1).equals("function")
                    && all.stream().anyMatch(other -> other.startsWith("create function " + drop.group(2) + "("));
            if (!again) {
                effects.add(new Effect(Kind.REMOVES, drop.group(2)));
            }
        } else if (lock.matches()) {
            for (String table : lock.group(1).split(",")) {
                effects.add(new Effect(Kind.LOCKS, table.strip()));
            }
        } else if (trigger.matches()) {
            effects.add(new Effect(Kind.LOCKS, trigger.group(1)));
        }
    }

    private static boolean hasComputedDefault(String clauses) {
        return COMPUTED_DEFAULT.matcher(clauses).results().anyMatch(computed -> !CONSTANT.contains(computed.group(1)));
    }
}
