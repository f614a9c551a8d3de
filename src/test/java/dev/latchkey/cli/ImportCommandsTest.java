package dev.latchkey.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Sql;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import dev.latchkey.userimport.SourceUrl;
import dev.latchkey.userimport.UserImport;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator reads of an import. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class ImportCommandsTest {

    @Inject
    UserImport moving;

    @Inject
    Clock clock;

    @TempDir
    Path folder;

    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();
    private final String word = "w" + UUID.randomUUID().toString().replace("-", "");

    private ImportCommands commands(String input, Optional<String> password) {
        return new ImportCommands(
                moving,
                () -> password,
                clock,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(progress, true, StandardCharsets.UTF_8));
    }

    private CommandResult csv(String text, boolean rehearsal, @Nullable Path report) {
        return commands(text, Optional.empty())
                .run(new ImportCommand.Csv("-", rehearsal, report == null ? null : report.toString()));
    }

    private String people(String... lines) {
        return "id,email\n" + String.join("\n", lines).replace("*", word) + "\n";
    }

    @Test
    void countsWhatBecameOfThem() {
        CommandResult.Done done = assertInstanceOf(
                CommandResult.Done.class,
                csv(people("a*,a*@example.com", "b*,nobody", "c*,a*@example.com", "a b,"), false, null));
        assertEquals("""
                RESULT                                        USERS
                imported                                      1
                there already                                 0
                skipped: the id cannot stand in a path        1
                skipped: the e-mail address is refused        1
                skipped: another user has the e-mail address  1
                in all                                        4""", done.output());
        List<String> remarks = done.remark().lines().toList();
        assertEquals("Line 3 skipped: the e-mail address is refused (not of the form name@domain)", remarks.get(0));
        assertTrue(remarks.contains("Line 4 skipped: another user has the e-mail address (user a" + word + ")"));
        assertTrue(remarks.getLast().matches("4 users in .* a second\\."), done.remark());
        assertFalse(done.remark().contains("@example.com"), "nobody's address is told");
    }

    @Test
    void changesNothingInARehearsal() {
        CommandResult.Done done =
                assertInstanceOf(CommandResult.Done.class, csv(people("a*,a*@example.com"), true, null));
        assertTrue(done.output().contains("imported       1"), done.output());
        assertTrue(done.remark().endsWith("This was a rehearsal: nothing was changed."), done.remark());
        assertEquals(0, Sql.count("select count(*) from users where id = ?", "a" + word));
    }

    @Test
    void showsTheFirstTwentyAndSaysHowManyMore() {
        String[] lines = new String[25];
        Arrays.fill(lines, ",nobody");
        CommandResult.Done done = assertInstanceOf(CommandResult.Done.class, csv(people(lines), false, null));
        assertEquals(
                20,
                done.remark().lines().filter(line -> line.startsWith("Line ")).count());
        assertTrue(done.remark().contains("And 5 more; --report FILE has them all."), done.remark());
    }

    @Test
    void writesAllIntoANewFileIfAsked() throws IOException {
        Path report = folder.resolve("report.csv");
        String[] lines = new String[25];
        Arrays.fill(lines, "\"=1+1,\"\"x\"\"\",nobody");
        CommandResult.Done done = assertInstanceOf(CommandResult.Done.class, csv(people(lines), false, report));
        assertFalse(done.remark().contains("Line "), done.remark());
        List<String> written = Files.readAllLines(report);
        assertEquals(26, written.size());
        assertEquals("line,id,result,reason,detail", written.getFirst());
        assertTrue(written.get(1).startsWith("2,"), written.get(1));

        assertInstanceOf(CommandResult.Failed.class, csv(people("a*,a*@example.com"), false, report));
        assertEquals(26, Files.readAllLines(report).size(), "an older report stays");
        assertEquals(0, Sql.count("select count(*) from users where id = ?", "a" + word));
    }

    @Test
    void saysWhatIsWrongWithAFile() {
        assertTrue(assertInstanceOf(CommandResult.Failed.class, csv("", false, null))
                .sentence()
                .endsWith("Nothing was changed."));
        assertTrue(assertInstanceOf(CommandResult.Failed.class, csv("email;name\n", false, null))
                .sentence()
                .contains("commas"));
        CommandResult missing = commands("", Optional.empty())
                .run(new ImportCommand.Csv(folder.resolve("none.csv").toString(), false, null));
        assertTrue(
                assertInstanceOf(CommandResult.Failed.class, missing).sentence().contains("cannot be read"));
    }

    /** What came before stays, and is counted. */
    @Test
    void saysHowFarItCame() {
        StringBuilder text = new StringBuilder(people("a*,a*@example.com"));
        for (int i = 0; i < 2_000; i++) {
            text.append(",x").append(i).append(word).append("@example.com\n");
        }
        text.append("\"").append("x\n".repeat(40_000));
        CommandResult.Alarm broken = assertInstanceOf(CommandResult.Alarm.class, csv(text.toString(), false, null));
        assertTrue(broken.output().contains("imported       2000"), broken.output());
        assertTrue(broken.remark().contains("Line 2003 "), broken.remark());
        assertTrue(broken.remark().endsWith("What is counted here stays; run it again to go on."), broken.remark());
        assertEquals(1, Sql.count("select count(*) from users where id = ?", "a" + word));
    }

    /** It fails at once, and must not sound as if somebody had come in. */
    @Test
    void saysThatNothingWasChanged() {
        CommandResult broken = csv("email\n\"" + "x\n".repeat(40_000), false, null);
        String sentence = assertInstanceOf(CommandResult.Failed.class, broken).sentence();
        assertTrue(sentence.startsWith("Line 2 ") && sentence.endsWith(" Nothing was changed."), sentence);
    }

    @Test
    void readsThePasswordFromAFileOrFromTheSettings() throws IOException {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        Path file = Files.writeString(folder.resolve("password"), database.password() + "\n");
        // Who gets as far as to miss the tables has signed in.
        for (CommandResult answer : List.of(
                commands("", Optional.of(database.password())).run(source(database, null)),
                commands("", Optional.of("wrong")).run(source(database, file.toString())),
                commands(database.password() + "\r\n", Optional.empty()).run(source(database, "-")))) {
            String sentence =
                    assertInstanceOf(CommandResult.Failed.class, answer).sentence();
            assertTrue(sentence.contains("no table \"user\""), sentence);
        }
        CommandResult unreadable = commands("", Optional.empty()).run(source(database, folder.toString()));
        assertTrue(assertInstanceOf(CommandResult.Failed.class, unreadable)
                .sentence()
                .contains("--password-file"));
    }

    private static ImportCommand source(EmbeddedDatabase database, @Nullable String passwordFile) {
        return new ImportCommand.BetterAuth(
                new SourceUrl(database.url()), database.username(), passwordFile, false, false, null);
    }

    @Test
    void saysHowFastItIs() {
        assertEquals(
                "250,000 of 1,000,000 (25 %) users, 25,000 a second",
                ImportProgress.line(250_000, 1_000_000, Duration.ofSeconds(10)));
        assertEquals("2,000 users, 1,000 a second", ImportProgress.line(2_000, 0, Duration.ofSeconds(2)));
        assertEquals(
                "2,000 of 1,000 (100 %) users, 2,000,000 a second", ImportProgress.line(2_000, 1_000, Duration.ZERO));
    }
}
