package dev.latchkey.cli;

/** What the program's arguments ask for. */
public sealed interface Invocation {

    /** To serve: there are none. */
    record Serve() implements Invocation {}

    /** To do one thing as the service would, and end. */
    record Run(Command command) implements Invocation {}

    /** To do one thing without anything of the service being started, and end. */
    record RunAlone(StandaloneCommand command) implements Invocation {}

    /** To be told how. */
    record Help(String text) implements Invocation {}

    /** Nothing that there is. */
    record Misuse(String sentence) implements Invocation {}
}
