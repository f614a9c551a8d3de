package dev.latchkey.cli;

import dev.latchkey.cli.CliApplication.ServiceCommand;
import dev.latchkey.cli.CliApplication.Services;
import dev.latchkey.platform.boot.ConfigurationCheck.Usage;
import dev.latchkey.platform.db.DatabaseErrors;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Parses the program's arguments and runs the command that they name. Unknown arguments are refused: a typo must not start
 * the service.
 */
@Command(
        name = "latchkey",
        description = {
            "Without arguments it starts the service. With a command it runs that command and exits.",
            "",
            "A command takes its settings from the same environment as the service and opens no port."
                    + " gate check needs no settings and runs anywhere.",
        },
        synopsisHeading = "Usage: latchkey%n       ",
        customSynopsis = "latchkey COMMAND [--help]",
        version = "latchkey " + Cli.VERSION,
        subcommands = {KeysCommand.class, GateCommand.class, ImportCommand.class},
        footer = "  latchkey keys list")
public final class Cli {

    /** The version in pom.xml; a constant, so that it can be told before the framework starts. */
    static final String VERSION = "0.1.0-SNAPSHOT";

    private static final Map<String, String> EXIT_CODES =
            new TreeMap<>(Map.of(" 0", "done", " 1", "failed", " 2", "usage error"));

    @Option(names = "--help", usageHelp = true, scope = ScopeType.INHERIT, description = "Shows this help and exits.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Shows the version and exits.")
    private boolean version;

    /** The arguments are wrong. The message quotes nothing that might be secret. */
    static final class UsageException extends ParameterException {

        private static final long serialVersionUID = 1L;

        UsageException(CommandSpec command, String message) {
            super(command.commandLine(), message);
        }
    }

    /** The value of an argument cannot be used. The message does not quote it. */
    static final class UnusableValueException extends TypeConversionException {

        private static final long serialVersionUID = 1L;

        UnusableValueException(String message) {
            super(message);
        }
    }

    Cli() {}

    /** The result of {@link #runWithoutService}. */
    public sealed interface Result {}

    /** The command has run, or its arguments were wrong. */
    public record Exited(int code) implements Result {}

    /** The command needs beans, and these settings: {@link CliApplication} has to run it. */
    public record NeedsService(Set<Usage> usages) implements Result {}

    /** Parses the arguments, and runs what needs no beans: help, version, usage errors and {@code gate check}. */
    @SuppressWarnings("SystemOut") // It is what the operator reads.
    public static Result runWithoutService(String... arguments) {
        return runWithoutService(System.out, System.err, arguments);
    }

    static Result runWithoutService(PrintStream out, PrintStream err, String... arguments) {
        CommandLine cli = commandLine(out, err);
        AtomicReference<ServiceCommand> needsService = new AtomicReference<>();
        cli.setExecutionStrategy(parsed -> execute(parsed, out, err, command -> {
            needsService.set(command);
            return CommandResult.DONE;
        }));
        int code = cli.execute(withHelpOption(arguments));
        ServiceCommand command = needsService.get();
        return command == null ? new Exited(code) : new NeedsService(command.usages());
    }

    /** The words help and -h mean the option at the end of a command; an option -h would claim every kid that begins with it. */
    private static String[] withHelpOption(String... arguments) {
        String[] copy = arguments.clone();
        int last = copy.length - 1;
        if (last >= 0 && (copy[last].equals("help") || copy[last].equals("-h"))) {
            copy[last] = "--help";
        }
        return copy;
    }

    /** Runs a command, with beans if it needs them, and returns the exit code. */
    static int run(Services services, PrintStream out, PrintStream err, String... arguments) {
        CommandLine cli = commandLine(out, err);
        cli.setExecutionStrategy(parsed -> execute(parsed, out, err, command -> {
            try {
                return command.action().apply(services).print(out, err);
            } catch (RuntimeException failure) {
                // Only this type leads to the handler that prints a sentence instead of a stack trace.
                throw new CommandLine.ExecutionException(cli, "the command failed", failure);
            }
        }));
        return cli.execute(arguments);
    }

    static CommandLine commandLine(PrintStream out, PrintStream err) {
        CommandLine cli = configure(new CommandLine(new Cli()), out, err);
        useHeadings(cli);
        // A kid may begin with a dash, and its command has no options.
        subcommand(subcommand(cli, "keys"), "retire").setUnmatchedOptionsArePositionalParams(true);
        return cli;
    }

    private static CommandLine subcommand(CommandLine parent, String name) {
        return Objects.requireNonNull(parent.getSubcommands().get(name), name);
    }

