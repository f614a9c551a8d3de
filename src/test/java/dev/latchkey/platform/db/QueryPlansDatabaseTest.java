package dev.latchkey.platform.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Relay;
import dev.latchkey.fixture.SeededDatabase;
import dev.latchkey.fixture.SeededRows;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.agroal.api.AgroalDataSource;
import io.quarkus.arc.All;
import io.quarkus.arc.ClientProxy;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * How the database executes each query: by an index, whatever the parameters are, in tables that grow with users and sessions.
 *
 * <p>Every method of every repository is called with made-up arguments, so that a new query is here without being listed; a
 * repository is where queries stand ({@code ArchitectureTest}). What was prepared is seen on the wire, and explained as the plan
 * that is for all parameters. Tables that are read as a whole by a function or a trigger are noticed, too.
 *
 * <p>{@code bench/plans} runs it on a large database, and keeps the plans.
 */
@QuarkusTest
@WithTestResource(QueryPlansDatabaseTest.PlannedDatabase.class)
class QueryPlansDatabaseTest {

    private static final String URL = "plans.url";
    private static final int USERS = 20_000;

    /** With fewer rows reading them all is cheaper than an index. */
    private static final int LEAST_ROWS = 5_000;

    /** More than the sessions, links or events of one user that a request has sorted. */
    private static final int MOST_SORTED = 1_000;

    /** Tables whose number of rows does not depend on that of users and sessions. */
    private static final Set<String> SMALL = Set.of(
            "flyway_schema_history",
            "revocation_policy",
            "signing_keys",
            // latchkey.mail.queue bounds it.
            "outgoing_emails",
            // Of users whose sessions are just being deleted.
            "ended_sessions",
            "dry_run_users");

    /** Reads all revocations and disabled users that there are: a replica needs them when it starts. */
    private static final Pattern READS_ALL_ON_PURPOSE =
            Pattern.compile("(?s)select 'session', session_id(?!.*pg_visible_in_snapshot).*");

    /** The form of statements that delete what is too old, which {@link RetentionJob} executes. */
    private static final Pattern OF_RETENTION = Pattern.compile("(?s).* where ctid = any .*");

    /** An index of few rows among many, which may be read as a whole. */
    private static final String FEW = "users_administrators_idx";

    private static final String UNIQUE_VIOLATION = "23505";

    private static final Pattern NODE =
            Pattern.compile("(?m)^( *(?:->)? *)(\\S[^(\n]*?)  \\(cost=\\S+ rows=(\\d+) width=\\d+\\)$");

    Relay relay;

    /** The same database, for what the test itself asks. */
    EmbeddedDatabase direct;

    @Inject
    @All
    List<PanacheRepositoryBase<?, ?>> repositories;

    @Inject
    AgroalDataSource database;

    @Inject
    EntityManager entities;

    @Inject
    Migrations migrations;

    /** A database behind a relay, in which each plan is that for all parameters. */
    public static final class PlannedDatabase implements QuarkusTestResourceLifecycleManager {

        private Relay relay;
        private EmbeddedDatabase target;

        private static EmbeddedDatabase given() {
            return new EmbeddedDatabase(
                    System.getProperty(URL),
                    System.getProperty("plans.user", "latchkey"),
                    System.getenv().getOrDefault("QUARKUS_DATASOURCE_PASSWORD", "none"));
        }

        @Override
        public Map<String, String> start() {
            target = System.getProperty(URL) == null ? EmbeddedDatabaseResource.emptyDatabase() : given();
            Matcher port = Pattern.compile("127\\.0\\.0\\.1:([0-9]+)/").matcher(target.url());
            if (!port.find()) {
                throw new IllegalStateException("Give the database as jdbc:postgresql://127.0.0.1:PORT/NAME");
            }
            relay = Relay.to(Integer.parseInt(port.group(1)));
            return Map.of(
                    "quarkus.datasource.jdbc.url",
                    port.replaceFirst("127.0.0.1:" + relay.port() + "/")
                            + "?options=-c%20plan_cache_mode=force_generic_plan",
                    "quarkus.datasource.username",
                    target.username(),
                    "quarkus.datasource.password",
                    target.password(),
                    "LATCHKEY_SECRET",
                    EmbeddedDatabaseResource.SECRET);
        }

