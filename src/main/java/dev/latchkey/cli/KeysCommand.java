package dev.latchkey.cli;

import dev.latchkey.cli.Invocation.Help;
import dev.latchkey.cli.Invocation.Run;
import dev.latchkey.key.KeyId;
import java.util.List;

/** The commands that concern signing keys. */
public sealed interface KeysCommand extends Command {

    record ListAll() implements KeysCommand {}

    record Rotate() implements KeysCommand {}

    record Retire(KeyId key) implements KeysCommand {}

    String HELP = """
            Usage: latchkey keys <command>

            Commands:
              list            shows every key, its state and its times
              rotate          makes the next key, unless one waits already
              retire <kid>    takes a key out of use at once, in an emergency
            """;

    String HELP_LIST = """
            Usage: latchkey keys list

            Shows every key in the order in which they sign. Times are UTC. States:
              next        published, and signs from the time in SIGNS FROM
              signing     signs new tokens
              verifying   its tokens count until the time in UNTIL
              over        its tokens count no longer; deleted a day later
              retired     refused since the time in UNTIL
            """;

    String HELP_ROTATE = """
            Usage: latchkey keys rotate

            Makes the next key. It is published at once and signs after
            latchkey.key.publish-ahead (10 minutes); the one before it verifies for
            latchkey.key.overlap (20 minutes) from then on. Nobody notices.
            When a next key waits already, none is made.
            """;

    String HELP_RETIRE = """
            Usage: latchkey keys retire <kid>

            For a key that has been stolen. Its tokens are refused at once on every
            replica; if it is the one that signs, a successor signs at once. Everybody
            who holds one of its tokens needs a refresh, which clients do by themselves.
            Demands the whole kid, as latchkey keys list shows it.
            """;

    static Invocation read(List<String> arguments) {
        if (arguments.isEmpty()) {
            return CommandLine.misuse(
                    "keys needs to be told what to do: list, rotate or retire.", "latchkey keys --help");
        }
        String word = arguments.getFirst();
        if (CommandLine.asksForHelp(word)) {
            return new Help(HELP);
        }
        List<String> rest = arguments.subList(1, arguments.size());
        return switch (word) {
            case "list" -> alone(rest, "list", new ListAll(), HELP_LIST);
            case "rotate" -> alone(rest, "rotate", new Rotate(), HELP_ROTATE);
            case "retire" -> retire(rest);
            default -> CommandLine.misuse("There is no command 'keys " + word + "'.", "latchkey keys --help");
        };
    }

    private static Invocation alone(List<String> rest, String word, KeysCommand command, String help) {
        if (rest.isEmpty()) {
            return new Run(command);
        }
        return CommandLine.asksForHelp(rest.getFirst())
                ? new Help(help)
                : CommandLine.misuse(
                        "keys " + word + " takes no argument, and was given '" + rest.getFirst() + "'.",
                        "latchkey keys " + word + " --help");
    }

    private static Invocation retire(List<String> rest) {
        String help = "latchkey keys retire --help";
        if (rest.isEmpty()) {
            return CommandLine.misuse("keys retire needs the whole kid of a key.", help);
        }
        if (CommandLine.asksForHelp(rest.getFirst())) {
            return new Help(HELP_RETIRE);
        }
        if (rest.size() > 1) {
            return CommandLine.misuse("keys retire takes one kid, and was given '" + rest.get(1) + "' besides.", help);
        }
        // A kid may begin with a dash; none begins with two, for it would have 43 characters to say so.
        return rest.getFirst().startsWith("--") && rest.getFirst().length() < 43
                ? CommandLine.misuse("keys retire has no option '" + rest.getFirst() + "'.", help)
                : new Run(new Retire(new KeyId(rest.getFirst())));
    }
}
