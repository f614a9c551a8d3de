package dev.latchkey.moving;

import org.jspecify.annotations.Nullable;

/**
 * Where somebody stands in the source.
 *
 * @param line the line of a file; 0 where there are none
 * @param id the id there, if it is known
 */
public record Place(long line, @Nullable String id) {

    static Place line(long line) {
        return new Place(line, null);
    }

    static Place id(String id) {
        return new Place(0, id);
    }

    /** As it is called in a sentence. */
    @Override
    public String toString() {
        return line > 0 ? "Line " + line : "User " + id;
    }
}
