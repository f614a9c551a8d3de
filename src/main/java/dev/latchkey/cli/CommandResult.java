package dev.latchkey.cli;

/** What a command says, where, and with which exit code it ends. */
sealed interface CommandResult {

    /** What was asked for, for standard output; a remark besides, for standard error, or none. */
    record Done(String output, String remark) implements CommandResult {}

    /** What was asked for, and it is bad: the same streams, and the code of a failure. */
    record Alarm(String output, String remark) implements CommandResult {}

    /** Why it was not done, for standard error. */
    record Failed(String sentence) implements CommandResult {}

    /** What the command cannot be done with, as if its arguments were wrong; for standard error. */
    record Misused(String sentence) implements CommandResult {}

    static CommandResult done(String output) {
        return new Done(output, "");
    }

    static CommandResult remark(String remark) {
        return new Done("", remark);
    }

    static CommandResult failed(String sentence) {
        return new Failed(sentence);
    }
}
