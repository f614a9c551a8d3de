package dev.latchkey.cli;

import dev.latchkey.cli.CliApplication.Services;
import dev.latchkey.userimport.ImportSummary;
import dev.latchkey.userimport.ImportWarning;
import dev.latchkey.userimport.UserImport;
import dev.latchkey.userimport.UserSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs an import, with the options that all sources have: shows its progress, and reports its results. */
final class ImportRun {

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // The parser sets it.
    private CommandSpec spec;

    @Option(names = "--dry-run", description = "Changes nothing, and reports what would be done.")
    private boolean isDryRun;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Writes one CSV line for each user with a warning into a new file. Without it the first 20"
                    + " warnings are shown.")
    private @Nullable Path reportFile;

    /** Opens the report and runs the import with it. */
    CommandResult reported(Function<ImportReport, CommandResult> importUsers) {
        try (ImportReport report = ImportReport.open(reportFile)) {
            return importUsers.apply(report);
        } catch (UserSource.UnreadableException unreadable) {
            return CommandResult.failed(unreadable.getMessage() + " Nothing was changed.");
        } catch (IOException unwritable) {
            return CommandResult.failed("The report cannot be written, or its file already exists; use a new file.");
        }
    }

    CommandResult from(UserSource source, boolean withSessions, Services services, ImportReport report) {
        Progress progress = new Progress(spec.commandLine().getErr(), services.clock());
        UserImport.Listener listener = new UserImport.Listener() {
            @Override
            public void onProgress(long read, long total) {
                progress.show(read, total);
            }

            @Override
            public void onWarning(ImportWarning warning) {
                report.add(warning);
            }
        };
        UserImport userImport = services.userImport();
        UserImport.Outcome outcome = isDryRun
                ? userImport.dryRun(source, withSessions, listener)
                : userImport.run(source, withSessions, listener);
        ImportSummary summary = outcome.summary();
        if (outcome instanceof UserImport.Outcome.BrokenOff(ImportSummary _, String reason) && summary.read() == 0) {
            return CommandResult.failed(reason + " Nothing was changed.");
        }
        List<String> messages = new ArrayList<>(report.lines());
        messages.addAll(source.remarks());
        messages.add(progress.sum(summary.read()) + ".");
        if (isDryRun) {
            messages.add("This was a dry run: nothing was changed.");
        }
        String table = table(summary, withSessions);
        return switch (outcome) {
            case UserImport.Outcome.Finished _ -> CommandResult.done(table, String.join("\n", messages));
            case UserImport.Outcome.BrokenOff(ImportSummary _, String reason) -> {
                messages.add("Broken off: " + reason
                        + (isDryRun ? "" : " What is counted here is stored. Run the command again to go on."));
                yield CommandResult.failed(table, String.join("\n", messages));
            }
        };
    }

    /** Counts each user in one line; the indented lines say more about some of the imported ones. */
    private static String table(ImportSummary summary, boolean withSessions) {
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

    /** Shows every second how far the import is. */
    static final class Progress {

        private static final Duration INTERVAL = Duration.ofSeconds(1);

        private final PrintWriter writer;
        private final Clock clock;
        private final Instant start;
        private Instant lastShown;

        Progress(PrintWriter writer, Clock clock) {
            this.writer = writer;
            this.clock = clock;
            this.start = clock.instant();
            this.lastShown = start;
        }

        void show(long read, long total) {
            Instant now = clock.instant();
            if (Duration.between(lastShown, now).compareTo(INTERVAL) >= 0) {
                lastShown = now;
                writer.println(line(read, total, Duration.between(start, now)));
            }
        }

        /** Returns the number of all users, with the time that they took. */
        String sum(long read) {
            Duration taken = Duration.between(start, clock.instant());
            return String.format(
                    Locale.ROOT,
                    "%,d users in %.1f s, %,d a second",
                    read,
                    taken.toMillis() / 1000.0,
                    perSecond(read, taken));
        }

        static String line(long read, long total, Duration taken) {
            String of = total > 0
                    ? String.format(Locale.ROOT, " of %,d (%d %%)", total, Math.min(100, read * 100 / total))
                    : "";
            return String.format(Locale.ROOT, "%,d%s users, %,d a second", read, of, perSecond(read, taken));
        }

        private static long perSecond(long read, Duration taken) {
            return read * 1000 / Math.max(1, taken.toMillis());
        }
    }
}