        @Override
        public void inject(TestInjector injector) {
            injector.injectIntoFields(relay, new TestInjector.MatchesType(Relay.class));
            injector.injectIntoFields(target, new TestInjector.MatchesType(EmbeddedDatabase.class));
        }

        @Override
        public void stop() {
            // The server is not this resource's alone.
        }
    }

    @Test
    void queriesUseIndexesWhateverTheirParametersAre() throws Exception {
        assertTrue(migrations.isDone());
        if (System.getProperty(URL) == null) {
            try (Connection connection = direct.connect()) {
                SeededDatabase.fill(
                        connection,
                        new SeededRows(1, USERS, 5 * USERS, 6 * USERS, "none", Instant.now(), LEAST_ROWS),
                        line -> {});
            }
        }
        String userId =
                column("select id from users where disabled_at is null limit 1").getFirst();
        MadeUpArguments arguments = new MadeUpArguments(userId, entities);

        List<String> problems = new ArrayList<>();
        for (PanacheRepositoryBase<?, ?> proxy : repositories) {
            callMethods(ClientProxy.unwrap(proxy), arguments, problems);
            callFrameworkMethods(ClientProxy.unwrap(proxy), arguments, problems);
        }
        problems.addAll(explain());

        assertEquals("", String.join("\n", new LinkedHashSet<>(problems)));
    }

