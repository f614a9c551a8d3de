package dev.latchkey.userimport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.userimport.CsvRecords.Entry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvRecordsTest {

    private static List<Entry> read(byte[] octets) {
        CsvRecords reader = new CsvRecords(new ByteArrayInputStream(octets));
        List<Entry> lines = new ArrayList<>();
        try {
            for (Optional<Entry> line = reader.next(); line.isPresent(); line = reader.next()) {
                lines.add(line.get());
            }
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return lines;
    }

    private static List<Entry> read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Entry fields(long line, String... fields) {
        return new Entry.Fields(line, List.of(fields));
    }

    private static Entry.Malformed malformed(Entry line) {
        return switch (line) {
            case Entry.Malformed malformed -> malformed;
            case Entry.Fields fields -> throw new AssertionError("was read: " + fields);
        };
    }

    @Test
    void readsFields() {
        assertEquals(List.of(fields(1, "a", "b"), fields(2, "c", "")), read("a,b\nc,\n"));
        assertEquals(List.of(fields(1, "a", "b"), fields(2, "c", "d")), read("a,b\r\nc,d\r\n"));
        assertEquals(List.of(fields(1, "a", "b"), fields(2, "c", "d")), read("a,b\r\nc,d"));
        assertEquals(List.of(fields(1, "a", "b")), read("a,b\r"));
        assertEquals(List.of(fields(1, "", "")), read(","));
        assertEquals(List.of(fields(1, " a ", "ä€😀")), read(" a ,ä€😀"));
        assertEquals(List.of(), read(""));
    }

    @Test
    void readsQuotedFields() {
        assertEquals(
                List.of(fields(1, "a,b", "say \"x\"", ""), fields(2, "two\r\nlines\n", "c"), fields(5, "d")),
                read("\"a,b\",\"say \"\"x\"\"\",\"\"\r\n\"two\r\nlines\n\",c\r\nd"));
        assertEquals(List.of(fields(1, "\"")), read("\"\"\"\""));
        assertEquals(List.of(fields(1, "")), read("\"\"\n"));
    }

    @Test
    void skipsBlankLinesAndTheByteOrderMark() {
        assertEquals(List.of(fields(1, "a"), fields(4, "b")), read("\uFEFFa\n\r\n\nb\n\n"));
        assertEquals(List.of(fields(1, "a")), read("\uFEFF\"a\""));
        assertEquals(List.of(), read("\uFEFF"));
        assertEquals(List.of(fields(1, "a", "\uFEFFb")), read("a,\uFEFFb"), "elsewhere it is a character");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\"b,c", "\"a\"b,c", "\"a\" ,c", "a \"b\",c", "\"a\"\"b\"c\"", "\"a\"\rb,c"})
    void refusesALineWithStrayQuotesAndReadsTheNext(String line) {
        List<Entry> lines = read("x\n" + line + "\ny,z\n");
        assertEquals(3, lines.size(), lines.toString());
        assertEquals(2, malformed(lines.get(1)).line());
        assertEquals(fields(3, "y", "z"), lines.get(2));
    }

    /** What a line in quotes may hold, and what each of them costs. */
    @Test
    void readsFieldsWithManyQuotesAndLines() {
        String quotes = "\"".repeat(30_000);
        assertEquals(List.of(fields(1, quotes, "b")), read('"' + quotes.repeat(2) + "\",b\n"));
        String lines = "a\n".repeat(20_000);
        assertEquals(List.of(fields(1, lines), fields(20_002, "b")), read('"' + lines + "\"\nb\n"));
        assertEquals(List.of(fields(1, "\"\n".repeat(2_000))), read('"' + "\"\"\n".repeat(2_000) + "\"\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\rb,c", "a,\rb", "\r\"a\",b"})
    void refusesACarriageReturnOutsideQuotes(String line) {
        List<Entry> entries = read("x\n" + line + "\ny\n");
        assertEquals(2, malformed(entries.get(1)).line());
        assertEquals(fields(3, "y"), entries.get(2));
    }

    @Test
    void refusesAQuoteThatDoesNotEnd() {
        List<Entry> lines = read("x\n\"a,b\nc,d\n");
        assertEquals(2, malformed(lines.get(1)).line());
        assertTrue(malformed(lines.get(1)).sentence().contains("does not end"));
    }

    /** Behind an open quote nothing can be read, and the rest of the file must not be taken into memory to see that. */
    @Test
    void stopsAtARecordLongerThan64KiB() {
        String sentence = assertThrows(
                        UserSource.UnreadableException.class, () -> read("x\n\"a,b\n" + "c,d\n".repeat(100_000)))
                .getMessage();
        assertTrue(sentence.startsWith("Line 2 "), sentence);
        assertThrows(UserSource.UnreadableException.class, () -> read(",".repeat(70_000)));
        assertThrows(UserSource.UnreadableException.class, () -> read("x".repeat(70_000)));
    }

    @Test
    void refusesALineThatIsNotUtf8AndReadsTheNext() {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        octets.writeBytes("x\na,".getBytes(StandardCharsets.UTF_8));
        octets.write(0xE4);
        octets.writeBytes("b\ny\n".getBytes(StandardCharsets.UTF_8));
        octets.writeBytes(
                new byte[] {(byte) 0xC0, (byte) 0xAF, '\n', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '\n', 'z'});
        List<Entry> lines = read(octets.toByteArray());
        assertEquals(fields(1, "x"), lines.get(0));
        assertTrue(malformed(lines.get(1)).sentence().contains("field 2 is not UTF-8"));
        assertEquals(fields(3, "y"), lines.get(2));
        assertEquals(4, malformed(lines.get(3)).line(), "an overlong form");
        assertEquals(5, malformed(lines.get(4)).line(), "half of a pair");
        assertEquals(fields(6, "z"), lines.get(5));
    }
}
