package dev.latchkey.userimport;

import org.jspecify.annotations.Nullable;

/**
 * The location of a user in the source.
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

    /** Returns the location for a sentence. */
    @Override
    public String toString() {
        return line > 0 ? "Line " + line : "User " + id;
    }
}
