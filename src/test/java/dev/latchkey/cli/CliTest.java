package dev.latchkey.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.cli.Cli.Exited;
import dev.latchkey.gatecheck.Deployment;
import dev.latchkey.gatecheck.Routes;
import dev.latchkey.platform.boot.ConfigurationCheck.Usage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

class CliTest {

    private static final String KID = "--kHl0GzqgZbJvWvZb6J0m1sV3m8uY2yGQ7n3s5C4xw";

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream error = new ByteArrayOutputStream();

    @Test
    void versionIsThatOfThePom() throws IOException {
        assertTrue(Files.readString(Path.of("pom.xml")).contains("<version>" + Cli.VERSION + "</version>"));
        assertEquals(new Exited(0), run("--version"));
        assertEquals("latchkey " + Cli.VERSION, output().strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "admin list",
                "admin grant ada@example.com",
                "keys list",
                "keys rotate",
                "keys retire abc",
                "gate explain GET /",
                "import csv -",
                "doctor",
                "doctor --json --url https://auth.example.com --management-url http://localhost:9000/",
                "upgrade check",
                "upgrade check --json",
                "migrate",
            })
    void runsNoCommandThatNeedsBeans(String arguments) {
        assertInstanceOf(Cli.NeedsService.class, run(arguments));
        assertEquals("", output() + error());
    }

    @Test
    void requiresOnlyTheSettingsThatTheCommandUses() {
        assertEquals(new Cli.NeedsService(Set.of(Usage.GATE_RULES)), run("gate explain GET /"));
        assertEquals(new Cli.NeedsService(Set.of(Usage.DATABASE, Usage.KEYS)), run("keys list"));
        assertEquals(new Cli.NeedsService(Set.of(Usage.DATABASE, Usage.SESSIONS)), run("import csv -"));
        assertEquals(new Cli.NeedsService(Set.of(Usage.DIAGNOSIS)), run("doctor"));
        assertEquals(new Cli.NeedsService(Set.of(Usage.DATABASE)), run("admin revoke ada@example.com"));
        assertEquals(new Cli.NeedsService(Set.of(Usage.DATABASE)), run("upgrade check"));
        assertEquals(new Cli.NeedsService(Set.of(Usage.DATABASE)), run("migrate"));
    }

    /** A thumbprint may begin with any character of base64url. */
    @Test
    void acceptsAKidThatBeginsWithADash() {
        assertEquals(43, KID.length());
        for (String kid : new String[] {"abc", KID, "-abc", "-habc", "-Vabc", "-h"}) {
            assertEquals(Map.of("KID", kid), parse("keys retire " + kid));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--help, Usage: latchkey",
        "-h, Usage: latchkey",
        "keys -h, Usage: latchkey keys",
        "help, Usage: latchkey",
        "keys --help, Usage: latchkey keys",
        "keys help, Usage: latchkey keys",
        "admin --help, Usage: latchkey admin",
        "admin grant --help, Usage: latchkey admin grant",
        "keys list --help, Usage: latchkey keys list",
        "keys rotate --help, Usage: latchkey keys rotate",
        "keys retire --help, Usage: latchkey keys retire",
        "gate --help, Usage: latchkey gate",
        "gate check --help, Usage: latchkey gate check",
        "gate explain --help, Usage: latchkey gate explain",
        "import --help, Usage: latchkey import",
        "import better-auth --help, Usage: latchkey import better-auth",
        "import csv --help, Usage: latchkey import csv",
        "doctor --help, Usage: latchkey doctor",
        "doctor -h, Usage: latchkey doctor",
        "upgrade --help, Usage: latchkey upgrade",
        "upgrade check --help, Usage: latchkey upgrade check",
        "migrate --help, Usage: latchkey migrate",
    })
    void printsHelpAtEachLevel(String arguments, String begins) {
        assertEquals(new Exited(0), run(arguments));
        String text = output();
        assertTrue(text.startsWith(begins), text);
        assertTrue(text.endsWith("\n"));
        assertTrue(text.contains("Example:\n  latchkey "), text);
        assertTrue(text.contains("Exit codes:\n   0   "), text);
        assertTrue(text.lines().allMatch(line -> line.length() <= 80), "too wide for a terminal:\n" + text);
        assertEquals("", error());
    }

