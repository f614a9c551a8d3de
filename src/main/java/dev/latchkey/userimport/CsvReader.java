package dev.latchkey.userimport;

import dev.latchkey.platform.crypto.Encodings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads comma-separated values (RFC 4180) in UTF-8: fields in quotes may have commas, quotes written twice and line breaks.
 * A line may end without the carriage return, and the file may begin with a byte order mark.
 *
 * <p>What separates is ASCII, so that octets are told apart before they are decoded, and a field that is no UTF-8 is a
 * fault of its line alone.
 */
final class CsvReader {

    /** No line is as long that has sensible fields; a quote that does not end must not take in the whole file. */
    private static final int LONGEST = 64 * 1024;

    private static final int END = -1;

    private final InputStream input;
    private int ahead;
    private long line = 1;
    private boolean begun;

    /** What has been read of one record so far. */
    private final class Record {
        private final long begins = line;
        private final List<String> fields = new ArrayList<>();
        private final ByteArrayOutputStream field = new ByteArrayOutputStream();
        private int length;
        private @Nullable String fault;

        void add(int octet) {
            count();
            field.write(octet);
        }

        void count() {
            if (++length > LONGEST) {
                throw new ImportSourceException("Line " + begins
                        + " is longer than 64 KiB, or has a quote that does not end; nothing behind it can be read.");
            }
        }

        void fault(String sentence) {
            fault = fault == null ? sentence : fault;
        }

        void endField() {
            Optional<String> text = Encodings.decodeUtf8(field.toByteArray());
            if (text.isEmpty()) {
                fault("field " + (fields.size() + 1) + " is not UTF-8");
            }
            fields.add(text.orElse(""));
            field.reset();
        }

        CsvLine end() {
            endField();
            return fault == null ? new CsvLine.Fields(begins, fields) : new CsvLine.Malformed(begins, fault);
        }

        boolean isBlank() {
            return fields.isEmpty() && field.size() == 0 && fault == null;
        }
    }

    CsvReader(InputStream input) {
        this.input = input;
    }

    /** The next record; none at the end. Blank lines are passed over. */
    Optional<CsvLine> next() throws IOException {
        if (!begun) {
            begun = true;
            ahead = input.read();
            skipMark();
        }
        while (ahead != END) {
            Record record = new Record();
            boolean quoted = readFields(record);
            boolean blank = record.isBlank() && !quoted;
            passLineEnd();
            if (!blank) {
                return Optional.of(record.end());
            }
        }
        return Optional.empty();
    }

    /** Up to the line's end; whether there was a field in quotes. */
    private boolean readFields(Record record) throws IOException {
        boolean quoted = false;
        while (true) {
            if (ahead == '"') {
                quoted = true;
                readQuoted(record);
            } else {
                readPlain(record);
            }
            if (ahead != ',') {
                return quoted;
            }
            record.endField();
            record.count();
            advance();
        }
    }

    private void readPlain(Record record) throws IOException {
        while (ahead != ',' && !atLineEnd()) {
            if (ahead == '"') {
                record.fault("a field that has a quote in it has to stand in quotes, with its quotes doubled");
            }
            record.add(ahead);
            advance();
        }
    }

    private void readQuoted(Record record) throws IOException {
        advance();
        while (true) {
            if (ahead == END) {
                record.fault("a quote does not end before the file does");
                return;
            }
            if (ahead == '"') {
                advance();
                if (ahead != '"') {
                    break;
                }
            }
            if (ahead == '\n') {
                line++;
            }
            record.add(ahead);
            advance();
        }
        if (ahead != ',' && !atLineEnd()) {
            record.fault("a field that begins with a quote has to end with one");
            readPlain(record);
        }
    }

    /** A carriage return ends a line only before a line feed; by itself it is part of the field, whose reader refuses it. */
    private boolean atLineEnd() throws IOException {
        if (ahead == END || ahead == '\n') {
            return true;
        }
        if (ahead == '\r') {
            input.mark(1);
            int behind = input.read();
            input.reset();
            return behind == '\n' || behind == END;
        }
        return false;
    }

    private void passLineEnd() throws IOException {
        if (ahead == '\r') {
            advance();
        }
        if (ahead == '\n') {
            advance();
            line++;
        }
    }

    private void skipMark() throws IOException {
        if (ahead == 0xEF) {
            input.mark(2);
            if (input.read() == 0xBB && input.read() == 0xBF) {
                advance();
            } else {
                input.reset();
            }
        }
    }

    private void advance() throws IOException {
        ahead = input.read();
    }
}
