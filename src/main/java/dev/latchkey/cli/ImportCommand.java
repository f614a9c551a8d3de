package dev.latchkey.cli;

import dev.latchkey.cli.CliApplication.ServiceCommand;
import dev.latchkey.platform.boot.ConfigurationCheck.Usage;
import dev.latchkey.userimport.BetterAuthDatabase;
import dev.latchkey.userimport.CsvFile;
import dev.latchkey.userimport.ImportConfig;
import dev.latchkey.userimport.SourceUrl;
import dev.latchkey.userimport.UserSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands that import users; {@link ImportRun} is what they share. */
@Command(
        name = "import",
        subcommands = {ImportCommand.FromBetterAuth.class, ImportCommand.FromCsv.class, HelpCommand.class},
        description = {
            "Imports users from a Better Auth server or from a file.",
            "",
            "Existing users are never changed. An import that broke off goes on when it is run again. See"
                    + " docs/importing-users.md."
        },
        footer = "  latchkey import csv users.csv --dry-run")
final class ImportCommand {

    private static final Set<Usage> USAGES = Set.of(Usage.DATABASE, Usage.SESSIONS);

    private static final String DONE = " 0:the whole source was read, even if users were skipped";
    private static final String FAILED = " 1:failed or broken off";

    ImportCommand() {}

    @Command(
            name = "better-auth",
            sortOptions = false,
            description = {
                "Imports users with their ids and passwords from the PostgreSQL database of a Better Auth server.",
                "",
                "The database is only read. Password hashes stay as they are until their users sign in. Progress goes to"
                        + " standard error."
            },
            exitCodeList = {DONE, FAILED, Cli.USAGE_ERROR},
            footer = {
                "  latchkey import better-auth --from jdbc:postgresql://db.example.com/app",
                "      --user reader --dry-run"
            })
    static final class FromBetterAuth implements Callable<ServiceCommand> {

        private static final int MAX_PASSWORD_SIZE = 4096;

        private final InputStream input;

        @Spec
        @SuppressWarnings("NullAway.Init") // The parser sets it.
        private CommandSpec spec;

        @Option(
                names = "--from",
                required = true,
                paramLabel = "URL",
                description = {
                    "jdbc:postgresql://db.example.com/app",
                    "A schema: ?currentSchema=auth",
                    "Encryption: ?sslmode=verify-full"
                })
        private String from = "";

        @Option(
                names = "--user",
                paramLabel = "NAME",
                description = "The database user to read as, unless ?user= names it.")
        private @Nullable String user;

        @Option(
                names = "--password-file",
                paramLabel = "FILE",
                description = "Holds that user's password; - for standard input. Without it: the variable"
                        + " LATCHKEY_IMPORT_PASSWORD.")
        private @Nullable Path passwordFile;

        @Option(
                names = "--sessions",
                description = "Imports active sessions too, so that users stay signed in. Their cookies are valid if"
                        + " LATCHKEY_BETTER_AUTH_SECRET is that server's secret.")
        private boolean withSessions;

        @Mixin
        private final ImportRun run = new ImportRun();

        FromBetterAuth() {
            this(System.in);
        }

        FromBetterAuth(InputStream input) {
            this.input = input;
        }

        /** Security: refuses the password as an argument, which every process on the machine can read. */
        @Option(names = "--password", hidden = true, arity = "0..1")
        @SuppressWarnings("DoNotCallSuggester") // The parser calls it.
        void refusePassword(String password) {
            throw new Cli.UsageException(
                    spec,
                    "The password must not be an argument, which every process on the machine can read: use"
                            + " --password-file or LATCHKEY_IMPORT_PASSWORD.");
        }

        @Override
        public ServiceCommand call() {
            SourceUrl url = url();
            return new ServiceCommand(
                    USAGES,
                    services -> run.reported(report -> {
                        try (UserSource source =
                                BetterAuthDatabase.open(url, user, password(services.importConfig()))) {
                            return run.from(source, withSessions, services, report);
                        }
                    }));
        }

        private SourceUrl url() {
            return switch (SourceUrl.parse(from)) {
                case SourceUrl.Parsed.Valid(SourceUrl url) -> url;
                case SourceUrl.Parsed.Invalid(String sentence) -> throw new Cli.UsageException(spec, sentence);
            };
        }

        private @Nullable String password(ImportConfig config) {
            if (passwordFile == null) {
                return config.sourcePassword().orElse(null);
            }
            try {
                byte[] octets = InputFile.read(passwordFile, input, MAX_PASSWORD_SIZE);
                // Editors and echo end it with a line break.
                return new String(octets, StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
            } catch (IOException unreadable) {
                throw new UserSource.UnreadableException(
                        "The file of --password-file cannot be read, or is too long to be a password.");
            }
        }
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
            exitCodeList = {DONE, FAILED, Cli.USAGE_ERROR},
            footer = "  latchkey import csv users.csv --dry-run --report report.csv")
    static final class FromCsv implements Callable<ServiceCommand> {

        private final InputStream input;

        @Parameters(paramLabel = "FILE", description = "The file; - for standard input.")
        @SuppressWarnings("NullAway.Init") // The parser sets it.
        private Path file;

        @Mixin
        private final ImportRun run = new ImportRun();

        FromCsv() {
            this(System.in);
        }

        FromCsv(InputStream input) {
            this.input = input;
        }

        @Override
        public ServiceCommand call() {
            return new ServiceCommand(
                    USAGES,
                    services -> run.reported(report -> {
                        try (InputStream stream = InputFile.open(file, input);
                                UserSource source = CsvFile.open(stream)) {
                            return run.from(source, false, services, report);
                        } catch (IOException unreadable) {
                            return CommandResult.failed("The file cannot be read; nothing was changed.");
                        }
                    }));
        }
    }
}
