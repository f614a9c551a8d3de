package dev.latchkey.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.cli.Invocation.Help;
import dev.latchkey.cli.Invocation.Misuse;
import dev.latchkey.cli.Invocation.Run;
import dev.latchkey.cli.Invocation.RunAlone;
import dev.latchkey.cli.Invocation.Serve;
import dev.latchkey.gatecheck.Deployment;
import dev.latchkey.gatecheck.Routes;
import dev.latchkey.key.KeyId;
import dev.latchkey.userimport.SourceUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    private static final String KID = "--kHl0GzqgZbJvWvZb6J0m1sV3m8uY2yGQ7n3s5C4xw";

    @Test
    void servesWithoutArguments() {
        assertEquals(new Serve(), CommandLine.read());
    }

    @Test
    void knowsTheCommands() {
        assertEquals(new Run(new KeysCommand.ListAll()), read("keys list"));
        assertEquals(new Run(new KeysCommand.Rotate()), read("keys rotate"));
        assertEquals(new Run(new KeysCommand.Retire(new KeyId("abc"))), read("keys retire abc"));
    }

    /** A thumbprint may begin with whatever base64url has. */
    @Test
    void takesAKidForAKidWhateverItBeginsWith() {
        assertEquals(43, KID.length());
        assertEquals(new Run(new KeysCommand.Retire(new KeyId(KID))), read("keys retire " + KID));
        assertEquals(new Run(new KeysCommand.Retire(new KeyId("-abc"))), read("keys retire -abc"));
    }

    @ParameterizedTest
    @CsvSource({
        "--help, Usage: latchkey",
        "-h, Usage: latchkey",
        "help, Usage: latchkey",
        "keys --help, Usage: latchkey keys <command>",
        "keys list --help, Usage: latchkey keys list",
        "keys rotate --help, Usage: latchkey keys rotate",
        "keys retire --help, Usage: latchkey keys retire <kid>",
        "gate --help, Usage: latchkey gate <command>",
        "gate check --help, Usage: latchkey gate check URL",
        "import --help, Usage: latchkey import <command>",
        "import better-auth --help, Usage: latchkey import better-auth --from URL",
        "import csv --help, Usage: latchkey import csv FILE",
    })
    void helpsAtEachLevel(String arguments, String begins) {
        String text = assertInstanceOf(Help.class, read(arguments)).text();
        assertTrue(text.startsWith(begins), text);
        assertTrue(text.endsWith("\n"));
        assertTrue(text.lines().allMatch(line -> line.length() <= 80), "too wide for a terminal:\n" + text);
    }

    @ParameterizedTest
    @CsvSource({
        "key, key",
        "serve, serve",
        "--port, --port",
        "KEYS list, KEYS",
        "keys, list",
        "keys lists, lists",
        "keys list now, now",
        "keys rotate --now, --now",
        "keys retire, whole kid",
        "keys retire a b, 'b'",
        "keys retire --yes, --yes",
        "gate, check",
        "gate chek, gate chek",
        "gate check, --own and --other",
        "gate check https://app.example.com, --own and --other",
        "gate check https://app.example.com --own /api/ada, --other",
        "gate check --own /api/ada --other /api/bob, URL",
        "gate check https://app.example.com --own, --own needs",
        "gate check https://app.example.com --own /api/ada --own /api/ada --other /api/bob, twice",
        "gate check https://app.example.com --own=/api/ada --other /api/bob, equals sign",
        "gate check https://app.example.com --insecure --own /api/ada --other /api/bob, --insecure",
        "gate check https://app.example.com -k --own /api/ada --other /api/bob, -k",
        "gate check app.example.com --own /api/ada --other /api/bob, https://",
        "gate check https://app.example.com/api --own /ada --other /bob, --own",
        "gate check https://app.example.com --own api/ada --other /api/bob, --own",
        "gate check https://app.example.com --own /api/ada --other /api/ada, one segment",
        "gate check https://a.example.com https://b.example.com --own /api/ada --other /api/bob, one URL",
        "import, better-auth or csv",
        "import users, import users",
        "import better-auth, --from",
        "import better-auth jdbc:postgresql:app, --from",
        "import better-auth --from, --from needs",
        "import better-auth --from mysql://db.example.com/app, jdbc:postgresql:",
        "import better-auth --from jdbc:postgresql:app --from jdbc:postgresql:app, twice",
        "import better-auth --from=jdbc:postgresql:app, equals sign",
        "import better-auth --from jdbc:postgresql:app --verbose, --verbose",
        "import better-auth --from jdbc:postgresql:app --password hunter2, --password-file",
        "import better-auth --from jdbc:postgresql:app?password=hunter2, LATCHKEY_IMPORT_PASSWORD",
        "import csv, one file",
        "import csv a.csv b.csv, one file",
        "import csv a.csv --sessions, --sessions",
        "import csv a.csv --report, --report needs",
    })
    void refusesWhatItDoesNotKnowAndNamesIt(String arguments, String named) {
        String sentence = assertInstanceOf(Misuse.class, read(arguments)).sentence();
        assertTrue(sentence.contains(named), sentence);
        assertTrue(sentence.contains("--help"), sentence);
        assertEquals(1, sentence.lines().count());
    }

    @Test
    void readsWhatToImport() {
        SourceUrl url = new SourceUrl("jdbc:postgresql://db.example.com/app?currentSchema=auth");
        assertEquals(
                new Run(new ImportCommand.BetterAuth(url, null, null, false, false, null)),
                read("import better-auth --from " + url.text()));
        assertEquals(
                new Run(new ImportCommand.BetterAuth(url, "reader", "-", true, true, "report.csv")),
                read("import better-auth --report report.csv --sessions --dry-run --password-file - --user reader"
                        + " --from " + url.text()));
        assertEquals(new Run(new ImportCommand.Csv("-", false, null)), read("import csv -"));
        assertEquals(
                new Run(new ImportCommand.Csv("people.csv", true, "report.csv")),
                read("import csv --dry-run people.csv --report report.csv"));
    }

    @Test
    void readsWhatToCheck() {
        Deployment deployment = new Deployment(true, "app.example.com", 443);
        Routes routes = new Routes("/api/", "ada", "bob", "/tasks");
        assertEquals(
                new RunAlone(new GateCommand.Check(deployment, routes, null, null, null)),
                read("gate check https://app.example.com --own /api/ada/tasks --other /api/bob/tasks"));
        assertEquals(
                new RunAlone(new GateCommand.Check(deployment, routes, "-", "corpus.tsv", "ca.pem")),
                read("gate check --corpus corpus.tsv --token-file - --other /api/bob/tasks --ca ca.pem"
                        + " --own /api/ada/tasks https://app.example.com"));
    }

    /** Process lists show arguments, and terminals and logs what is said about them. */
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
    void takesNoTokenAndRepeatsNone(String arguments) {
        String sentence = assertInstanceOf(Misuse.class, read(arguments)).sentence();
        assertFalse(sentence.contains("claims"), "the token was repeated");
        if (arguments.contains("--token")) {
            assertTrue(sentence.contains("--token-file") && sentence.contains("LATCHKEY_CHECK_TOKEN"), sentence);
        }
    }

    /** A container that is started with an empty argument must not begin to serve instead of what was meant. */
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "keys "})
    void refusesBlanks(String argument) {
        assertInstanceOf(Misuse.class, CommandLine.read(argument));
    }

    private static Invocation read(String arguments) {
        return CommandLine.read(arguments.split(" "));
    }
}
