package dev.latchkey.cli;

import dev.latchkey.cli.Invocation.Help;
import dev.latchkey.cli.Invocation.Misuse;
import dev.latchkey.cli.Invocation.Run;
import dev.latchkey.cli.Invocation.RunAlone;
import dev.latchkey.cli.Invocation.Serve;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.PrintStream;
import java.sql.SQLException;

/** The program when it has arguments: does the one thing that they say, and ends with a code that says how it went. */
@ApplicationScoped
public class Commands implements QuarkusApplication {

    public static final int DONE = 0;
    public static final int FAILED = 1;
    public static final int MISUSED = 2;

    private final KeysCommands keys;
    private final GateExplain explainer;
    private final ImportCommands imports;

    Commands(KeysCommands keys, GateExplain explainer, ImportCommands imports) {
        this.keys = keys;
        this.imports = imports;
        this.explainer = explainer;
    }

    @Override
    @SuppressWarnings("SystemOut") // It is what the operator reads.
    public int run(String... arguments) {
        return switch (CommandLine.read(arguments)) {
            case Run(Command command) -> say(perform(command), System.out, System.err);
            case Help(String text) -> say(CommandResult.done(text.stripTrailing()), System.out, System.err);
            case Misuse(String sentence) -> {
                System.err.println(sentence);
                yield MISUSED;
            }
            case RunAlone _ -> throw new IllegalStateException("this command needs no framework");
            case Serve() -> throw new IllegalStateException("the service is no command");
        };
    }

    private CommandResult perform(Command command) {
        try {
            return switch (command) {
                case KeysCommand of -> keys.run(of);
                case ExplainCommand explain -> explainer.run(explain);
                case ImportCommand of -> imports.run(of);
            };
        } catch (RuntimeException failed) {
            return CommandResult.failed(sentence(failed));
        }
    }

    static int say(CommandResult answer, PrintStream output, PrintStream error) {
        return switch (answer) {
            case CommandResult.Done(String text, String remark) -> {
                print(text, output);
                print(remark, error);
                yield DONE;
            }
            case CommandResult.Alarm(String text, String remark) -> {
                print(text, output);
                print(remark, error);
                yield FAILED;
            }
            case CommandResult.Misused(String sentence) -> {
                print(sentence, error);
                yield MISUSED;
            }
            case CommandResult.Failed(String sentence) -> {
                print(sentence, error);
                yield FAILED;
            }
        };
    }

    private static void print(String text, PrintStream stream) {
        if (!text.isEmpty()) {
            stream.println(text);
        }
    }

    /** For an operator, who has no use for a stack trace when a database is away. */
    static String sentence(Throwable failure) {
        Throwable innermost = failure;
        String state = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            innermost = cause;
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                state = sql.getSQLState();
            }
        }
        // Undefined table, undefined column.
        if ("42P01".equals(state) || "42703".equals(state)) {
            return "The database does not have this version's tables yet; the service makes them when it starts.";
        }
        String words = innermost.getMessage() == null ? innermost.getClass().getSimpleName() : innermost.getMessage();
        return "It failed, and nothing was changed: "
                + words.replaceAll("\\s+", " ").strip();
    }
}
