package dev.latchkey.platform.ops;

import io.quarkus.scheduler.Scheduled;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.graalvm.nativeimage.c.function.CFunction;
import org.jboss.logging.Logger;

/**
 * Gives back the pages of the executable's file that are not in use: most of its code and of its constants are needed by the
 * start alone, and would count as resident memory for as long as the process lives.
 *
 * <p>Only pages that were never written to, so that nothing can be lost: one that is needed again is mapped again from the file,
 * which the kernel keeps in its cache while it has room.
 */
@Singleton
class UnusedPages {

    private static final Logger LOG = Logger.getLogger(UnusedPages.class);

    private static final Path EXECUTABLE = Path.of("/proc/self/exe");
    private static final Path MAPPINGS = Path.of("/proc/self/smaps");

    /** As {@code <sys/mman.h>} of Linux has it. */
    private static final int MADV_DONTNEED = 4;

    /** The first line of a mapping; the lines after it say what the mapping has. */
    private static final Pattern FIRST_LINE =
            Pattern.compile("(?<start>[0-9a-f]+)-(?<end>[0-9a-f]+) (?<access>\\S{4}) \\S+ \\S+ \\S+(?: +(?<file>.+))?");

    private static final Pattern WRITTEN = Pattern.compile("Anonymous: +(?<kibibytes>[0-9]+) kB");

    /** A little after the start, and again so that a burst of requests does not leave its pages behind. */
    @Scheduled(every = "10m", delayed = "2s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void giveBack() {
        if (!isExecutable() || !Files.isReadable(MAPPINGS)) {
            return;
        }
        try {
            String executable = EXECUTABLE.toRealPath().toString();
            for (Range range : neverWritten(Files.readAllLines(MAPPINGS), executable)) {
                madvise(range.start(), range.length(), MADV_DONTNEED);
            }
        } catch (IOException e) {
            LOG.debug("the mappings of this process could not be read", e);
        }
    }

    /** Returns the mappings of a file that may only be read, and have no page that was written to before that. */
    static List<Range> neverWritten(List<String> mappings, String file) {
        List<Range> found = new ArrayList<>();
        Range candidate = null;
        for (String line : mappings) {
            Matcher first = FIRST_LINE.matcher(line);
            Matcher written = WRITTEN.matcher(line);
            if (first.matches()) {
                boolean isCandidate = file.equals(first.group("file"))
                        && first.group("access").matches("r-.p");
                candidate = isCandidate ? Range.of(first.group("start"), first.group("end")) : null;
            } else if (candidate != null && written.matches()) {
                if (Long.parseLong(written.group("kibibytes")) == 0) {
                    found.add(candidate);
                }
                candidate = null;
            }
        }
        return found;
    }

    private static boolean isExecutable() {
        return System.getProperty("org.graalvm.nativeimage.imagecode") != null;
    }

    /** There is one in the executable only. */
    @CFunction("madvise")
    private static native int madvise(long address, long length, int advice);

    /** A range of addresses. */
    record Range(long start, long length) {

        static Range of(String start, String end) {
            long from = HexFormat.fromHexDigitsToLong(start);
            return new Range(from, HexFormat.fromHexDigitsToLong(end) - from);
        }
    }
}
