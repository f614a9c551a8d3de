package dev.latchkey.cli;

import dev.latchkey.cli.CliApplication.ServiceCommand;
import dev.latchkey.cli.CliApplication.Services;
import dev.latchkey.platform.boot.ConfigurationCheck.Usage;
import dev.latchkey.platform.db.DatabaseErrors;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Parses the program's arguments and runs the command that they name. Unknown arguments are refused: a typo must not start
 * the service.
 */
@Command(
        name = "latchkey",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        version = "latchkey " + Cli.VERSION,
        subcommands = {
            AdminCommand.class,
            KeysCommand.class,
            GateCommand.class,
            ImportCommand.class,
            DoctorCommand.class,
            DoctorCommand.UpgradeCommand.class,
            DoctorCommand.MigrateCommand.class,
            HelpCommand.class
        },
        descriptionHeading = "%n",
        description = {
            "Without arguments it starts the service. With a command it runs that command and exits.",
            "",
            "A command takes its settings from the same environment as the service and opens no port."
                    + " gate check needs no settings and runs anywhere.",
        },
        parameterListHeading = "%n",
        optionListHeading = "%n",
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {" 0:done", " 1:failed", Cli.USAGE_ERROR},
        footerHeading = "%nExample:%n",
        footer = "  latchkey keys list")
public final class Cli {

    /** The version in pom.xml; a constant, so that it can be printed before the framework starts. */
    static final String VERSION = "0.1.0-SNAPSHOT";

    static final String USAGE_ERROR = " 2:usage error";

    Cli() {}

    /** The arguments are wrong. The message quotes nothing that might be secret. */
    static final class UsageException extends ParameterException {

        private static final long serialVersionUID = 1L;

        UsageException(CommandSpec command, String message) {
            super(command.commandLine(), message);
        }
    }

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
        int code = cli.execute(arguments);
        return switch (result(cli)) {
            case ServiceCommand command -> new NeedsService(command.usages());
            case CommandResult result -> new Exited(result.print(out, err));
            case null, default -> new Exited(code);
        };
    }

    /** Runs a command that needs beans, and returns the exit code. */
    static int run(Services services, PrintStream out, PrintStream err, String... arguments) {
        CommandLine cli = commandLine(out, err);
        int code = cli.execute(arguments);
        return result(cli) instanceof ServiceCommand command
                ? command.run(services).print(out, err)
                : code;
    }

    /** Returns what the command has returned; null if the arguments were wrong, or asked for help. */
    private static @Nullable Object result(CommandLine cli) {
        ParseResult parsed = cli.getParseResult();
        while (parsed != null && parsed.hasSubcommand()) {
            parsed = parsed.subcommand();
        }
        return parsed == null ? null : parsed.commandSpec().commandLine().getExecutionResult();
    }

    static CommandLine commandLine(PrintStream out, PrintStream err) {
        CommandLine cli = configure(new CommandLine(new Cli()), out, err);
        CommandLine keys = Objects.requireNonNull(cli.getSubcommands().get("keys"));
        acceptDash(Objects.requireNonNull(keys.getSubcommands().get("retire")));
        return cli;
    }

    /** Lets an argument begin with a dash, as a kid may: no short option, for each claims whatever begins with it. */
    private static void acceptDash(CommandLine command) {
        command.setUnmatchedOptionsArePositionalParams(true)
                .getCommandSpec()
                .mixinStandardHelpOptions(false)
                .addOption(OptionSpec.builder("--help")
                        .usageHelp(true)
                        .description("Show this help message and exit.")
                        .build())
                .addOption(OptionSpec.builder("--version")
                        .versionHelp(true)
                        .description("Print version information and exit.")
                        .build());
    }

    static CommandLine configure(CommandLine cli, PrintStream out, PrintStream err) {
        // Security: the content of a file is no argument, whatever an argument begins with.
        return cli.setExpandAtFiles(false)
                // A kid that begins with -h is not the option -h.
                .setPosixClusteredShortOptionsAllowed(false)
                .setOut(new PrintWriter(out, true, out.charset()))
                .setErr(new PrintWriter(err, true, err.charset()))
                .setParameterExceptionHandler((refused, _) -> {
                    err.println(message(refused));
                    return CommandLine.ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((failure, _, _) -> {
                    err.println(DatabaseErrors.describe(failure));
                    return CommandResult.FAILED;
                });
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
            case ParameterException unusable
            when unusable.getArgSpec() != null -> "The value of " + name(unusable.getArgSpec()) + " cannot be used.";
            // Of a command that has commands, and that was given none.
            default -> name(command) + " needs a command: " + commands(command) + ".";
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
        return name(command) + " needs "
                + missing.stream()
                        .filter(ArgSpec::required)
                        .map(argument -> argument instanceof OptionSpec
                                ? name(argument) + " " + argument.paramLabel()
                                : name(argument))
                        .collect(Collectors.joining(" and "))
                + ".";
    }

    private static String commands(CommandSpec command) {
        return command.subcommands().entrySet().stream()
                .filter(entry -> !entry.getValue().getCommandSpec().helpCommand())
                .map(entry -> entry.getKey())
                .collect(Collectors.joining(", "));
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
