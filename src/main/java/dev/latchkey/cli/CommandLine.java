package dev.latchkey.cli;

import dev.latchkey.cli.Invocation.Help;
import dev.latchkey.cli.Invocation.Misuse;
import dev.latchkey.cli.Invocation.Serve;
import java.util.List;
import java.util.Set;

/** Reads the program's arguments. What it does not know it refuses: a typo must not start a service. */
public final class CommandLine {

    private static final Set<String> HELP = Set.of("--help", "-h", "help");

    private static final String TEXT = """
            Usage: latchkey                      serves
                   latchkey <command> [--help]   does one thing and ends

            Commands:
              keys    lists, rotates and retires the keys that sign tokens
              gate    explains the gate, and tries whether it can be talked around
              import  brings in users of Better Auth or of a file

            A command takes its settings from the same environment as the service: the
            database and LATCHKEY_SECRET at least. It opens no port. gate check needs
            neither, and runs anywhere.

            Exit codes: 0 done, 1 failed, 2 no such command.
            """;

    private CommandLine() {}

    public static Invocation read(String... arguments) {
        if (arguments.length == 0) {
            return new Serve();
        }
        List<String> rest = List.of(arguments).subList(1, arguments.length);
        if (asksForHelp(arguments[0])) {
            return new Help(TEXT);
        }
        return switch (arguments[0]) {
            case "keys" -> KeysCommand.read(rest);
            case "gate" -> GateCommand.read(rest);
            case "import" -> ImportCommand.read(rest);
            default -> misuse("There is no command '" + arguments[0] + "'.", "latchkey --help");
        };
    }

    static boolean asksForHelp(String argument) {
        return HELP.contains(argument);
    }

    static Misuse misuse(String sentence, String help) {
        return new Misuse(sentence + " See: " + help);
    }
}
