package dev.latchkey.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.cli.CliApplication.ServiceCommand;
import dev.latchkey.cli.CliApplication.Services;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Sql;
import dev.latchkey.gate.GateRules;
import dev.latchkey.key.KeyRotation;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import dev.latchkey.userimport.UserImport;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class ImportCommandDatabaseTest {

    @Inject
    UserImport userImport;

    @Inject
    Clock clock;

    @Inject
    KeyRotation keyRotation;

    @Inject
    GateRules gateRules;

    @TempDir
    Path folder;

    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();
    private final String word = "w" + UUID.randomUUID().toString().replace("-", "");

    private CommandResult csv(String text, String... arguments) {
        return run(new ImportCommand.FromCsv(input(text)), Optional.empty(), arguments);
    }

    private CommandResult betterAuth(
            String input, Optional<String> password, EmbeddedDatabase database, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--from", database.url(), "--user", database.username()));
        all.addAll(List.of(arguments));
        return run(new ImportCommand.FromBetterAuth(input(input)), password, all.toArray(String[]::new));
    }

    /** Parses the arguments of one command, and runs it with beans. */
    private CommandResult run(Object command, Optional<String> password, String... arguments) {
        CommandLine cli = Cli.configure(
                new CommandLine(command), System.out, new PrintStream(progress, true, StandardCharsets.UTF_8));
        assertEquals(0, cli.execute(arguments));
        return assertInstanceOf(ServiceCommand.class, cli.getExecutionResult())
                .run(new Services(null, keyRotation, gateRules, userImport, () -> password, clock, null));
    }

    private static InputStream input(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static CommandResult done(CommandResult result) {
        assertEquals(0, result.exitCode(), result.toString());
        return result;
    }

    /** The message of a command that failed and printed no result. */
    private static String failure(CommandResult result) {
        assertEquals(1, result.exitCode(), result.toString());
        assertEquals("", result.output());
        return result.message();
    }

    private String users(String... lines) {
        return "id,email\n" + String.join("\n", lines).replace("*", word) + "\n";
    }

    @Test
    void countsResultsOfAllUsers() {
        CommandResult done = done(csv(users("a*,a*@example.com", "b*,nobody", "c*,a*@example.com", "a b,"), "-"));
        assertEquals("""
                RESULT                                        USERS
                imported                                      1
                already exists                                0
                skipped: the id cannot stand in a path        1
                skipped: the e-mail address is refused        1
                skipped: another user has the e-mail address  1
                total                                         4""", done.output());
        List<String> remarks = done.message().lines().toList();
        assertEquals("Line 3 skipped: the e-mail address is refused (not of the form name@domain)", remarks.get(0));
        assertTrue(remarks.contains("Line 4 skipped: another user has the e-mail address (user a" + word + ")"));
        assertTrue(remarks.getLast().matches("4 users in .* a second\\."), done.message());
        assertFalse(done.message().contains("@example.com"), "an e-mail address was printed");
    }

    @Test
    void changesNothingInADryRun() {
        CommandResult done = done(csv(users("a*,a*@example.com"), "-", "--dry-run"));
        assertTrue(done.output().contains("imported        1"), done.output());
        assertTrue(done.message().endsWith("This was a dry run: nothing was changed."), done.message());
        assertEquals(0, Sql.count("select count(*) from users where id = ?", "a" + word));
    }

    @Test
    void showsTheFirstTwentyWarningsAndCountsTheRest() {
        String[] lines = new String[25];
        Arrays.fill(lines, ",nobody");
        CommandResult done = done(csv(users(lines), "-"));
        assertEquals(
                20,
                done.message().lines().filter(line -> line.startsWith("Line ")).count());
        assertTrue(done.message().contains("And 5 more; --report FILE has them all."), done.message());
    }

    @Test
    void writesAllWarningsIntoANewReportFile() throws IOException {
        Path report = folder.resolve("report.csv");
        String[] lines = new String[25];
        Arrays.fill(lines, "\"a/b,\"\"c\"\"\",a*@example.com");
        CommandResult done = done(csv(users(lines), "-", "--report", report.toString()));
        assertFalse(done.message().contains("Line "), done.message());
        List<String> written = Files.readAllLines(report);
        assertEquals(26, written.size());
        assertEquals("line,id,result,reason,detail", written.getFirst());
        assertEquals(
                "2,,skipped,no_usable_id,\"at most 128 letters, digits and signs, none of them / \\ ; ? # %\"",
                written.get(1));

        failure(csv(users("a*,a*@example.com"), "-", "--report", report.toString()));
        assertEquals(26, Files.readAllLines(report).size(), "an older report stays");
        assertEquals(0, Sql.count("select count(*) from users where id = ?", "a" + word));
    }

    @Test
    void refusesAnUnusableFile() {
        assertTrue(failure(csv("", "-")).endsWith("Nothing was changed."));
        assertTrue(failure(csv("email;name\n", "-")).contains("commas"));
        CommandResult missing = csv("", folder.resolve("none.csv").toString());
        assertTrue(failure(missing).contains("cannot be read"));
    }

    /** What was imported before stays, and is counted. */
    @Test
    void countsImportedUsersWhenItBreaksOff() {
        StringBuilder text = new StringBuilder(users("a*,a*@example.com"));
        for (int i = 0; i < 2_000; i++) {
            text.append(",x").append(i).append(word).append("@example.com\n");
        }
        text.append("\"").append("x\n".repeat(40_000));
        CommandResult broken = csv(text.toString(), "-");
        assertEquals(1, broken.exitCode());
        assertTrue(broken.output().contains("imported        2000"), broken.output());
        assertTrue(broken.message().contains("Line 2003 "), broken.message());
        assertTrue(
                broken.message().endsWith("What is counted here is stored. Run the command again to go on."),
                broken.message());
        assertEquals(1, Sql.count("select count(*) from users where id = ?", "a" + word));
    }

    /** The message must not read as if users had been imported. */
    @Test
    void reportsThatNothingWasChangedWhenItFailsAtOnce() {
        CommandResult broken = csv("email\n\"" + "x\n".repeat(40_000), "-");
        String sentence = failure(broken);
        assertTrue(sentence.startsWith("Line 2 ") && sentence.endsWith(" Nothing was changed."), sentence);
    }

    @Test
    void readsThePasswordFromAFileOrFromTheSettings() throws IOException {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        Path file = Files.writeString(folder.resolve("password"), database.password() + "\n");
        // A source that gets as far as to miss the tables has accepted the password.
        for (CommandResult result : List.of(
                betterAuth("", Optional.of(database.password()), database),
                betterAuth("", Optional.of("wrong"), database, "--password-file", file.toString()),
                betterAuth(database.password() + "\r\n", Optional.empty(), database, "--password-file", "-"))) {
            String sentence = failure(result);
            assertTrue(sentence.contains("no table \"user\""), sentence);
        }
        CommandResult unreadable = betterAuth("", Optional.empty(), database, "--password-file", folder.toString());
        assertTrue(failure(unreadable).contains("--password-file"));
    }

    @Test
    void showsProgressAndSpeed() {
        assertEquals(
                "250,000 of 1,000,000 (25 %) users, 25,000 a second",
                ImportRun.Progress.line(250_000, 1_000_000, Duration.ofSeconds(10)));
        assertEquals("2,000 users, 1,000 a second", ImportRun.Progress.line(2_000, 0, Duration.ofSeconds(2)));
        assertEquals(
                "2,000 of 1,000 (100 %) users, 2,000,000 a second",
                ImportRun.Progress.line(2_000, 1_000, Duration.ZERO));
    }
}
