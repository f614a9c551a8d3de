package dev.latchkey.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.key.KeyId;
import dev.latchkey.key.KeyState;
import dev.latchkey.key.KeySummary;
import dev.latchkey.key.RetirementOutcome;
import dev.latchkey.key.RotationOutcome;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an operator reads. */
class KeysCommandsTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123456Z");
    private static final KeyId KID = new KeyId("a-kid");

    @Test
    void listsInColumns() {
        assertEquals(
                """
                KID    ALGORITHM  STATE      CREATED               SIGNS FROM            UNTIL
                a-kid  RS256      retired    2026-03-01T12:00:00Z  2026-03-01T12:00:00Z  2026-03-01T13:00:00Z
                a-kid  EdDSA      verifying  2026-03-01T12:00:00Z  2026-03-01T12:00:00Z  2026-03-01T12:20:00Z
                a-kid  ES256      signing    2026-03-01T12:00:00Z  2026-03-01T12:00:00Z  -
                """,
                said(KeysCommands.list(List.of(
                        key("RS256", KeyState.RETIRED, NOON.plusSeconds(60), NOON.plusSeconds(3600)),
                        key("EdDSA", KeyState.VERIFYING, NOON.plusSeconds(1200), null),
                        key("ES256", KeyState.SIGNING, null, null)))));
    }

    @Test
    void saysThatThereIsNoKeyWhereNobodyReadsForKeys() {
        CommandResult.Done answer = assertInstanceOf(CommandResult.Done.class, KeysCommands.list(List.of()));
        assertEquals("", answer.output());
        assertTrue(answer.remark().contains("no key yet"));
    }

    @Test
    void saysWhenTheNextKeySigns() {
        String made = said(KeysCommands.rotated(new RotationOutcome.Made(key("EdDSA", KeyState.NEXT, null, null))));
        assertTrue(made.contains("a-kid") && made.contains("signs from 2026-03-01T12:00:00Z"), made);
        String waits = said(KeysCommands.rotated(new RotationOutcome.Waiting(key("EdDSA", KeyState.NEXT, null, null))));
        assertTrue(waits.startsWith("Made none") && waits.contains("2026-03-01T12:00:00Z"), waits);
    }

    @Test
    void saysWhatARetirementMeans() {
        String one = said(KeysCommands.retired(KID, new RetirementOutcome.Done(KID, new KeyId("successor"))));
        assertTrue(one.contains("Key successor signs from now on") && one.contains("refresh"), one);
        String other = said(KeysCommands.retired(KID, new RetirementOutcome.Done(KID, null)));
        assertTrue(other.contains("It did not sign"), other);
        String again = said(KeysCommands.retired(KID, new RetirementOutcome.Already(NOON)));
        assertTrue(again.contains("already, since 2026-03-01T12:00:00Z"), again);
    }

    @Test
    void failsInASentence() {
        for (CommandResult failed : List.of(
                KeysCommands.retired(KID, new RetirementOutcome.Unknown()),
                KeysCommands.retired(KID, new RetirementOutcome.OtherSecret(KID)),
                KeysCommands.rotated(new RotationOutcome.OtherSecret(KID)))) {
            String sentence =
                    assertInstanceOf(CommandResult.Failed.class, failed).sentence();
            assertTrue(sentence.contains("a-kid"), sentence);
            assertEquals(1, sentence.lines().count());
        }
    }

    @Test
    void writesFailuresToStandardErrorOnly() {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream error = new ByteArrayOutputStream();
        assertEquals(1, Commands.say(CommandResult.failed("No."), new PrintStream(output), new PrintStream(error)));
        assertEquals("", output.toString(StandardCharsets.UTF_8));
        assertEquals("No." + System.lineSeparator(), error.toString(StandardCharsets.UTF_8));
    }

    @Test
    void tellsADatabaseThatIsAwayWithoutAStack() {
        String sentence = Commands.sentence(
                new IllegalStateException("outer", new SQLException("Connection to db:5432\n refused", "08001")));
        assertTrue(sentence.endsWith("Connection to db:5432 refused"), sentence);
        assertFalse(sentence.contains("outer"), sentence);
        String noTables = Commands.sentence(new IllegalStateException(new SQLException("no such relation", "42P01")));
        assertTrue(noTables.contains("when it starts"), noTables);
    }

    private static KeySummary key(
            String algorithm, KeyState state, @Nullable Instant until, @Nullable Instant retiredAt) {
        return new KeySummary(KID, algorithm, state, NOON, NOON, until, retiredAt);
    }

    /** What goes to standard output; it must end with 0. */
    private static String said(CommandResult answer) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream error = new ByteArrayOutputStream();
        assertEquals(0, Commands.say(answer, new PrintStream(output), new PrintStream(error)));
        assertEquals("", error.toString(StandardCharsets.UTF_8));
        return output.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
