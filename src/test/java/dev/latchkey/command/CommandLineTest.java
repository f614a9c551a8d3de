package dev.latchkey.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.command.Invocation.Help;
import dev.latchkey.command.Invocation.Misuse;
import dev.latchkey.command.Invocation.Run;
import dev.latchkey.command.Invocation.Serve;
import dev.latchkey.key.KeyId;
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
    })
    void refusesWhatItDoesNotKnowAndNamesIt(String arguments, String named) {
        String sentence = assertInstanceOf(Misuse.class, read(arguments)).sentence();
        assertTrue(sentence.contains(named), sentence);
        assertTrue(sentence.contains("--help"), sentence);
        assertEquals(1, sentence.lines().count());
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
