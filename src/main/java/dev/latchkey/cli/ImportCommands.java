package dev.latchkey.cli;

import dev.latchkey.userimport.BetterAuthDatabase;
import dev.latchkey.userimport.CsvFile;
import dev.latchkey.userimport.ImportConfig;
import dev.latchkey.userimport.ImportListener;
import dev.latchkey.userimport.ImportOutcome;
import dev.latchkey.userimport.ImportReason;
import dev.latchkey.userimport.ImportSourceException;
import dev.latchkey.userimport.ImportSummary;
import dev.latchkey.userimport.ImportWarning;
import dev.latchkey.userimport.UserImport;
import dev.latchkey.userimport.UserSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Does what the import commands say, and puts into words what came of it. */
@ApplicationScoped
class ImportCommands {

    private static final int LONGEST_PASSWORD = 4096;

    private final UserImport moving;
    private final ImportConfig config;
    private final Clock clock;
    private final InputStream input;
    private final PrintStream progress;

    @Inject
    @SuppressWarnings("SystemOut") // It is what the operator reads.
    ImportCommands(UserImport moving, ImportConfig config, Clock clock) {
        this(moving, config, clock, System.in, System.err);
    }

    ImportCommands(UserImport moving, ImportConfig config, Clock clock, InputStream input, PrintStream progress) {
        this.moving = moving;
        this.config = config;
        this.clock = clock;
        this.input = input;
        this.progress = progress;
    }

    CommandResult run(ImportCommand command) {
        try (ImportReport report = ImportReport.open(command.reportFile())) {
            return switch (command) {
                case ImportCommand.BetterAuth from -> {
                    String password = password(from.passwordFile());
                    try (UserSource source = BetterAuthDatabase.open(from.source(), from.user(), password)) {
                        yield moved(source, from.withSessions(), command.rehearsal(), report);
                    }
                }
                case ImportCommand.Csv from -> {
                    try (InputStream file = from.file().equals("-") ? input : Files.newInputStream(path(from.file()));
                            UserSource source = CsvFile.open(file)) {
                        yield moved(source, false, command.rehearsal(), report);
                    } catch (IOException unreadable) {
                        yield CommandResult.failed("The file cannot be read; nothing was changed.");
                    }
                }
            };
        } catch (ImportSourceException unreadable) {
            return CommandResult.failed(unreadable.getMessage() + " Nothing was changed.");
        } catch (IOException unwritable) {
            return CommandResult.failed(
                    "The report cannot be written, or there is such a file already; it has to be a new one.");
        }
    }

    private CommandResult moved(UserSource source, boolean withSessions, boolean rehearsal, ImportReport report) {
        ImportProgress pace = new ImportProgress(progress, clock);
        ImportListener witness = new ImportListener() {
            @Override
            public void passed(long read, long total) {
                pace.passed(read, total);
            }

            @Override
            public void noted(ImportWarning note) {
                report.add(note);
            }
        };
        ImportOutcome move =
                rehearsal ? moving.rehearse(source, withSessions, witness) : moving.from(source, withSessions, witness);
        List<String> remarks = new ArrayList<>(report.lines());
        remarks.addAll(source.remarks());
        ImportSummary tally = move.tally();
        if (move instanceof ImportOutcome.BrokenOff(ImportSummary _, String sentence) && tally.read() == 0) {
            return CommandResult.failed(sentence + " Nothing was changed.");
        }
        remarks.add(pace.sum(tally.read()) + ".");
        if (rehearsal) {
            remarks.add("This was a rehearsal: nothing was changed.");
        }
        String table = table(tally, withSessions);
        return switch (move) {
            case ImportOutcome.Finished _ -> new CommandResult.Done(table, String.join("\n", remarks));
            case ImportOutcome.BrokenOff(ImportSummary _, String sentence) -> {
                remarks.add("Broken off: " + sentence
                        + (rehearsal ? "" : " What is counted here stays; run it again to go on."));
                yield new CommandResult.Alarm(table, String.join("\n", remarks));
            }
        };
    }

    /** What became of everybody, each of them in one line but for the indented ones, which say more of some. */
    static String table(ImportSummary tally, boolean withSessions) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("RESULT", "USERS"));
        lines.add(line("imported", tally.imported()));
        for (ImportReason reason : ImportReason.values()) {
            if (!reason.isSkipped() && tally.count(reason) > 0) {
                lines.add(line("  " + reason.imported() + ": " + reason.sentence(), tally.count(reason)));
            }
        }
        lines.add(line("there already", tally.thereAlready()));
        for (ImportReason reason : ImportReason.values()) {
            if (reason.isSkipped() && tally.count(reason) > 0) {
                lines.add(line("skipped: " + reason.sentence(), tally.count(reason)));
            }
        }
        lines.add(line("in all", tally.read()));
        String users = Table.of(lines);
        return withSessions
                ? users + "\n\n"
                        + Table.of(List.of(
                                List.of("RESULT", "SESSIONS"),
                                line("imported", tally.sessions()),
                                line("there already", tally.sessionsThere())))
                : users;
    }

    private static List<String> line(String result, long count) {
        return List.of(result, Long.toString(count));
    }

    private @Nullable String password(@Nullable String file) {
        if (file == null) {
            return config.sourcePassword().orElse(null);
        }
        try (InputStream stream = file.equals("-") ? input : Files.newInputStream(path(file))) {
            byte[] octets = stream.readNBytes(LONGEST_PASSWORD + 1);
            if (octets.length > LONGEST_PASSWORD) {
                throw new ImportSourceException("The file of --password-file is too long to be a password.");
            }
            String text = new String(octets, StandardCharsets.UTF_8);
            // As editors and echo leave it.
            return text.replaceFirst("\\R\\z", "");
        } catch (IOException unreadable) {
            throw new ImportSourceException("The file of --password-file cannot be read.");
        }
    }

    /** Security: what was meant as something else is not repeated. */
    private static Path path(String file) throws IOException {
        try {
            return Path.of(file);
        } catch (InvalidPathException notAFile) {
            throw new IOException(notAFile);
        }
    }
}
