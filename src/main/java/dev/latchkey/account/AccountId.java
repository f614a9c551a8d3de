package dev.latchkey.account;

import com.fasterxml.uuid.Generators;
import java.util.Optional;

/** The id of a user: opaque text, compared byte for byte, because imported users keep the ids that they had. */
public record AccountId(String value) {

    private static final int LONGEST_FOREIGN = 128;

    /** Characters with a meaning of their own in a path, or in what a proxy makes of one. */
    private static final String DELIMITERS = "/\\;?#%";

    static AccountId create() {
        // In order of time, so that new rows lie together in the index.
        return new AccountId(
                Generators.timeBasedEpochRandomGenerator().generate().toString());
    }

    /**
     * Parses an id of another system; empty unless it can be one segment of a path, as in the routes of each user: printable
     * ASCII without blanks and delimiters, and not of dots alone.
     */
    public static Optional<AccountId> foreign(String text) {
        boolean fits = text.length() <= LONGEST_FOREIGN
                && text.chars().allMatch(c -> c > ' ' && c < 0x7F && DELIMITERS.indexOf(c) < 0)
                && text.chars().anyMatch(c -> c != '.');
        return fits ? Optional.of(new AccountId(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