    @ParameterizedTest
    @CsvSource({
        "key, key",
        "serve, serve",
        "--port, --port",
        "KEYS list, KEYS",
        "admin, grant",
        "admin grant, E-MAIL",
        "admin grant nobody, E-MAIL",
        "admin grant a@example.com b, 'b'",
        "admin grants a@example.com, grants",
        "admin revoke --all, E-MAIL",
        "admin list now, now",
        "keys, list",
        "keys lists, lists",
        "keys list now, now",
        "keys rotate --now, --now",
        "keys retire, KID",
        "keys retire a b, 'b'",
        "keys retire --yes, --yes",
        "gate, check",
        "gate chek, gate chek",
        "gate check, URL",
        "gate check https://app.example.com, --own PATH and --other PATH",
        "gate check https://app.example.com --own /api/ada, --other",
        "gate check --own /api/ada --other /api/bob, URL",
        "gate check https://app.example.com --own, needs --own PATH",
        "gate check https://app.example.com --own /api/ada --own /api/ada --other /api/bob, twice",
        "gate check https://app.example.com --insecure --own /api/ada --other /api/bob, --insecure",
        "gate check https://app.example.com -k --own /api/ada --other /api/bob, -k",
        "gate check app.example.com --own /api/ada --other /api/bob, https://",
        "gate check https://app.example.com/api --own /ada --other /bob, --own",
        "gate check https://app.example.com --own api/ada --other /api/bob, --own",
        "gate check https://app.example.com --own /api/ada --other /api/ada, one segment",
        "gate check https://a.example.com https://b.example.com --own /api/ada --other /api/bob, no further argument",
        "gate explain, METHOD",
        "gate explain GET, TARGET",
        "gate explain GET / --user, --user ID",
        "gate explain GET / --role admin, needs --user ID",
        "gate explain GET / --issuer other, needs --user ID",
        "gate explain GET / --usr 42, Did you mean --user",
        "import, better-auth",
        "import users, import users",
        "import better-auth, --from",
        "import better-auth jdbc:postgresql:app, --from",
        "import better-auth --from, needs --from URL",
        "import better-auth --from mysql://db.example.com/app, jdbc:postgresql:",
        "import better-auth --from jdbc:postgresql:app --from jdbc:postgresql:app, twice",
        "import better-auth --from jdbc:postgresql:app --verbose, --verbose",
        "import better-auth --from jdbc:postgresql:app --password hunter2, --password-file",
        "import better-auth --from jdbc:postgresql:app?password=hunter2, LATCHKEY_IMPORT_PASSWORD",
        "import csv, FILE",
        "import csv a.csv b.csv, no further argument",
        "import csv a.csv --sessions, --sessions",
        "import csv a.csv --report, --report needs",
        "doctor now, no further argument",
        "doctor --fix, --fix",
        "doctor --url, --url",
        "doctor --url auth.example.com, https://",
        "doctor --url ftp://auth.example.com, https://",
        "doctor --url https://auth.example.com/login, without a path",
        "doctor --url https://auth.example.com?a=b, without a path",
        "doctor --url https:///, --url needs",
        "doctor --url https://a.example.com --url https://a.example.com, twice",
        "doctor --management-url localhost:9000, --management-url needs",
        "upgrade, check",
        "upgrade chek, upgrade chek",
        "upgrade check --apply, --apply",
        "upgrade check now, no further argument",
        "migrate --force, --force",
        "migrate 14, no further argument",
    })
    void refusesUnknownArgumentsAndNamesThem(String arguments, String named) {
        String message = usageError(arguments);
        assertTrue(message.contains(named), message);
        assertTrue(message.contains("--help"), message);
    }

    @Test
    void suggestsTheCommandThatWasMeant() {
        assertTrue(usageError("gate chek").contains("Did you mean 'gate check'?"));
        assertTrue(usageError("keys rotat").contains("Did you mean 'keys rotate'?"));
    }

    @Test
    void doesNotReadArgumentsFromAFile() {
        assertEquals(Path.of("@pom.xml"), parse("import csv @pom.xml").get("FILE"));
    }

