package dev.latchkey.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.latchkey.audit.RecordedClients;
import dev.latchkey.cli.CliApplication.Deployment;
import dev.latchkey.cli.CliApplication.ServiceCommand;
import dev.latchkey.cli.CliApplication.Services;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.FreePort;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.gate.GateRules;
import dev.latchkey.key.KeyRotation;
import dev.latchkey.platform.boot.DeploymentCheck.CheckResult;
import dev.latchkey.platform.boot.DeploymentCheck.Status;
import dev.latchkey.platform.boot.Diagnosis;
import dev.latchkey.platform.boot.Diagnosis.Group;
import dev.latchkey.platform.db.SchemaHistory;
import dev.latchkey.platform.db.UpgradeCheck;
import dev.latchkey.platform.http.OutboundHttp;
import dev.latchkey.platform.http.PublicUrl;
import dev.latchkey.token.Issuer;
import dev.latchkey.userimport.UserImport;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The commands that look at a deployment, with the service of this test as the deployment. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class DoctorCommandDatabaseTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Inject
    KeyRotation keys;

    @Inject
    GateRules rules;

    @Inject
    UserImport userImport;

    @Inject
    Clock clock;

    @Inject
    Diagnosis diagnosis;

    @Inject
    SchemaHistory history;

    @Inject
    UpgradeCheck upgrade;

    @Inject
    RecordedClients clients;

    @Inject
    OutboundHttp http;

    @Inject
    PublicUrl publicUrl;

    @Inject
    Issuer issuer;

    @Test
    void looksAtTheRunningServiceAsClientsReachIt() throws IOException {
        Person.signedUp();
        JsonNode report = json(run(new DoctorCommand(), "--json", "--url", url()));

        assertEquals("ok", status(report, "database", "connection"));
        assertEquals("ok", status(report, "database", "migrations"));
        assertEquals("ok", status(report, "database", "privileges"));
        assertEquals("ok", status(report, "database", "clock"));
        assertEquals("ok", status(report, "keys", "stored keys"));
        assertEquals("skipped", status(report, "e-mail", "mail server"));
        assertEquals("ok", status(report, "service", "public URL"));
        assertEquals("ok", status(report, "service", "issuer"));
        assertEquals("ok", status(report, "service", "published keys"));
        assertEquals("ok", status(report, "service", "management port"));
        assertEquals("ok", status(report, "service", "client address"));
        assertTrue(message(report, "client address").contains("recorded as 127.0.0.1"), report.toString());
        assertEquals("skipped", status(report, "service", "readiness"));
        assertFalse(report.toString().contains(EmbeddedDatabaseResource.SECRET), "no secret is told");
        assertFalse(
                report.toString().contains(EmbeddedDatabaseResource.database().password()), "no password is told");
    }

    @Test
    void changesNothing() {
        String state =
                "select (select count(*) from flyway_schema_history) || ' ' || (select count(*) from signing_keys)"
                        + " || ' ' || (select count(*) from users)";
        List<String> before = Sql.column(state);
        run(new DoctorCommand());
        run(new DoctorCommand.UpgradeCommand.Check());
        assertEquals(before, Sql.column(state));
    }

    @Test
    void reportsAServiceThatCannotBeReached() {
        CommandResult result = run(new DoctorCommand(), "--url", "http://127.0.0.1:" + FreePort.find());
        assertEquals(1, result.exitCode());
        assertTrue(result.output().contains("\n  error   public URL: http://127.0.0.1:"), result.output());
        assertTrue(result.output().contains("To do: check name, certificate and ingress"), result.output());
        assertFalse(result.output().contains("client address"), "what follows is left out");
    }

    @Test
    void reportsAManagementUrlThatIsNone() {
        CommandResult result = run(new DoctorCommand(), "--management-url", url());
        assertEquals(1, result.exitCode());
        assertTrue(result.output().contains("serves no health"), result.output());
    }

    @Test
    void upgradeCheckHasNothingToDoHere() {
        CommandResult result = run(new DoctorCommand.UpgradeCommand.Check());
        assertEquals(0, result.exitCode(), result.output());
        assertTrue(result.output().startsWith("upgrade\n  ok      migrations: "), result.output());
        assertTrue(result.output().endsWith("0 errors, 0 warnings"), result.output());
    }

    @Test
    void migrateHasNothingToDoHere() {
        CommandResult result = run(new DoctorCommand.MigrateCommand());
        assertEquals(0, result.exitCode());
        assertEquals("The schema is up to date.", result.output());
    }

    @Test
    void exitCodeIsThatOfErrorsAlone() {
        assertEquals(0, report(Status.OK, Status.SKIPPED).exitCode());
        assertEquals(0, report(Status.OK, Status.WARNING).exitCode());
        assertEquals(1, report(Status.OK, Status.ERROR, Status.WARNING).exitCode());
        assertTrue(report(Status.ERROR, Status.WARNING).output().endsWith("1 error, 1 warning"));
        assertTrue(report().output().endsWith("0 errors, 0 warnings"));
    }

    /** What comes from a server must not look like a line of ours. */
    @Test
    void reportHasOneLineForEachResult() {
        CommandResult result = DiagnosisReport.of(
                List.of(new Group("group", List.of(CheckResult.error("name", "a\n  ok      all: b\u001b[2J", "c\r")))),
                false);
        assertEquals(3, result.output().lines().count(), result.output());
        assertFalse(result.output().contains("\u001b"), result.output());
    }

    @Test
    void comparesTheIssuer() {
        assertEquals(
                Status.OK,
                ServiceChecks.issuer("https://a.example.com", "https://a.example.com")
                        .status());
        for (String served : List.of("https://b.example.com", "https://a.example.com/", "")) {
            CheckResult other = ServiceChecks.issuer("https://a.example.com", served);
            assertEquals(Status.ERROR, other.status());
            assertTrue(other.remedy().contains("LATCHKEY_PUBLIC_URL"), other.remedy());
        }
    }

    @Test
    void comparesThePublishedKeys() {
        Optional<String> signing = Optional.of("a");
        assertEquals(
                Status.OK,
                ServiceChecks.publishedKeys(false, signing, List.of("b", "a")).status());
        assertEquals(
                Status.ERROR,
                ServiceChecks.publishedKeys(false, signing, List.of("b")).status());
        assertEquals(
                Status.ERROR,
                ServiceChecks.publishedKeys(false, signing, List.of()).status());
        assertEquals(
                Status.ERROR,
                ServiceChecks.publishedKeys(true, Optional.empty(), List.of("b"))
                        .status());
        assertEquals(
                Status.OK,
                ServiceChecks.publishedKeys(true, Optional.empty(), List.of()).status());
    }

    @Test
    void recognisesAForgedAddressAndThatOfAProxy() {
        assertEquals(
                Status.OK,
                ServiceChecks.recordedAddress("203.0.113.9", address -> false).status());
        CheckResult forged = ServiceChecks.recordedAddress("192.0.2.123", address -> false);
        assertEquals(Status.ERROR, forged.status());
        assertTrue(forged.message().contains("believes"), forged.message());
        assertEquals(
                Status.ERROR,
                ServiceChecks.recordedAddress("10.0.0.1", address -> true).status());
    }

    @Test
    void showsTheDetailsOfReadiness() throws IOException {
        assertEquals(Status.OK, readiness("{'name':'database','status':'UP'}").status());
        CheckResult down = readiness("{'name':'database','status':'DOWN','data':{'reason':'refused'}}");
        assertEquals(Status.ERROR, down.status());
        assertTrue(down.message().contains("refused"), down.message());
        CheckResult ignored =
                readiness("{'name':'forwarded-headers','status':'UP','data':{'ignored-from':'10.0.0.1'}}");
        assertEquals(Status.WARNING, ignored.status());
        assertTrue(ignored.remedy().contains("LATCHKEY_TRUSTED_PROXIES"), ignored.remedy());
        assertEquals(Status.ERROR, readiness("{}").status());
    }

    private static CheckResult readiness(String check) throws IOException {
        return ServiceChecks.readiness(JSON.readTree(check.replace('\'', '"')));
    }

    private static CommandResult report(Status... statuses) {
        List<CheckResult> results = new ArrayList<>();
        for (Status status : statuses) {
            results.add(new CheckResult(status, "name", "message", ""));
        }
        return DiagnosisReport.of(List.of(new Group("group", results)), false);
    }

    private CommandResult run(Object command, String... arguments) {
        CommandLine cli = Cli.configure(
                new CommandLine(command), System.out, new PrintStream(System.err, true, StandardCharsets.UTF_8));
        assertEquals(0, cli.execute(arguments));
        return assertInstanceOf(ServiceCommand.class, cli.getExecutionResult())
                .run(new Services(
                        null,
                        keys,
                        rules,
                        userImport,
                        Optional::empty,
                        clock,
                        new Deployment(diagnosis, history, upgrade, clients, http, publicUrl, issuer)));
    }

    private static String url() {
        return "http://127.0.0.1:" + RestAssured.port;
    }

    private static JsonNode json(CommandResult result) throws IOException {
        return JSON.readTree(result.output());
    }

    private static String status(JsonNode report, String group, String name) {
        for (JsonNode check : report.path("checks")) {
            if (check.path("group").asText().equals(group)
                    && check.path("name").asText().equals(name)) {
                return check.path("status").asText();
            }
        }
        throw new AssertionError(group + " " + name + " is not in " + report);
    }

    private static String message(JsonNode report, String name) {
        for (JsonNode check : report.path("checks")) {
            if (check.path("name").asText().equals(name)) {
                return check.path("message").asText();
            }
        }
        throw new AssertionError(name + " is not in " + report);
    }
}
