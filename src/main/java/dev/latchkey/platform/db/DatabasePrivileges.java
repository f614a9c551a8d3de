package dev.latchkey.platform.db;

import dev.latchkey.platform.boot.DeploymentCheck.CheckResult;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rights that the service's role needs in the database. {@code deploy/sql/roles.sql} grants them, and
 * {@code DatabaseRolesDatabaseTest} holds that they are enough, and that no table is missing here.
 */
final class DatabasePrivileges {

    private static final Set<String> ALL = Set.of("select", "insert", "update", "delete");

    /** For each table. */
    static final Map<String, Set<String>> TABLES = Map.ofEntries(
            Map.entry("users", ALL),
            Map.entry("credentials", ALL),
            Map.entry("bans", ALL),
            Map.entry("sessions", ALL),
            Map.entry("ended_sessions", ALL),
            Map.entry("revocations", Set.of("select", "insert", "delete")),
            Map.entry("user_revocations", ALL),
            Map.entry("disabled_users", ALL),
            Map.entry("revocation_policy", Set.of("select", "update")),
            Map.entry("signing_keys", ALL),
            // Deleting old events may be left to another role.
            Map.entry("audit_events", Set.of("select", "insert")),
            Map.entry("throttle_buckets", ALL),
            Map.entry("mailed_links", ALL),
            Map.entry("reserved_emails", ALL),
            Map.entry("outgoing_emails", ALL),
            Map.entry("flyway_schema_history", Set.of("select")));

    static final Set<String> SEQUENCES = Set.of("session_numbers");

    private static final String REMEDY = "run deploy/sql/roles.sql again, as the administrator of the database";

    /** What the current role may do with each table and sequence of its schema. */
    private static final String ACTUAL = """
            select c.relname, c.relkind = 'S', pg_has_role(c.relowner, 'member'),
                has_table_privilege(c.oid, 'select'), has_table_privilege(c.oid, 'insert'),
                has_table_privilege(c.oid, 'update'), has_table_privilege(c.oid, 'delete'),
                c.relkind = 'S' and has_sequence_privilege(c.oid, 'usage')
            from pg_class c
            where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'S')
            order by c.relname""";

    private static final String ROLE = """
            select rolsuper, rolcreaterole, rolreplication, rolbypassrls,
                has_schema_privilege(current_schema(), 'create')
            from pg_roles where rolname = current_user""";

    private DatabasePrivileges() {}

    /** Checks the rights of a connection's role. */
    static List<CheckResult> check(Connection connection, boolean migrates) throws SQLException {
        Map<String, Set<String>> missing = new TreeMap<>();
        Set<String> owned = new TreeSet<>();
        Set<String> excessive = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(ACTUAL)) {
            while (rows.next()) {
                String name = rows.getString(1);
                Map<String, Boolean> may = new LinkedHashMap<>();
                if (rows.getBoolean(2)) {
                    if (SEQUENCES.contains(name)) {
                        may.put("usage", rows.getBoolean(8));
                    }
                } else {
                    may.put("select", rows.getBoolean(4));
                    may.put("insert", rows.getBoolean(5));
                    may.put("update", rows.getBoolean(6));
                    may.put("delete", rows.getBoolean(7));
                }
                Set<String> needed = rows.getBoolean(2) ? Set.of("usage") : TABLES.getOrDefault(name, Set.of());
                may.forEach((right, granted) -> {
                    if (needed.contains(right) && !granted) {
                        missing.computeIfAbsent(name, table -> new TreeSet<>()).add(right);
                    }
                });
                if (rows.getBoolean(3)) {
                    owned.add(name);
                } else if ((name.equals("audit_events") || name.equals("flyway_schema_history"))
                        && (may.getOrDefault("update", false)
                                || (name.equals("flyway_schema_history") && may.getOrDefault("insert", false)))) {
                    excessive.add(name);
                }
            }
        }
        List<CheckResult> results = new ArrayList<>();
        results.add(
                missing.isEmpty()
                        ? CheckResult.ok("privileges", "the role may read and write what it needs")
                        : CheckResult.error("privileges", "the role lacks " + describe(missing), REMEDY));
        results.addAll(role(connection, migrates, !owned.isEmpty()));
        if (!excessive.isEmpty()) {
            results.add(CheckResult.warning(
                    "excessive privileges",
                    "the role may change rows of " + String.join(" and ", excessive) + ", which it never has to",
                    REMEDY));
        }
        return results;
    }

    private static List<CheckResult> role(Connection connection, boolean migrates, boolean owns) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(ROLE)) {
            row.next();
            if (row.getBoolean(1) || row.getBoolean(2) || row.getBoolean(3) || row.getBoolean(4)) {
                return List.of(CheckResult.warning(
                        "role",
                        "is a superuser, or may create roles, replicate or pass by row security",
                        "use a role without these rights; deploy/sql/roles.sql creates one"));
            }
            boolean changesSchema = owns || row.getBoolean(5);
            if (changesSchema && !migrates) {
                return List.of(CheckResult.warning(
                        "role",
                        "owns tables or may create some, although it does not migrate (latchkey.database.migrate=false)",
                        "let another role own the tables; see \"Database roles\" in the operations manual"));
            }
            return List.of(
                    changesSchema
                            // Also how a small deployment is meant to be.
                            ? CheckResult.ok(
                                    "role",
                                    "owns the tables, so that it can migrate them, and could rewrite the audit log; roles"
                                            + " of their own for either are in deploy/sql/roles.sql")
                            : CheckResult.ok("role", "can neither create, alter nor drop tables"));
        }
    }

    private static String describe(Map<String, Set<String>> missing) {
        List<String> parts = new ArrayList<>();
        missing.forEach((table, rights) -> parts.add(String.join(", ", rights) + " on " + table));
        return String.join("; ", parts);
    }
}
