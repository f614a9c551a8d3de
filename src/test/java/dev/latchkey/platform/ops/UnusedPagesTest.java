package dev.latchkey.platform.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.platform.ops.UnusedPages.Range;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnusedPagesTest {

    private static final String FILE = "/opt/latchkey/latchkey";

    @Test
    void findsCodeAndConstants() {
        List<String> mappings = Stream.of(
                        mapping("00410000-0264c000 r-xp 00010000 fe:00 4711    " + FILE, 0),
                        mapping("7f8ca0880000-7f8ca1b80000 r--p 02280000 fe:00 4711    " + FILE, 0))
                .flatMap(List::stream)
                .toList();
        assertEquals(
                List.of(new Range(0x410000, 0x223c000), new Range(0x7f8ca0880000L, 0x1300000)),
                UnusedPages.neverWritten(mappings, FILE));
    }

    // Giving those back would lose what was written, or belong to somebody else.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "written to before it was protected | 00410000-0264c000 r--p 00010000 fe:00 4711 /opt/latchkey/latchkey | 4",
                "may be written to | 00410000-0264c000 rw-p 00010000 fe:00 4711 /opt/latchkey/latchkey | 0",
                "may be written to and run | 00410000-0264c000 rwxp 00010000 fe:00 4711 /opt/latchkey/latchkey | 0",
                "may not be read | 00410000-0264c000 ---p 00010000 fe:00 4711 /opt/latchkey/latchkey | 0",
                "shared | 00410000-0264c000 r--s 00010000 fe:00 4711 /opt/latchkey/latchkey | 0",
                "of a library | 00410000-0264c000 r-xp 00010000 fe:00 4711 /lib/libc.so.6 | 0",
                "of a file whose name begins alike | 00410000-0264c000 r-xp 00010000 fe:00 4711 /opt/latchkey/latchkey.so | 0",
                "of a file that was replaced | 00410000-0264c000 r-xp 00010000 fe:00 4711 /opt/latchkey/latchkey (deleted) | 0",
                "of no file | 00410000-0264c000 r--p 00000000 00:00 0 | 0",
                "the stack | 00410000-0264c000 r--p 00000000 00:00 0 [stack] | 0",
            })
    void leavesOthersAlone(String kind, String firstLine, int written) {
        assertEquals(List.of(), UnusedPages.neverWritten(mapping(firstLine, written), FILE), kind);
    }

    @Test
    void leavesAloneWhatItCannotRead() {
        assertEquals(List.of(), UnusedPages.neverWritten(List.of(), FILE));
        assertEquals(List.of(), UnusedPages.neverWritten(List.of("Anonymous: 0 kB", "no mapping at all"), FILE));
        List<String> cut = List.of(
                "00410000-0264c000 r-xp 00010000 fe:00 4711 " + FILE,
                "7f8ca0880000-7f8ca1b80000 rw-p 02280000 fe:00 4711 " + FILE,
                "Anonymous:             0 kB");
        assertEquals(List.of(), UnusedPages.neverWritten(cut, FILE), "the line belongs to another mapping");
    }

    private static List<String> mapping(String firstLine, int written) {
        return List.of(
                firstLine,
                "Size:              35056 kB",
                "Rss:               29032 kB",
                "Anonymous:      " + " %7d kB".formatted(written),
                "LazyFree:              0 kB",
                "VmFlags: rd ex mr mw me");
    }
}