    /** Without this, a repository that is none by its type would be left out. */
    @Test
    void everyRepositoryIsCalled() throws IOException {
        Set<String> called = repositories.stream()
                .map(it -> repository(ClientProxy.unwrap(it)).getSimpleName())
                .collect(Collectors.toCollection(TreeSet::new));
        try (Stream<Path> classes = Files.walk(Path.of("target", "classes", "dev"))) {
            Set<String> named = classes.map(it -> it.getFileName().toString())
                    .filter(it -> it.endsWith("Repository.class"))
                    .map(it -> it.replace(".class", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(named, called);
        }
    }

    private void callMethods(PanacheRepositoryBase<?, ?> repository, MadeUpArguments arguments, List<String> problems) {
        Class<?> type = repository(repository);
        Stream.of(type.getDeclaredMethods())
                .filter(it -> !Modifier.isStatic(it.getModifiers())
                        && !Modifier.isPrivate(it.getModifiers())
                        && !it.isSynthetic()
                        && !it.getName().contains("$")
                        && !isOfFramework(it))
                .sorted(Comparator.comparing(Method::getName))
                .forEach(method -> {
                    method.setAccessible(true);
                    for (boolean isNull : new boolean[] {false, true}) {
                        call(
                                type.getSimpleName() + "." + method.getName(),
                                () -> {
                                    if (method.getName().endsWith("DryRun") && method.getParameterCount() > 0) {
                                        call(repository, "prepareDryRun");
                                    }
                                    return invoke(method, repository, arguments.of(method, isNull));
                                },
                                problems);
                    }
                });
    }

    /** Panache writes its own methods into each repository. */
    private static boolean isOfFramework(Method method) {
        return Stream.of(PanacheRepositoryBase.class.getMethods())
                .anyMatch(its -> its.getName().equals(method.getName())
                        && its.getParameterCount() == method.getParameterCount()
                        && IntStream.range(0, its.getParameterCount())
                                .allMatch(i ->
                                        its.getParameterTypes()[i].isAssignableFrom(method.getParameterTypes()[i])));
    }

    /** Those of its methods that are in use; the others have a query parsed. */
    @SuppressWarnings("unchecked") // the id is of the type that the repository names
    private void callFrameworkMethods(
            PanacheRepositoryBase<?, ?> repository, MadeUpArguments arguments, List<String> problems) {
        Class<?> type = repository(repository);
        Object id = arguments.idOf(type);
        PanacheRepositoryBase<?, Object> any = (PanacheRepositoryBase<?, Object>) repository;
        call(type.getSimpleName() + ".findById", () -> any.findByIdOptional(id), problems);
        call(
                type.getSimpleName() + ".findById for update",
                () -> any.findByIdOptional(id, LockModeType.PESSIMISTIC_WRITE),
                problems);
        call(
                type.getSimpleName() + ".findById for share",
                () -> any.findByIdOptional(id, LockModeType.PESSIMISTIC_READ),
                problems);
        call(
                type.getSimpleName() + ".deleteById",
                () -> {
                    any.deleteById(id);
                    any.flush();
                    return true;
                },
                problems);
    }

    private static Class<?> repository(Object bean) {
        Class<?> type = bean.getClass();
        while (!type.getSimpleName().endsWith("Repository")) {
            type = type.getSuperclass();
        }
        return type;
    }

    private static void call(Object bean, String name) {
        try {
            Method method = repository(bean).getDeclaredMethod(name);
            method.setAccessible(true);
            invoke(method, bean);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object invoke(Method method, Object bean, Object... arguments) {
        try {
            return method.invoke(bean, arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Calls a method in a transaction that is rolled back, and reports what it reads as a whole. */
    private void call(String name, Supplier<Object> method, List<String> problems) {
        QuarkusTransaction.begin();
        try {
            if (name.matches(".*\\.delete(Expired|OlderThan)")) {
                execute(RetentionJob.LOCK);
            }
            Map<String, Long> before = wholeReads();
            method.get();
            wholeReads().forEach((table, times) -> {
                if (times > before.getOrDefault(table, 0L)) {
                    problems.add(name + " reads all of " + table);
                }
            });
        } catch (RuntimeException e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            // A row that is there already was looked up all the same.
            if (name.contains(".insert")
                    && cause instanceof SQLException sql
                    && UNIQUE_VIOLATION.equals(sql.getSQLState())) {
                return;
            }
            problems.add(name + " failed with arguments that were made up: " + cause);
        } finally {
            QuarkusTransaction.rollback();
        }
    }

    private void execute(String sql) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How often this connection has read each of the tables that grow from its beginning to its end. */
    private Map<String, Long> wholeReads() {
        Map<String, Long> reads = new TreeMap<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select relname, seq_scan from pg_stat_xact_user_tables where seq_scan > 0")) {
            while (rows.next()) {
                if (!SMALL.contains(rows.getString(1))) {
                    reads.put(rows.getString(1), rows.getLong(2));
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return reads;
    }

    /** Explains what was prepared on the wire, keeps the plans, and returns what is wrong with them. */
    private List<String> explain() throws SQLException, IOException {
        List<String> problems = new ArrayList<>();
        StringBuilder plans = new StringBuilder();
        String migrations = migrations();
        Set<String> tables = new TreeSet<>(column("select relname from pg_class where relkind = 'r'"
                + " and relnamespace = current_schema()::regnamespace"));
        tables.removeAll(SMALL);
        Pattern grows = Pattern.compile("\\b(" + String.join("|", tables) + ")\\b");
        List<Relay.PreparedText> prepared = relay.prepared().stream()
                .filter(it -> it.sql().matches("(?is)\\s*(select|with|insert|update|delete)\\b.*")
                        && grows.matcher(it.sql()).find()
                        && !migrations.contains(it.sql()))
                .sorted(Comparator.comparing(Relay.PreparedText::sql))
                .toList();
        try (Connection connection = direct.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set local plan_cache_mode = force_generic_plan");
            statement.execute(
                    "create temporary table if not exists dry_run_users (id text, email text) on commit drop");
            for (Relay.PreparedText one : prepared) {
                String plan = plan(statement, one);
                // A plan for these parameters, which are null.
                assertFalse(plan.contains("One-Time Filter: false"), plan);
                plans.append(one.sql().strip().replaceAll("\\s+", " ")).append('\n');
                plans.append(NODE.matcher(plan).replaceAll("$1$2").indent(4)).append('\n');
                if (!READS_ALL_ON_PURPOSE.matcher(one.sql()).matches()) {
                    problems(plan, tables).forEach(it -> problems.add(it + ":\n" + one.sql() + "\n" + plan));
                }
            }
            connection.rollback();
        }
        Path folder = Files.createDirectories(Path.of("target", "plans"));
        Files.writeString(folder.resolve("plans.txt"), plans.toString());
        assertTrue(prepared.size() > 50, "only " + prepared.size() + " statements were seen");
        return problems;
    }

    /** The texts of all migrations, whose statements are executed once. */
    private static String migrations() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(Path.of("src", "main", "resources", "db", "migration"))) {
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    private static String plan(Statement statement, Relay.PreparedText prepared) throws SQLException {
        String types = prepared.types().stream()
                .map(it -> it == 0 ? "unknown" : it + "::regtype")
                .collect(Collectors.joining(","));
        String names = "";
        String values = "";
        if (!prepared.types().isEmpty()) {
            try (ResultSet row = statement.executeQuery("select concat_ws(', ', "
                    + prepared.types().stream()
                            .map(it -> it == 0 ? "'unknown'" : "format_type(" + it + ", null)")
                            .collect(Collectors.joining(", "))
                    + ")")) {
                row.next();
                names = " (" + row.getString(1) + ")";
            }
            values = prepared.types().stream().map(it -> "null").collect(Collectors.joining(", ", " (", ")"));
        }
        statement.execute("set local enable_seqscan = "
                + (OF_RETENTION.matcher(prepared.sql()).matches() ? "off" : "on"));
        statement.execute("prepare explained" + names + " as " + prepared.sql());
        try (ResultSet lines = statement.executeQuery("explain execute explained" + values)) {
            StringBuilder plan = new StringBuilder();
            while (lines.next()) {
                plan.append(lines.getString(1)).append('\n');
            }
            return plan.toString();
        } finally {
            statement.execute("deallocate explained");
        }
    }

    /** What is read without a condition on an index, or sorted without end. */
    private static List<String> problems(String plan, Set<String> tables) {
        List<String> problems = new ArrayList<>();
        String[] lines = plan.split("\n");
        String limitedBy = "";
        for (int i = 0; i < lines.length; i++) {
            Matcher node = NODE.matcher(lines[i]);
            if (!node.matches()) {
                continue;
            }
            String what = node.group(2);
            long rows = Long.parseLong(node.group(3));
            Matcher scan = Pattern.compile(
                            "(?:Parallel )?(Seq Scan|Index Scan|Index Only Scan|Index Scan Backward|Bitmap Index Scan)"
                                    + "(?: Backward)?(?: using \\S+)? on (\\S+).*")
                    .matcher(what);
            if (what.startsWith("Limit")) {
                limitedBy = "a limit";
            }
            // What a common table expression finds is bounded where that is planned.
            boolean isOfExpression = i + 2 < lines.length && lines[i + 2].contains("CTE Scan");
            if (what.startsWith("Sort") && rows > MOST_SORTED && !isOfExpression) {
                problems.add("sorts " + rows + " rows");
            }
            if (scan.matches() && scan.group(1).equals("Seq Scan") && tables.contains(scan.group(2))) {
                problems.add("reads all of " + scan.group(2));
            }
            boolean isByIndex = scan.matches() && scan.group(1).contains("Index");
            boolean hasCondition = i + 1 < lines.length && lines[i + 1].strip().startsWith("Index Cond:");
            if (isByIndex
                    && !hasCondition
                    && limitedBy.isEmpty()
                    && !what.contains(FEW)
                    && SMALL.stream().noneMatch(scan.group(2)::startsWith)) {
                problems.add("reads all of an index");
            }
        }
        return problems;
    }

    private List<String> column(String sql) throws SQLException {
        try (Connection connection = direct.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }
}
