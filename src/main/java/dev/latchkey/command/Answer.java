package dev.latchkey.command;

/** What a command says, where, and with which exit code it ends. */
sealed interface Answer {

    /** What was asked for, for standard output; a remark besides, for standard error, or none. */
    record Done(String output, String remark) implements Answer {}

    /** What was asked for, and it is bad: the same streams, and the code of a failure. */
    record Alarm(String output, String remark) implements Answer {}

    /** Why it was not done, for standard error. */
    record Failed(String sentence) implements Answer {}

    /** What the command cannot be done with, as if its arguments were wrong; for standard error. */
    record Misused(String sentence) implements Answer {}

    static Answer done(String output) {
        return new Done(output, "");
    }

    static Answer remark(String remark) {
        return new Done("", remark);
    }

    static Answer failed(String sentence) {
        return new Failed(sentence);
    }
}