    @Test
    void parsesTheSourceOfAnImport() {
        String url = "jdbc:postgresql://db.example.com/app?currentSchema=auth";
        assertEquals(Map.of("--from", url), parse("import better-auth --from " + url));
        assertEquals(Map.of("--from", url), parse("import better-auth --from=" + url));
        assertEquals(
                Map.of(
                        "--from",
                        url,
                        "--user",
                        "reader",
                        "--password-file",
                        Path.of("-"),
                        "--sessions",
                        true,
                        "--dry-run",
                        true,
                        "--report",
                        Path.of("report.csv")),
                parse("import better-auth --report report.csv --sessions --dry-run --password-file - --user reader"
                        + " --from " + url));
        assertEquals(Map.of("FILE", Path.of("-")), parse("import csv -"));
        assertEquals(
                Map.of("FILE", Path.of("users.csv"), "--dry-run", true, "--report", Path.of("report.csv")),
                parse("import csv --dry-run users.csv --report report.csv"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gate check https://app.example.com --own /api/ada/tasks --other /api/bob/tasks",
                "gate check https://app.example.com --own=/api/ada/tasks --other=/api/bob/tasks",
                "gate check --corpus corpus.tsv --token-file - --other /api/bob/tasks --ca ca.pem --own /api/ada/tasks"
                        + " https://app.example.com",
            })
    void parsesTheDeploymentOfAGateCheck(String arguments) {
        GateCheckCommand command = assertInstanceOf(
                GateCheckCommand.class, last(parsed(arguments)).commandSpec().userObject());
        assertEquals(new Deployment(true, "app.example.com", 443), command.deployment());
        assertEquals(new Routes("/api/", "ada", "bob", "/tasks"), command.routes());
        if (arguments.contains("corpus")) {
            Map<String, Object> values = parse(arguments);
            assertEquals(Path.of("-"), values.get("--token-file"));
            assertEquals(Path.of("corpus.tsv"), values.get("--corpus"));
            assertEquals(Path.of("ca.pem"), values.get("--ca"));
        }
    }

    /** Process lists show arguments, and terminals and logs show messages about them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gate check https://app.example.com --own /api/ada --other /api/bob --token head.claims.signature",
                "gate check https://app.example.com --own /api/ada --other /api/bob --token=head.claims.signature",
                "gate check https://app.example.com --own /api/ada --other /api/bob head.claims.signature",
                "gate check --token head.claims.signature",
                "gate check https://app.example.com --own /api/ada --other /api/bob --tokn=head.claims.signature",
                "gate check head.claims.signature --own /api/ada --other /api/bob",
            })
    void refusesATokenAsArgumentWithoutRepeatingIt(String arguments) {
        String message = usageError(arguments);
        assertFalse(message.contains("claims"), "the token was repeated");
        if (arguments.contains("--token")) {
            assertTrue(message.contains("--token-file") && message.contains("LATCHKEY_CHECK_TOKEN"), message);
        }
    }

    /** A container that is started with an empty argument must not start the service. */
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "keys "})
    void refusesBlankArguments(String argument) {
        assertEquals(new Exited(2), Cli.runWithoutService(stream(output), stream(error), argument));
        assertEquals("", output());
    }

    /** Passwords in the wrong place are not repeated either. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "import better-auth --from jdbc:postgresql:app --password hunter2",
                "import better-auth --from jdbc:postgresql:app --password=hunter2",
                "import better-auth --from jdbc:postgresql:app --passwd=hunter2",
                "import better-auth --from jdbc:postgresql:app hunter2",
                "import better-auth --from jdbc:postgresql:app?password=hunter2",
                "import better-auth --from jdbc:postgresql:app --sessions=hunter2",
                "doctor --url https://ada:hunter2@auth.example.com",
            })
    void refusesAPasswordAsArgumentWithoutRepeatingIt(String arguments) {
        String message = usageError(arguments);
        assertFalse(message.contains("hunter2"), "the password was repeated");
    }

    private Cli.Result run(String arguments) {
        return Cli.runWithoutService(stream(output), stream(error), arguments.split(" "));
    }

    /** The message of a usage error: one line on standard error, exit code 2. */
    private String usageError(String arguments) {
        error.reset();
        assertEquals(new Exited(2), run(arguments), arguments);
        assertEquals("", output());
        assertEquals(1, error().lines().count(), error());
        return error();
    }

    private String output() {
        return output.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    private String error() {
        return error.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    private ParseResult parsed(String arguments) {
        return Cli.commandLine(stream(output), stream(error)).parseArgs(arguments.split(" "));
    }

    private static ParseResult last(ParseResult parsed) {
        return parsed.hasSubcommand() ? last(parsed.subcommand()) : parsed;
    }

    /** The values of the arguments that were given, by option name or parameter label. */
    private Map<String, Object> parse(String arguments) {
        Map<String, Object> values = new TreeMap<>();
        last(parsed(arguments))
                .matchedArgs()
                .forEach(argument -> values.put(
                        argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel(),
                        argument.getValue()));
        return values;
    }

    private static PrintStream stream(ByteArrayOutputStream octets) {
        return new PrintStream(octets, true, StandardCharsets.UTF_8);
    }
}
