package dev.latchkey.platform.db;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.key.KeyRotation;
import dev.latchkey.platform.boot.DeploymentCheck.CheckResult;
import dev.latchkey.platform.boot.DeploymentCheck.Status;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.quarkus.arc.All;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The roles of deploy/sql/roles.sql: the service runs with its own alone, and none has more than it needs. */
@QuarkusTest
@WithTestResource(DatabaseRolesDatabaseTest.Roles.class)
class DatabaseRolesDatabaseTest {

    private static final String MIGRATOR = "latchkey_migrator";
    private static final String SERVICE = "latchkey_service";
    private static final String AUDIT = "latchkey_audit";

    /** Creates the roles in an empty database, migrates it, and lets the service have the least of them. */
    public static final class Roles implements QuarkusTestResourceLifecycleManager {

        @Override
        public Map<String, String> start() {
            EmbeddedDatabase empty = EmbeddedDatabaseResource.emptyDatabase();
            grant(empty);
            for (String role : List.of(MIGRATOR, SERVICE, AUDIT)) {
                execute(superuser(empty), "alter role " + role + " password '" + empty.password() + "'");
            }
            Flyway.configure()
                    .dataSource(empty.url(), MIGRATOR, empty.password())
                    .load()
                    .migrate();
            grant(empty);
            return Map.of(
                    "quarkus.datasource.jdbc.url",
                    empty.url(),
                    "quarkus.datasource.username",
                    SERVICE,
                    "quarkus.datasource.password",
                    empty.password(),
                    "latchkey.database.migrate",
                    "false",
                    "LATCHKEY_SECRET",
                    EmbeddedDatabaseResource.SECRET);
        }

        @Override
        public void stop() {
            // The server is not this resource's alone.
        }
    }

    @ConfigProperty(name = "quarkus.datasource.jdbc.url")
    String url;

    @Inject
    Migrations migrations;

    @Inject
    KeyRotation keys;

    @All
    @Inject
    List<Expirable> expirables;

    @Test
    void serviceStartsOnASchemaThatAnotherRoleMigrated() {
        assertTrue(migrations.isDone(), migrations.pendingReason());
        assertEquals(SERVICE, value(SERVICE, "select current_user"));
        assertEquals(MIGRATOR, value(SERVICE, "select tableowner from pg_tables where tablename = 'users'"));
    }

    @Test
    void serviceServesUsersAndTheirSessions() {
        Person ada = Person.signedUp();
        Person again = ada.signedInAgain();
        Person.refresh(ada.refreshToken()).then().statusCode(200);
        Person.signIn(ada.email(), "wrong password here").then().statusCode(401);
        again.bearing()
                .contentType(ContentType.JSON)
                .body(Map.of("name", "Ada L."))
                .patch("/api/users/" + ada.id())
                .then()
                .statusCode(200);
        again.bearing().get("/api/users/" + ada.id() + "/events").then().statusCode(200);
        again.bearing()
                .delete("/api/users/" + ada.id() + "/sessions/" + ada.sessionId())
                .then()
                .statusCode(204);
        Person changed = again.with(again.bearing()
                .contentType(ContentType.JSON)
                .body(Map.of("current_password", Person.PASSWORD, "new_password", Person.PASSWORD + " 2"))
                .put("/api/users/" + ada.id() + "/password"));
        changed.bearing()
                .contentType(ContentType.JSON)
                .body(Map.of("password", Person.PASSWORD + " 2"))
                .delete("/api/users/" + ada.id())
                .then()
                .statusCode(204);
        given().get("/.well-known/jwks.json").then().statusCode(200);
    }

    @Test
    void serviceRotatesKeysAndDeletesWhatHasExpired() {
        assertInstanceOf(KeyRotation.RotationOutcome.class, keys.rotate());
        for (Expirable expirable : expirables) {
            if (!expirable.name().equals("audit events")) {
                QuarkusTransaction.requiringNew().run(() -> expirable.deleteExpired(10));
            }
        }
    }

