package dev.latchkey.cli;

import dev.latchkey.cli.CliApplication.ServiceCommand;
import dev.latchkey.cli.CliApplication.Services;
import dev.latchkey.platform.boot.ConfigurationCheck.Usage;
import dev.latchkey.userimport.BetterAuthDatabase;
import dev.latchkey.userimport.CsvFile;
import dev.latchkey.userimport.ImportConfig;
import dev.latchkey.userimport.ImportSummary;
import dev.latchkey.userimport.ImportWarning;
import dev.latchkey.userimport.SourceUrl;
import dev.latchkey.userimport.UserImport;
import dev.latchkey.userimport.UserSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that import users. */
@Command(
        name = "import",
        description = {
            "Imports users from a Better Auth server or from a file.",
            "",
            "Existing users are never changed. An import that broke off goes on when it is run again. See"
                    + " docs/importing-users.md."
        },
        footer = "  latchkey import csv users.csv --dry-run")
final class ImportCommand {

    private static final Set<Usage> USAGES = Set.of(Usage.DATABASE, Usage.SESSIONS);

    private static final int MAX_PASSWORD_SIZE = 4096;

    private static final String DRY_RUN = "Changes nothing, and reports what would be done.";
    private static final String REPORT =
            "Writes one CSV line for each user with a warning into a new file. Without it the first 20 warnings are shown.";
    private static final String DONE = " 0:the whole source was read, even if users were skipped";
    private static final String FAILED = " 1:failed or broken off";
    private static final String USAGE = " 2:usage error";

    private final InputStream input;
    private final PrintStream progress;

    @SuppressWarnings("SystemOut") // It is what the operator reads.
    ImportCommand() {
        this(System.in, System.err);
    }

    ImportCommand(InputStream input, PrintStream progress) {
        this.input = input;
        this.progress = progress;
    }

    static final class SourceUrlConverter implements ITypeConverter<SourceUrl> {

        @Override
        public SourceUrl convert(String value) {
            return switch (SourceUrl.parse(value)) {
                case SourceUrl.Parsed.Valid(SourceUrl url) -> url;
                case SourceUrl.Parsed.Invalid(String sentence) -> throw new Cli.UnusableValueException(sentence);
            };
        }
    }

    /** Security: refuses the password as an argument, which every process on the machine can read. */
    static final class PasswordArgument implements IParameterConsumer {

        @Override
        public void consumeParameters(Stack<String> arguments, ArgSpec argument, CommandSpec command) {
            throw new Cli.UsageException(
                    command,
                    "The password must not be an argument, which every process on the machine can read: use"
                            + " --password-file or LATCHKEY_IMPORT_PASSWORD.");
        }
    }

    @Command(
            name = "better-auth",
            sortOptions = false,
            description = {
                "Imports users with their ids and passwords from the PostgreSQL database of a Better Auth server.",
                "",
                "The database is only read. Password hashes stay as they are until their users sign in. Progress goes to"
                        + " standard error."
            },
            exitCodeList = {DONE, FAILED, USAGE},
            footer = {
                "  latchkey import better-auth --from jdbc:postgresql://db.example.com/app",
                "      --user reader --dry-run"
            })
    ServiceCommand betterAuth(
            @Option(
                            names = "--from",
                            required = true,
                            paramLabel = "URL",
                            converter = SourceUrlConverter.class,
                            description = {
                                "jdbc:postgresql://db.example.com/app",
                                "A schema by ?currentSchema=auth, encryption by ?sslmode=verify-full."
                            })
                    SourceUrl from,
            @Option(
                            names = "--user",
                            paramLabel = "NAME",
                            description = "The database user to read as, unless ?user= names it.")
                    @Nullable
                    String user,
            @Option(
                            names = "--password-file",
                            paramLabel = "FILE",
                            description = "Holds that user's password; - for standard input. Without it: the variable"
                                    + " LATCHKEY_IMPORT_PASSWORD.")
                    @Nullable
                    String passwordFile,
            @Option(
                            names = "--sessions",
                            description =
                                    "Imports active sessions too, so that users stay signed in. Their cookies are valid"
                                            + " if LATCHKEY_BETTER_AUTH_SECRET is that server's secret.")
                    boolean withSessions,
            @Option(names = "--dry-run", description = DRY_RUN) boolean dryRun,
            @Option(names = "--report", paramLabel = "FILE", description = REPORT) @Nullable String reportFile,
            @Option(names = "--password", hidden = true, parameterConsumer = PasswordArgument.class) @Nullable
                    String password) {
        return new ServiceCommand(
                USAGES,
                services -> reported(reportFile, report -> {
                    try (UserSource source =
                            BetterAuthDatabase.open(from, user, password(services.importConfig(), passwordFile))) {
                        return run(services, source, withSessions, dryRun, report);
                    }
                }));
    }

