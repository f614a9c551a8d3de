package dev.latchkey.userimport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedInputStream;
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

class CsvReaderTest {

    private static List<CsvLine> read(byte[] octets) {
        CsvReader reader = new CsvReader(new BufferedInputStream(new ByteArrayInputStream(octets)));
        List<CsvLine> lines = new ArrayList<>();
        try {
            for (Optional<CsvLine> line = reader.next(); line.isPresent(); line = reader.next()) {
                lines.add(line.get());
            }
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return lines;
    }

    private static List<CsvLine> read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static CsvLine fields(long line, String... fields) {
        return new CsvLine.Fields(line, List.of(fields));
    }

    private static CsvLine.Malformed malformed(CsvLine line) {
        return switch (line) {
            case CsvLine.Malformed malformed -> malformed;
            case CsvLine.Fields fields -> throw new AssertionError("was read: " + fields);
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
    void passesOverBlankLinesAndTheMark() {
        assertEquals(List.of(fields(1, "a"), fields(4, "b")), read("\uFEFFa\n\r\n\nb\n\n"));
        assertEquals(List.of(fields(1, "a")), read("\uFEFF\"a\""));
        assertEquals(List.of(), read("\uFEFF"));
        assertEquals(List.of(fields(1, "a", "\uFEFFb")), read("a,\uFEFFb"), "elsewhere it is a character");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\"b,c", "\"a\"b,c", "\"a\" ,c", "a \"b\",c", "\"a\"\"b\"c\"", "\"a\"\rb,c"})
    void refusesALineWithStrayQuotesAndReadsOn(String line) {
        List<CsvLine> lines = read("x\n" + line + "\ny,z\n");
        assertEquals(3, lines.size(), lines.toString());
        assertEquals(2, malformed(lines.get(1)).line());
        assertEquals(fields(3, "y", "z"), lines.get(2));
    }

    @Test
    void refusesAQuoteThatDoesNotEnd() {
        List<CsvLine> lines = read("x\n\"a,b\nc,d\n");
        assertEquals(2, malformed(lines.get(1)).line());
        assertTrue(malformed(lines.get(1)).sentence().contains("does not end"));
    }

    /** Nothing behind it could be told apart, and it must not take all memory to find that out. */
    @Test
    void givesUpAtAQuoteThatTakesInTheRestOfALongFile() {
        String sentence = assertThrows(ImportSourceException.class, () -> read("x\n\"a,b\n" + "c,d\n".repeat(100_000)))
                .getMessage();
        assertTrue(sentence.startsWith("Line 2 "), sentence);
        assertThrows(ImportSourceException.class, () -> read(",".repeat(70_000)));
        assertThrows(ImportSourceException.class, () -> read("x".repeat(70_000)));
    }

    @Test
    void refusesWhatIsNoUtf8AndReadsOn() {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        octets.writeBytes("x\na,".getBytes(StandardCharsets.UTF_8));
        octets.write(0xE4);
        octets.writeBytes("b\ny\n".getBytes(StandardCharsets.UTF_8));
        octets.writeBytes(
                new byte[] {(byte) 0xC0, (byte) 0xAF, '\n', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '\n', 'z'});
        List<CsvLine> lines = read(octets.toByteArray());
        assertEquals(fields(1, "x"), lines.get(0));
        assertTrue(malformed(lines.get(1)).sentence().contains("field 2 is not UTF-8"));
        assertEquals(fields(3, "y"), lines.get(2));
        assertEquals(4, malformed(lines.get(3)).line(), "an overlong form");
        assertEquals(5, malformed(lines.get(4)).line(), "half of a pair");
        assertEquals(fields(6, "z"), lines.get(5));
    }
}
