package dev.latchkey.userimport;

import dev.latchkey.platform.crypto.Encodings;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;

/**
 * Reads the records of a file of comma-separated values (RFC 4180) in UTF-8: fields in quotes may have commas, quotes
 * written twice and line breaks. A line may end without the carriage return, and the file may begin with a byte order mark.
 *
 * <p>commons-csv splits each record into its fields. Where a record ends and whether it is well-formed is decided here,
 * because commons-csv cannot continue behind a malformed record, has no limit to the length of one, and accepts what may
 * be a mistake: quotes within a plain field, blanks behind a quoted one, a carriage return as the end of a line.
 */
final class CsvRecords implements AutoCloseable {

    /** No record with sensible fields is as long; a quote that does not end must not take the whole file into memory. */
    private static final int MAX_LENGTH = 64 * 1024;

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private static final Pattern BLANK = Pattern.compile("\r?\n|\r");

    /**
     * RFC 4180 section 2. The last field may be open: in quotes that do not end on this line. All quantifiers are possessive,
     * so that the matcher neither backtracks nor recurses.
     */
    private static final Pattern RECORD = Pattern.compile("(?:FIELD,)*+(?:FIELD(?:\r?\n|\r)?|(?<open>\"QUOTED))"
            .replace("FIELD", "(?:\"QUOTED\"|[^\",\r\n]*+)")
            .replace("QUOTED", "(?:[^\"]++|\"\")*+"));

    private final InputStream input;
    private long linesRead;

    /** One record. */
    sealed interface Entry {

        /** The fields of a well-formed record; its line is the one where it begins, counted from 1. */
        record Fields(long line, List<String> fields) implements Entry {}

        /** A malformed record, and what is wrong with it. */
        record Malformed(long line, String sentence) implements Entry {}
    }

    CsvRecords(InputStream input) {
        this.input = new BufferedInputStream(input, MAX_LENGTH);
    }

    /** Returns the next record; none at the end. Blank lines are skipped. */
    Optional<Entry> next() throws IOException {
        if (linesRead == 0) {
            skipByteOrderMark();
        }
        // What separates fields and lines is ASCII: each character is an octet, and is decoded when the fields are
        // known.
        StringBuilder record = new StringBuilder();
        long line;
        do {
            record.setLength(0);
            line = linesRead + 1;
            readLine(record, line);
        } while (BLANK.matcher(record).matches());
        return record.isEmpty() ? Optional.empty() : Optional.of(entry(record, line));
    }

    private void skipByteOrderMark() throws IOException {
        input.mark(BYTE_ORDER_MARK.length);
        if (!Arrays.equals(input.readNBytes(BYTE_ORDER_MARK.length), BYTE_ORDER_MARK)) {
            input.reset();
        }
    }

    /** Appends the next line with its end; nothing at the end of the file. */
    private void readLine(StringBuilder record, long line) throws IOException {
        linesRead++;
        for (int octet = input.read(); octet >= 0; octet = input.read()) {
            if (record.length() == MAX_LENGTH) {
                throw new UserSource.UnreadableException("Line " + line
                        + " is longer than 64 KiB, or has a quote that does not end; nothing behind it can be read.");
            }
            record.append((char) octet);
            if (octet == '\n') {
                return;
            }
        }
    }

    private Entry entry(StringBuilder record, long line) throws IOException {
        Matcher matcher = RECORD.matcher(record);
        while (matcher.matches()) {
            if (matcher.group("open") == null) {
                return fields(record.toString(), line);
            }
            int length;
            do {
                length = record.length();
                readLine(record, line);
            } while (record.length() > length && record.indexOf("\"", length) < 0);
            if (record.length() == length) {
                return new Entry.Malformed(line, "a quote does not end before the file does");
            }
            matcher.reset();
        }
        return new Entry.Malformed(
                line,
                "a field that has a quote or a carriage return in it has to stand in quotes as a whole, with its quotes"
                        + " doubled");
    }

    private static Entry fields(String record, long line) throws IOException {
        List<String> fields = new ArrayList<>();
        try (CSVParser parser = CSVParser.parse(record, CSVFormat.RFC4180)) {
            for (String octets : parser.iterator().next()) {
                Optional<String> field = Encodings.decodeUtf8(octets.getBytes(StandardCharsets.ISO_8859_1));
                if (field.isEmpty()) {
                    return new Entry.Malformed(line, "field " + (fields.size() + 1) + " is not UTF-8");
                }
                fields.add(field.get());
            }
        }
        return new Entry.Fields(line, fields);
    }

    @Override
    public void close() throws IOException {
        input.close();
    }
}
