package dev.latchkey.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.key.KeyId;
import dev.latchkey.key.KeyRotation.ReencryptionOutcome;
import dev.latchkey.key.KeyRotation.RetirementOutcome;
import dev.latchkey.key.KeyRotation.RotationOutcome;
import dev.latchkey.key.KeySummary;
import dev.latchkey.platform.db.DatabaseErrors;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeysCommandTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123456Z");
    private static final KeyId KID = new KeyId("a-kid");

    @Test
    void listsKeysInColumns() {
        assertEquals(
                """
                KID    ALGORITHM  STATE      CREATED               SIGNS FROM            UNTIL
                a-kid  RS256      retired    2026-03-01T12:00:00Z  2026-03-01T12:00:00Z  2026-03-01T13:00:00Z
                a-kid  EdDSA      verifying  2026-03-01T12:00:00Z  2026-03-01T12:00:00Z  2026-03-01T12:20:00Z
                a-kid  ES256      signing    2026-03-01T12:00:00Z  2026-03-01T12:00:00Z  -
                """,
                printed(KeysCommand.list(List.of(
                        key("RS256", KeySummary.State.RETIRED, NOON.plusSeconds(60), NOON.plusSeconds(3600)),
                        key("EdDSA", KeySummary.State.VERIFYING, NOON.plusSeconds(1200), null),
                        key("ES256", KeySummary.State.SIGNING, null, null)))));
    }

    @Test
    void printsOnStandardErrorThatThereIsNoKeyYet() {
        CommandResult result = KeysCommand.list(List.of());
        assertEquals(0, result.exitCode());
        assertEquals("", result.output());
        assertTrue(result.message().contains("no key yet"));
    }

    @Test
    void printsWhenTheNextKeySigns() {
        String made = printed(
                KeysCommand.rotated(new RotationOutcome.Made(key("EdDSA", KeySummary.State.PENDING, null, null))));
        assertTrue(made.contains("a-kid") && made.contains("signs from 2026-03-01T12:00:00Z"), made);
        String waits = printed(
                KeysCommand.rotated(new RotationOutcome.Waiting(key("EdDSA", KeySummary.State.PENDING, null, null))));
        assertTrue(waits.startsWith("Made none") && waits.contains("2026-03-01T12:00:00Z"), waits);
    }

    @Test
    void printsWhatReencryptionDid() {
        String first = printed(KeysCommand.reencrypted(
                new ReencryptionOutcome(List.of(KID, new KeyId("b-kid")), List.of(new KeyId("c-kid")), List.of())));
        assertTrue(first.contains("Re-encrypted 2 keys (a-kid, b-kid)") && first.contains("key c-kid"), first);
        String again = printed(KeysCommand.reencrypted(new ReencryptionOutcome(List.of(), List.of(KID), List.of())));
        assertTrue(again.startsWith("Re-encrypted no key."), again);
        CommandResult failed = KeysCommand.reencrypted(new ReencryptionOutcome(List.of(), List.of(), List.of(KID)));
        assertEquals(1, failed.exitCode());
        assertTrue(failed.message().contains("a-kid: put the secret"), failed.message());
        assertTrue(failed.message().contains("LATCHKEY_SECRET_PREVIOUS"), failed.message());
        assertTrue(
                failed.message().contains("update signing_keys set retired_at = now() where id = 'a-kid';"),
                failed.message());
        assertFalse(failed.message().contains("keys retire"), "which has to open the key that signs");
    }

    @Test
    void printsWhatRetirementDoes() {
        String one = printed(KeysCommand.retired(KID, new RetirementOutcome.Done(KID, new KeyId("successor"))));
        assertTrue(one.contains("Key successor signs from now on") && one.contains("refresh"), one);
        String other = printed(KeysCommand.retired(KID, new RetirementOutcome.Done(KID, null)));
        assertTrue(other.contains("It did not sign"), other);
        String again = printed(KeysCommand.retired(KID, new RetirementOutcome.Already(NOON)));
        assertTrue(again.contains("already, since 2026-03-01T12:00:00Z"), again);
    }

    @Test
    void failsWithOneLine() {
        for (CommandResult failed : List.of(
                KeysCommand.retired(KID, new RetirementOutcome.Unknown()),
                KeysCommand.retired(KID, new RetirementOutcome.OtherSecret(KID)),
                KeysCommand.rotated(new RotationOutcome.OtherSecret(KID)))) {
            assertEquals(1, failed.exitCode());
            assertEquals("", failed.output());
            String sentence = failed.message();
            assertTrue(sentence.contains("a-kid"), sentence);
            assertEquals(1, sentence.lines().count());
        }
    }

    @Test
    void writesFailuresToStandardErrorOnly() {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream error = new ByteArrayOutputStream();
        assertEquals(1, CommandResult.failed("No.").print(new PrintStream(output), new PrintStream(error)));
        assertEquals("", output.toString(StandardCharsets.UTF_8));
        assertEquals("No." + System.lineSeparator(), error.toString(StandardCharsets.UTF_8));
    }

    @Test
    void describesDatabaseFailuresWithoutStackTrace() {
        String sentence = DatabaseErrors.describe(
                new IllegalStateException("outer", new SQLException("Connection to db:5432\n refused", "08001")));
        assertEquals("Failed: Connection to db:5432 refused", sentence);
        assertFalse(sentence.contains("outer"), sentence);
        String noTables =
                DatabaseErrors.describe(new IllegalStateException(new SQLException("no such relation", "42P01")));
        assertTrue(noTables.contains("when it starts"), noTables);
    }

    private static KeySummary key(
            String algorithm, KeySummary.State state, @Nullable Instant until, @Nullable Instant retiredAt) {
        return new KeySummary(KID, algorithm, state, NOON, NOON, until, retiredAt);
    }

    /** What goes to standard output; it must end with 0. */
    private static String printed(CommandResult result) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream error = new ByteArrayOutputStream();
        assertEquals(0, result.print(new PrintStream(output), new PrintStream(error)));
        assertEquals("", error.toString(StandardCharsets.UTF_8));
        return output.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
