package dev.latchkey.userimport;

import java.util.List;

/** One record of a file of comma-separated values. */
sealed interface CsvLine {

    /** @param line where it begins, counted from 1 */
    record Fields(long line, List<String> fields) implements CsvLine {}

    /** What is wrong with it. */
    record Malformed(long line, String sentence) implements CsvLine {}
}
