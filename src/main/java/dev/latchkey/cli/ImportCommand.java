package dev.latchkey.cli;

import dev.latchkey.cli.Invocation.Help;
import dev.latchkey.cli.Invocation.Run;
import dev.latchkey.userimport.SourceUrl;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The commands by which users of other systems come in. */
public sealed interface ImportCommand extends Command {

    /** Whether only to find out what would become of them. */
    boolean rehearsal();

    /** Where everybody is written to of whom there is something to say; none: the first ones are shown. */
    @Nullable
    String reportFile();

    /**
     * From the database of a Better Auth server.
     *
     * @param user none for the one in the URL
     * @param passwordFile where the password stands; {@code -} for standard input; none for the settings
     */
    record BetterAuth(
            SourceUrl source,
            @Nullable String user,
            @Nullable String passwordFile,
            boolean withSessions,
            boolean rehearsal,
            @Nullable String reportFile)
            implements ImportCommand {}

    /**
     * From a file.
     *
     * @param file {@code -} for standard input
     */
    record Csv(String file, boolean rehearsal, @Nullable String reportFile) implements ImportCommand {}

    String HELP = """
            Usage: latchkey import <command>

            Commands:
              better-auth   brings in the users of a Better Auth server
              csv           brings in the users of a file

            Nothing is overwritten: who is here already stays as they are. What was
            broken off goes on when it is run again. docs/importing-users.md tells more.
            """;

    String HELP_BETTER_AUTH = """
            Usage: latchkey import better-auth --from URL [options]

            Brings in users with their ids and passwords from the PostgreSQL database of a
            Better Auth server, which is only read. Passwords stay as they are hashed there
            until their owners sign in.

              --from URL            jdbc:postgresql://db.example.com/app; a schema by
                                    ?currentSchema=auth, encryption by ?sslmode=verify-full
              --user NAME           who reads there, unless ?user= says it
              --password-file FILE  their password; - for standard input.
                                    Without it: the variable LATCHKEY_IMPORT_PASSWORD
              --sessions            with the sessions that live, so that people stay
                                    signed in; their cookies count where
                                    LATCHKEY_BETTER_AUTH_SECRET is that server's secret
              --dry-run             changes nothing, and says what would be done
              --report FILE         writes a line (CSV) for everybody of whom there is
                                    something to say; without it the first 20 are shown

            Progress goes to standard error. Exit codes: 0 all were looked at, whoever was
            left out, 1 failed or broken off, 2 no such command.
            """;

    String HELP_CSV = """
            Usage: latchkey import csv FILE [options]

            Brings in the users of a file of comma-separated values in UTF-8 (RFC 4180); -
            for standard input. Its first line names the columns, in any order:

              email           needed
              id              kept; without it everybody gets a new one
              name, image     what people see
              email_verified  true or false
              password_hash   Argon2, bcrypt, PBKDF2 or scrypt, in PHC or modular crypt form
              created_at      2026-03-01T12:00:00Z
              roles           separated by semicolons

            A line with something that cannot be used is left out as a whole.

              --dry-run       changes nothing, and says what would be done
              --report FILE   writes a line (CSV) for everybody of whom there is something
                              to say; without it the first 20 are shown

            Progress goes to standard error. Exit codes: 0 all lines were looked at,
            whoever was left out, 1 failed or broken off, 2 no such command.
            """;

    static Invocation read(List<String> arguments) {
        if (arguments.isEmpty()) {
            return CommandLine.misuse(
                    "import needs to be told from where: better-auth or csv.", "latchkey import --help");
        }
        String word = arguments.getFirst();
        if (CommandLine.asksForHelp(word)) {
            return new Help(HELP);
        }
        List<String> rest = arguments.subList(1, arguments.size());
        return switch (word) {
            case "better-auth" -> betterAuth(rest);
            case "csv" -> csv(rest);
            default -> CommandLine.misuse("There is no command 'import " + word + "'.", "latchkey import --help");
        };
    }

    private static Invocation betterAuth(List<String> arguments) {
        String help = "latchkey import better-auth --help";
        if (!arguments.isEmpty() && CommandLine.asksForHelp(arguments.getFirst())) {
            return new Help(HELP_BETTER_AUTH);
        }
        return switch (Words.read(
                arguments,
                "import better-auth",
                Set.of("--from", "--user", "--password-file", "--report"),
                Set.of("--sessions", "--dry-run"))) {
            case Words.Unfit(String sentence) -> CommandLine.misuse(sentence, help);
            case Words.Fit(List<String> plain, Map<String, String> options, Set<String> flags) -> {
                String from = options.get("--from");
                if (!plain.isEmpty()) {
                    yield CommandLine.misuse("import better-auth takes options only; the source is --from.", help);
                }
                if (from == null) {
                    yield CommandLine.misuse("import better-auth needs --from, the URL of the source.", help);
                }
                yield switch (SourceUrl.parse(from)) {
                    case SourceUrl.Parsed.Invalid(String sentence) -> CommandLine.misuse(sentence, help);
                    case SourceUrl.Parsed.Valid(SourceUrl source) ->
                        new Run(new BetterAuth(
                                source,
                                options.get("--user"),
                                options.get("--password-file"),
                                flags.contains("--sessions"),
                                flags.contains("--dry-run"),
                                options.get("--report")));
                };
            }
        };
    }

    private static Invocation csv(List<String> arguments) {
        String help = "latchkey import csv --help";
        if (!arguments.isEmpty() && CommandLine.asksForHelp(arguments.getFirst())) {
            return new Help(HELP_CSV);
        }
        return switch (Words.read(arguments, "import csv", Set.of("--report"), Set.of("--dry-run"))) {
            case Words.Unfit(String sentence) -> CommandLine.misuse(sentence, help);
            case Words.Fit(List<String> plain, Map<String, String> options, Set<String> flags) ->
                plain.size() == 1
                        ? new Run(new Csv(plain.getFirst(), flags.contains("--dry-run"), options.get("--report")))
                        : CommandLine.misuse("import csv needs one file, or - for standard input.", help);
        };
    }

    /** The arguments of one of them, told apart. */
    sealed interface Words {

        record Fit(List<String> plain, Map<String, String> options, Set<String> flags) implements Words {}

        record Unfit(String sentence) implements Words {}

        /** Security: values are not repeated, for one of them may be a password in the wrong place. */
        private static Words read(List<String> arguments, String command, Set<String> options, Set<String> flags) {
            List<String> plain = new ArrayList<>();
            Map<String, String> values = new HashMap<>();
            Set<String> given = new HashSet<>();
            for (Iterator<String> words = arguments.iterator(); words.hasNext(); ) {
                String word = words.next();
                String name = word.startsWith("-") && word.length() > 1 ? word.split("=", 2)[0] : "";
                if (name.isEmpty()) {
                    plain.add(word);
                } else if (name.equals("--password")) {
                    return new Unfit("The password is no argument, for everybody on the machine sees arguments:"
                            + " use --password-file or LATCHKEY_IMPORT_PASSWORD.");
                } else if (flags.contains(word)) {
                    given.add(word);
                } else if (!options.contains(word)) {
                    return new Unfit(command + " has no option '" + name + "'"
                            + (options.contains(name)
                                    ? " with an equals sign; its value follows after a blank."
                                    : "."));
                } else if (!words.hasNext()) {
                    return new Unfit(word + " needs a value.");
                } else if (values.put(word, words.next()) != null) {
                    return new Unfit(word + " was given twice.");
                }
            }
            return new Fit(plain, values, given);
        }
    }
}