    static CommandLine configure(CommandLine cli, PrintStream out, PrintStream err) {
        // Security: the content of a file is no argument, whatever an argument begins with.
        return cli.setExpandAtFiles(false)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setParameterExceptionHandler((refused, _) -> {
                    err.println(message(refused));
                    return CommandLine.ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((failure, _, _) -> {
                    err.println(DatabaseErrors.describe(failure));
                    return CommandResult.FAILED;
                });
    }

    private static void useHeadings(CommandLine cli) {
        CommandSpec command = cli.getCommandSpec();
        UsageMessageSpec help = command.usageMessage();
        help.descriptionHeading("%n")
                .parameterListHeading("%n")
                .optionListHeading(command.positionalParameters().isEmpty() ? "%n" : "")
                .commandListHeading("%nCommands:%n")
                .exitCodeListHeading("%nExit codes:%n")
                .footerHeading("%nExample:%n");
        if (help.exitCodeList().isEmpty()) {
            help.exitCodeList(EXIT_CODES);
        }
        cli.getSubcommands().values().forEach(Cli::useHeadings);
    }

    private static int execute(
            ParseResult parsed, PrintStream out, PrintStream err, ToIntFunction<ServiceCommand> withBeans) {
        CommandSpec command = last(parsed).commandSpec();
        boolean isHelpRequested = parsed.asCommandLineList().stream()
                .anyMatch(line -> line.isUsageHelpRequested() || line.isVersionHelpRequested());
        if (!isHelpRequested && !command.subcommands().isEmpty()) {
            throw new UsageException(
                    command,
                    name(command) + " needs a command: "
                            + String.join(", ", command.subcommands().keySet()) + ".");
        }
        int code = new RunLast().execute(parsed);
        return switch (command.commandLine().getExecutionResult()) {
            case ServiceCommand needsBeans -> withBeans.applyAsInt(needsBeans);
            case CommandResult result -> result.print(out, err);
            case null, default -> code;
        };
    }

    private static ParseResult last(ParseResult parsed) {
        return parsed.hasSubcommand() ? last(parsed.subcommand()) : parsed;
    }

    /**
     * Says in one line what is wrong with the arguments.
     *
     * <p>Security: picocli's own messages repeat values, one of which may be a token or a password in the wrong place.
     */
    private static String message(ParameterException refused) {
        CommandSpec command = refused.getCommandLine().getCommandSpec();
        String sentence = switch (refused) {
            case UsageException ours -> String.valueOf(ours.getMessage());
            case UnmatchedArgumentException unknown -> unknown(command, unknown);
            case MissingParameterException missing -> missing(command, missing.getMissing());
            case OverwrittenOptionException twice -> name(twice.getOverwritten()) + " was given twice.";
            case ParameterException bad
            when bad.getCause() instanceof UnusableValueException unusable -> String.valueOf(unusable.getMessage());
            case ParameterException bad
            when bad.getArgSpec() != null -> "The value of " + name(bad.getArgSpec()) + " cannot be used.";
            default -> "The arguments of " + name(command) + " cannot be used.";
        };
        return sentence.replaceAll("\\p{Cntrl}", "?") + " See: " + command.qualifiedName() + " --help";
    }

    private static String unknown(CommandSpec command, UnmatchedArgumentException unknown) {
        String word =
                unknown.getUnmatched().isEmpty() ? "" : unknown.getUnmatched().getFirst();
        List<String> similar = unknown.getSuggestions();
        if (unknown.isUnknownOption()) {
            return name(command) + " has no option '" + word.split("=", 2)[0] + "'."
                    + (similar.isEmpty() ? "" : " Did you mean " + String.join(" or ", similar) + "?");
        }
        if (!command.subcommands().isEmpty()) {
            String group = command.parent() == null ? "" : name(command) + " ";
            return "There is no command '" + group + word + "'."
                    + (similar.isEmpty() ? "" : " Did you mean '" + group + similar.getFirst() + "'?");
        }
        // Security: where a command takes a secret from a file or the environment, the word may be that secret.
        boolean hasSecret = command.options().stream().anyMatch(OptionSpec::hidden);
        return name(command) + " takes no further argument" + (hasSecret ? "." : ", and was given '" + word + "'.");
    }

    /** Of a group of options picocli names all, of which only the required ones can be missing. */
    private static String missing(CommandSpec command, List<ArgSpec> missing) {
        if (missing.size() == 1 && missing.getFirst() instanceof OptionSpec option && !option.required()) {
            return name(option) + " needs a value.";
        }
        List<String> names = missing.stream()
                .filter(ArgSpec::required)
                .map(argument -> argument instanceof OptionSpec option
                        ? name(option) + " " + option.paramLabel()
                        : name(argument))
                .toList();
        int last = names.size() - 1;
        String all =
                last == 0 ? names.getFirst() : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
        return name(command) + " needs " + all + ".";
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    private static String name(CommandSpec command) {
        return command.parent() == null
                ? command.name()
                : command.qualifiedName().substring(command.root().name().length() + 1);
    }
}