    /** What the requests above do not touch. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into outgoing_emails (id, kind, recipient) values (gen_random_uuid(), 'x', 'ada@example.com')",
                "update outgoing_emails set attempts = 1",
                "delete from outgoing_emails",
                "update mailed_links set used_at = now()",
                "delete from reserved_emails",
                "select from revocation_policy for share",
                "update users set disabled_at = now(), roles = '{admin}' where id = 'nobody'",
                "select revoke_user('nobody')",
                "select end_sessions('nobody')",
                "select pg_notify('latchkey', 'keys')",
                "create temporary table dry_run_users (id text) on commit drop",
            })
    void serviceMay(String sql) throws SQLException {
        try (Connection connection = connect(SERVICE);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql);
            connection.rollback();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table mine (id text)",
                "create function mine() returns text language sql as 'select 1::text'",
                "create schema mine",
                "create role mine",
                "alter table users add column mine text",
                "alter table users disable trigger all",
                "create index mine on users (name)",
                "create trigger mine after insert on users for each row execute function tell_revocations()",
                "create or replace function tell_revocations() returns trigger language plpgsql as 'begin return null; end'",
                "drop table users",
                "drop trigger users_deleted on users",
                "truncate sessions",
                "update audit_events set outcome = 'success'",
                "delete from audit_events",
                "delete from revocation_policy",
                "insert into revocation_policy (id, kept, leeway) values (true, '0', '0')",
                "update revocations set expires_at = now()",
                "insert into flyway_schema_history select * from flyway_schema_history",
                "update flyway_schema_history set success = false",
                "delete from flyway_schema_history",
                "set role latchkey_migrator",
            })
    void serviceMayNot(String sql) {
        refuses(SERVICE, sql);
    }

    @Test
    void auditRoleReadsEventsAndNothingElse() {
        value(AUDIT, "select count(*) from audit_events");
        // The service's role cannot give it more: without the right to, a grant is a warning and has no effect.
        execute(database(SERVICE), "grant select on users to " + AUDIT);
        for (String table : DatabasePrivileges.TABLES.keySet()) {
            if (!table.equals("audit_events")) {
                refuses(AUDIT, "select from " + table);
            }
            refuses(AUDIT, "delete from " + table);
        }
        refuses(
                AUDIT,
                "insert into audit_events (id, type, ip, user_agent, outcome)"
                        + " values (gen_random_uuid(), 'x', '', '', 'x')");
        refuses(AUDIT, "update audit_events set outcome = 'success'");
        refuses(AUDIT, "select nextval('session_numbers')");
        refuses(AUDIT, "select revoke_user('nobody')");
        refuses(AUDIT, "create table mine (id text)");
        refuses(AUDIT, "create temporary table mine (id text)");
    }

    @Test
    void everyTableHasItsPrivileges() {
        assertEquals(
                new TreeSet<>(DatabasePrivileges.TABLES.keySet()),
                new TreeSet<>(column("select tablename from pg_tables where schemaname = 'public'")));
        assertEquals(
                DatabasePrivileges.SEQUENCES,
                new TreeSet<>(column("select sequencename from pg_sequences where schemaname = 'public'")));
        for (Map.Entry<String, java.util.Set<String>> table : DatabasePrivileges.TABLES.entrySet()) {
            assertEquals(
                    new TreeSet<>(table.getValue()),
                    new TreeSet<>(column("select lower(privilege_type) from information_schema.role_table_grants"
                            + " where grantee = '" + SERVICE + "' and table_name = '" + table.getKey() + "'")),
                    "what roles.sql grants on " + table.getKey());
        }
    }

    /** A new release works before the file is run again. */
    @Test
    void serviceMayUseTheTablesOfLaterMigrations() throws SQLException {
        EmbeddedDatabase own = EmbeddedDatabaseResource.emptyDatabase();
        grant(own);
        try (Connection migrator = new EmbeddedDatabase(own.url(), MIGRATOR, own.password()).connect();
                Statement statement = migrator.createStatement()) {
            statement.execute("create table later (id text); create sequence later_numbers");
        }
        try (Connection service = new EmbeddedDatabase(own.url(), SERVICE, own.password()).connect();
                Statement statement = service.createStatement()) {
            statement.execute("insert into later select nextval('later_numbers')::text; update later set id = id;"
                    + " delete from later");
            assertThrows(SQLException.class, () -> statement.execute("drop table later"));
        }
    }

    @Test
    void checkIsContentWithTheServicesRole() {
        List<CheckResult> results = check(SERVICE, false);
        assertTrue(results.stream().allMatch(result -> result.status() == Status.OK), results.toString());
        assertTrue(results.toString().contains("neither create, alter nor drop"), results.toString());
    }

    @Test
    void checkNamesWhatARoleLacksAndWhatItHasTooMuch() {
        CheckResult lacking = check(AUDIT, false).getFirst();
        assertEquals(Status.ERROR, lacking.status());
        assertTrue(lacking.message().contains("delete, insert, select, update on sessions"), lacking.message());
        assertTrue(lacking.message().contains("usage on session_numbers"), lacking.message());
        assertTrue(lacking.remedy().contains("roles.sql"), lacking.remedy());

        CheckResult owner = check(MIGRATOR, false).getLast();
        assertEquals(Status.WARNING, owner.status(), "it owns the tables, and never migrates");
        assertEquals(Status.OK, check(MIGRATOR, true).getLast().status());

        CheckResult superuser = check("postgres", true).getLast();
        assertEquals(Status.WARNING, superuser.status());
        assertTrue(superuser.message().contains("superuser"), superuser.message());

        EmbeddedDatabase own = database("postgres");
        execute(own, "grant update, delete on audit_events to " + SERVICE);
        CheckResult excessive = check(SERVICE, false).getLast();
        grant(own);
        assertEquals(Status.WARNING, excessive.status(), excessive.toString());
        assertTrue(excessive.message().contains("audit_events"), excessive.message());
    }

    private List<CheckResult> check(String role, boolean migrates) {
        try (Connection connection = connect(role)) {
            connection.setReadOnly(true);
            return DatabasePrivileges.check(connection, migrates);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void refuses(String role, String sql) {
        SQLException refused = assertThrows(SQLException.class, () -> execute(database(role), sql), sql);
        assertEquals("42501", refused.getSQLState(), sql + ": " + refused.getMessage());
    }

    private String value(String role, String sql) {
        try (Connection connection = connect(role);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private List<String> column(String sql) {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private Connection connect(String role) throws SQLException {
        return database(role).connect();
    }

    private EmbeddedDatabase database(String role) {
        return new EmbeddedDatabase(
                url, role, EmbeddedDatabaseResource.database().password());
    }

    private static EmbeddedDatabase superuser(EmbeddedDatabase database) {
        return new EmbeddedDatabase(database.url(), "postgres", database.password());
    }

    private static void grant(EmbeddedDatabase database) {
        try {
            execute(superuser(database), Files.readString(Path.of("deploy", "sql", "roles.sql")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void execute(EmbeddedDatabase database, String sql) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw sneaky(e);
        }
    }

    /** Lets a lambda throw what a test expects. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException sneaky(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
