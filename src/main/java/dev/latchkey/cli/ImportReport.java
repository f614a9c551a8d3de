package dev.latchkey.cli;

import dev.latchkey.platform.http.PlainText;
import dev.latchkey.userimport.ImportWarning;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/** Collects the warnings of an import: all of them in a file, or the first ones in memory. */
final class ImportReport implements AutoCloseable {

    private static final int SHOWN = 20;

    private static final int MAX_FIELD_LENGTH = 300;

    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader("line", "id", "result", "reason", "detail")
            .setRecordSeparator('\n')
            .get();

    private final @Nullable CSVPrinter file;
    private final List<String> first = new ArrayList<>();
    private long warnings;

    private ImportReport(@Nullable CSVPrinter file) {
        this.file = file;
    }

    /** Opens a new file, if one is named. */
    static ImportReport open(@Nullable Path file) throws IOException {
        return file == null
                ? new ImportReport(null)
                : new ImportReport(FORMAT.print(Files.newBufferedWriter(
                        file, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)));
    }

    void add(ImportWarning warning) {
        warnings++;
        if (file == null) {
            if (first.size() < SHOWN) {
                first.add(sentence(warning));
            }
            return;
        }
        try {
            long line = warning.location().line();
            file.printRecord(
                    line > 0 ? Long.valueOf(line) : null,
                    printable(Objects.requireNonNullElse(warning.location().id(), "")),
                    warning.reason().isSkipped() ? "skipped" : "imported",
                    warning.reason().name().toLowerCase(Locale.ROOT),
                    printable(warning.detail()));
        } catch (IOException full) {
            throw new UncheckedIOException("The report cannot be written any further.", full);
        }
    }

    /** Returns the lines for standard error. */
    List<String> lines() {
        List<String> lines = new ArrayList<>(first);
        if (file == null && warnings > first.size()) {
            lines.add("And " + (warnings - first.size()) + " more; --report FILE has them all.");
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }

    private static String sentence(ImportWarning warning) {
        return printable(warning.location()
                + (warning.reason().isSkipped()
                        ? " skipped: "
                        : " imported " + warning.reason().imported() + ": ")
                + warning.reason().sentence()
                + (warning.detail().isEmpty() ? "" : " (" + warning.detail() + ")"));
    }

    /** Security: ids come from another system, and a terminal obeys control characters. */
    private static String printable(String text) {
        return PlainText.sanitize(text, MAX_FIELD_LENGTH);
    }
}
