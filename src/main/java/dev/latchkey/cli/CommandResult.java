package dev.latchkey.cli;

import java.io.PrintStream;

/**
 * The result of a command.
 *
 * @param output what was asked for, for standard output; may be empty
 * @param message a remark, or the reason of a failure, for standard error; may be empty
 */
record CommandResult(int exitCode, String output, String message) {

    static final int DONE = 0;
    static final int FAILED = 1;

    static CommandResult done(String output) {
        return done(output, "");
    }

    static CommandResult done(String output, String message) {
        return new CommandResult(DONE, output, message);
    }

    static CommandResult failed(String message) {
        return failed("", message);
    }

    static CommandResult failed(String output, String message) {
        return new CommandResult(FAILED, output, message);
    }

    /** Prints both texts and returns the exit code. */
    int print(PrintStream out, PrintStream err) {
        if (!output.isEmpty()) {
            out.println(output);
        }
        if (!message.isEmpty()) {
            err.println(message);
        }
        return exitCode;
    }
}