    @Command(
            name = "csv",
            sortOptions = false,
            description = {
                "Imports the users of a file of comma-separated values in UTF-8 (RFC 4180). Its first line names the"
                        + " columns, in any order:",
                "",
                "  email           required",
                "  id              is kept; without it each user gets a new one",
                "  name, image     the profile",
                "  email_verified  true or false",
                "  password_hash   Argon2, bcrypt, PBKDF2 or scrypt, in PHC or modular crypt form",
                "  created_at      2026-03-01T12:00:00Z",
                "  roles           separated by semicolons",
                "",
                "A line with an unusable value is skipped as a whole. Progress goes to standard error.",
            },
            exitCodeList = {DONE, FAILED, USAGE},
            footer = "  latchkey import csv users.csv --dry-run --report report.csv")
    ServiceCommand csv(
            @Parameters(paramLabel = "FILE", description = "The file; - for standard input.") String file,
            @Option(names = "--dry-run", description = DRY_RUN) boolean dryRun,
            @Option(names = "--report", paramLabel = "FILE", description = REPORT) @Nullable String reportFile) {
        return new ServiceCommand(
                USAGES,
                services -> reported(reportFile, report -> {
                    try (InputStream stream = file.equals("-") ? input : Files.newInputStream(path(file));
                            UserSource source = CsvFile.open(stream)) {
                        return run(services, source, false, dryRun, report);
                    } catch (IOException unreadable) {
                        return CommandResult.failed("The file cannot be read; nothing was changed.");
                    }
                }));
    }

    private interface Reported {
        CommandResult run(ImportReport report);
    }

    private static CommandResult reported(@Nullable String reportFile, Reported command) {
        try (ImportReport report = ImportReport.open(reportFile == null ? null : path(reportFile))) {
            return command.run(report);
        } catch (UserSource.UnreadableException unreadable) {
            return CommandResult.failed(unreadable.getMessage() + " Nothing was changed.");
        } catch (IOException unwritable) {
            return CommandResult.failed("The report cannot be written, or its file already exists; use a new file.");
        }
    }

    private CommandResult run(
            Services services, UserSource source, boolean withSessions, boolean dryRun, ImportReport report) {
        ImportProgress pace = new ImportProgress(progress, services.clock());
        UserImport.Listener listener = new UserImport.Listener() {
            @Override
            public void onProgress(long read, long total) {
                pace.passed(read, total);
            }

            @Override
            public void onWarning(ImportWarning warning) {
                report.add(warning);
            }
        };
        UserImport userImport = services.userImport();
        UserImport.Outcome outcome = dryRun
                ? userImport.dryRun(source, withSessions, listener)
                : userImport.run(source, withSessions, listener);
        ImportSummary summary = outcome.summary();
        if (outcome instanceof UserImport.Outcome.BrokenOff(ImportSummary _, String reason) && summary.read() == 0) {
            return CommandResult.failed(reason + " Nothing was changed.");
        }
        List<String> messages = new ArrayList<>(report.lines());
        messages.addAll(source.remarks());
        messages.add(pace.sum(summary.read()) + ".");
        if (dryRun) {
            messages.add("This was a dry run: nothing was changed.");
        }
        String table = table(summary, withSessions);
        return switch (outcome) {
            case UserImport.Outcome.Finished _ -> CommandResult.done(table, String.join("\n", messages));
            case UserImport.Outcome.BrokenOff(ImportSummary _, String reason) -> {
                messages.add("Broken off: " + reason
                        + (dryRun ? "" : " What is counted here is stored. Run the command again to go on."));
                yield CommandResult.failed(table, String.join("\n", messages));
            }
        };
    }

    /** Counts each user in one line; the indented lines say more about some of the imported ones. */
    static String table(ImportSummary summary, boolean withSessions) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("RESULT", "USERS"));
        lines.add(line("imported", summary.imported()));
        for (ImportWarning.Reason reason : ImportWarning.Reason.values()) {
            if (!reason.isSkipped() && summary.count(reason) > 0) {
                lines.add(line("  " + reason.imported() + ": " + reason.sentence(), summary.count(reason)));
            }
        }
        lines.add(line("already exists", summary.existing()));
        for (ImportWarning.Reason reason : ImportWarning.Reason.values()) {
            if (reason.isSkipped() && summary.count(reason) > 0) {
                lines.add(line("skipped: " + reason.sentence(), summary.count(reason)));
            }
        }
        lines.add(line("total", summary.read()));
        String users = Table.of(lines);
        return withSessions
                ? users + "\n\n"
                        + Table.of(List.of(
                                List.of("RESULT", "SESSIONS"),
                                line("imported", summary.sessions()),
                                line("already exists", summary.existingSessions())))
                : users;
    }

    private static List<String> line(String result, long count) {
        return List.of(result, Long.toString(count));
    }

    private @Nullable String password(ImportConfig config, @Nullable String file) {
        if (file == null) {
            return config.sourcePassword().orElse(null);
        }
        try (InputStream stream = file.equals("-") ? input : Files.newInputStream(path(file))) {
            byte[] octets = stream.readNBytes(MAX_PASSWORD_SIZE + 1);
            if (octets.length > MAX_PASSWORD_SIZE) {
                throw new UserSource.UnreadableException("The file of --password-file is too long to be a password.");
            }
            String text = new String(octets, StandardCharsets.UTF_8);
            // Editors and echo end it with a line break.
            return text.replaceFirst("\\R\\z", "");
        } catch (IOException unreadable) {
            throw new UserSource.UnreadableException("The file of --password-file cannot be read.");
        }
    }

    /** Security: an unusable name is not repeated, for it may be a secret in the wrong place. */
    private static Path path(String file) throws IOException {
        try {
            return Path.of(file);
        } catch (InvalidPathException notAFile) {
            throw new IOException(notAFile);
        }
    }
}
