package dev.latchkey.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.admin.Operators;
import dev.latchkey.cli.CliApplication.ServiceCommand;
import dev.latchkey.cli.CliApplication.Services;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Administrators are appointed by an operator's command, and never by default. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class AdminCommandDatabaseTest {

    @Inject
    Operators operators;

    private CommandResult run(String... arguments) {
        CommandLine cli = Cli.commandLine(System.out, System.err);
        assertEquals(0, cli.execute(arguments));
        var command =
                cli.getParseResult().subcommand().subcommand().commandSpec().commandLine();
        return assertInstanceOf(ServiceCommand.class, command.getExecutionResult())
                .run(new Services(operators, null, null, null, null, null, null));
    }

    @Test
    void noAccountOfAFreshDatabaseIsAnAdministrator() {
        assertEquals(0, Sql.count("select count(*) from users where email like '%admin%' and 'admin' = any (roles)"));
        Person first = Person.signedUp();
        first.bearing().get("/api/admin/users").then().statusCode(403);
    }

    @Test
    void grantOpensAdministrationToTheNextTokenAndRevokeClosesIt() {
        Person ada = Person.signedUp();

        assertEquals(
                CommandResult.done(ada.email() + " is an administrator from now on."),
                run("admin", "grant", ada.email()));
        ada.bearing().get("/api/admin/users").then().statusCode(401);
        Person admin = ada.with(Person.refresh(ada.refreshToken()));
        admin.bearing().get("/api/admin/users").then().statusCode(200);

        CommandResult revoked = run("admin", "revoke", ada.email());
        assertEquals(0, revoked.exitCode());
        assertEquals(ada.email() + " is no administrator any more.", revoked.output());
        admin.bearing().get("/api/admin/users").then().statusCode(401);
        admin.with(Person.refresh(admin.refreshToken()))
                .bearing()
                .get("/api/admin/users")
                .then()
                .statusCode(403);
        assertEquals(
                List.of("command line  admin", "command line admin "),
                Sql.column(
                        "select (details ->> 'by') || ' ' || (details ->> 'from') || ' ' || (details ->> 'to')"
                                + " from audit_events where user_id = ? and type = 'roles_change' order by at",
                        ada.id()),
                "recorded once each, not by the database as well");
    }

    @Test
    void keepsOtherRoles() {
        Person ada = Person.signedUp();
        Sql.update("update users set roles = '{support,editor}' where id = ?", ada.id());

        run("admin", "grant", ada.email());
        assertEquals(List.of("{admin,editor,support}"), Sql.column("select roles from users where id = ?", ada.id()));
        run("admin", "revoke", ada.email());
        assertEquals(List.of("{editor,support}"), Sql.column("select roles from users where id = ?", ada.id()));
    }

    @Test
    void changesNothingTwice() {
        Person ada = Person.signedUp();
        assertEquals(
                ada.email() + " is no administrator.",
                run("admin", "revoke", ada.email()).output());
        run("admin", "grant", ada.email());
        long version = Sql.count("select token_version from users where id = ?", ada.id());

        assertEquals(
                ada.email() + " is an administrator already.",
                run("admin", "grant", ada.email().toUpperCase(java.util.Locale.ROOT))
                        .output());
        assertEquals(version, Sql.count("select token_version from users where id = ?", ada.id()));
    }

    @Test
    void createsNoAccount() {
        CommandResult failed = run("admin", "grant", "nobody-here@example.com");

        assertEquals(1, failed.exitCode());
        assertTrue(failed.message().contains("Sign up with it first"), failed.message());
        assertEquals(0, Sql.count("select count(*) from users where email = 'nobody-here@example.com'"));
    }

    @Test
    void listsAdministratorsAlone() {
        Person ada = Person.signedUp();
        Person bob = Person.signedUp();
        Person user = Person.signedUp();
        run("admin", "grant", ada.email());
        run("admin", "grant", bob.email());
        Sql.update("update users set disabled_at = now() where id = ?", bob.id());

        String listed = run("admin", "list").output();

        assertTrue(listed.startsWith("E-MAIL"), listed);
        assertTrue(
                listed.lines().anyMatch(line -> line.startsWith(ada.email()) && line.contains("  active  ")), listed);
        assertTrue(
                listed.lines().anyMatch(line -> line.startsWith(bob.email()) && line.contains("  banned  ")), listed);
        assertFalse(listed.contains(user.email()), listed);
        assertEquals(
                "There is no administrator. latchkey admin grant appoints one.",
                AdminCommand.list(List.of()).message());
    }
}
