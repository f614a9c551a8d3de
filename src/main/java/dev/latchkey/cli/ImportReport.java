package dev.latchkey.cli;

import dev.latchkey.userimport.ImportWarning;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Collects the warnings of an import: all of them in a file, or the first ones in memory. */
final class ImportReport implements AutoCloseable {

    private static final int SHOWN = 20;

    private final @Nullable BufferedWriter file;
    private final List<String> first = new ArrayList<>();
    private long warnings;

    private ImportReport(@Nullable BufferedWriter file) {
        this.file = file;
    }

    /** Opens a new file, if one is named. */
    static ImportReport open(@Nullable String file) throws IOException {
        if (file == null) {
            return new ImportReport(null);
        }
        try {
            BufferedWriter writer = Files.newBufferedWriter(
                    Path.of(file), StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            writer.write("line,id,result,reason,detail\n");
            return new ImportReport(writer);
        } catch (InvalidPathException notAFile) {
            throw new IOException(notAFile);
        }
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
            String id = warning.place().id();
            file.write(String.join(
                            ",",
                            warning.place().line() > 0
                                    ? Long.toString(warning.place().line())
                                    : "",
                            quoted(id == null ? "" : id),
                            warning.reason().isSkipped() ? "skipped" : "imported",
                            warning.reason().name().toLowerCase(Locale.ROOT),
                            quoted(warning.detail()))
                    + "\n");
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
        return visible(warning.place()
                + (warning.reason().isSkipped()
                        ? " skipped: "
                        : " imported " + warning.reason().imported() + ": ")
                + warning.reason().sentence()
                + (warning.detail().isEmpty() ? "" : " (" + warning.detail() + ")"));
    }

    private static String quoted(String text) {
        String shown = visible(text);
        return shown.isEmpty() ? "" : '"' + shown.replace("\"", "\"\"") + '"';
    }

    /** Security: ids come from another system, and a terminal obeys control characters. */
    private static String visible(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .limit(300)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
