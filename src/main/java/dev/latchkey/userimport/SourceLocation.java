package dev.latchkey.userimport;

import org.jspecify.annotations.Nullable;

/**
 * Where somebody stands in the source.
 *
 * @param line the line of a file; 0 where there are none
 * @param id the id there, if it is known
 */
public record SourceLocation(long line, @Nullable String id) {

    static SourceLocation line(long line) {
        return new SourceLocation(line, null);
    }

    static SourceLocation id(String id) {
        return new SourceLocation(0, id);
    }

    /** As it is called in a sentence. */
    @Override
    public String toString() {
        return line > 0 ? "Line " + line : "User " + id;
    }
}
