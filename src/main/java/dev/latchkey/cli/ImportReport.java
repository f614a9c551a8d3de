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

/** Keeps what there is to say of single users: all of it in a file, or the first ones in memory. */
final class ImportReport implements AutoCloseable {

    private static final int SHOWN = 20;

    private final @Nullable BufferedWriter file;
    private final List<String> first = new ArrayList<>();
    private long notes;

    private ImportReport(@Nullable BufferedWriter file) {
        this.file = file;
    }

    /** In a new file, if one is wanted. */
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

    void add(ImportWarning note) {
        notes++;
        if (file == null) {
            if (first.size() < SHOWN) {
                first.add(sentence(note));
            }
            return;
        }
        try {
            String id = note.place().id();
            file.write(String.join(
                            ",",
                            note.place().line() > 0 ? Long.toString(note.place().line()) : "",
                            quoted(id == null ? "" : id),
                            note.reason().isSkipped() ? "skipped" : "imported",
                            note.reason().name().toLowerCase(Locale.ROOT),
                            quoted(note.detail()))
                    + "\n");
        } catch (IOException full) {
            throw new UncheckedIOException("The report cannot be written any further.", full);
        }
    }

    /** What is left for standard error. */
    List<String> lines() {
        List<String> lines = new ArrayList<>(first);
        if (file == null && notes > first.size()) {
            lines.add("And " + (notes - first.size()) + " more; --report FILE has them all.");
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }

    private static String sentence(ImportWarning note) {
        return visible(note.place()
                + (note.reason().isSkipped()
                        ? " skipped: "
                        : " imported " + note.reason().imported() + ": ")
                + note.reason().sentence()
                + (note.detail().isEmpty() ? "" : " (" + note.detail() + ")"));
    }

    private static String quoted(String text) {
        String shown = visible(text);
        return shown.isEmpty() ? "" : '"' + shown.replace("\"", "\"\"") + '"';
    }

    /** Ids are whatever the other system has. */
    private static String visible(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .limit(300)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
