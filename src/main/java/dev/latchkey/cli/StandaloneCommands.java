package dev.latchkey.cli;

import java.io.PrintStream;

/** Does what needs nothing of the service. */
public final class StandaloneCommands {

    private StandaloneCommands() {}

    /** Does it, says what came of it, and gives the exit code. */
    public static int run(StandaloneCommand command, PrintStream output, PrintStream error) {
        CommandResult answer = switch (command) {
            case GateCommand.Check check -> new GateChecks(System.getenv(), System.in, error).run(check);
        };
        return Commands.say(answer, output, error);
    }
}
