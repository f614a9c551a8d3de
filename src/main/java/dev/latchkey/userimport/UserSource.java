package dev.latchkey.userimport;

import dev.latchkey.session.SessionImport.ImportedSession;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A source of users. Every failure to read it is an {@link UnreadableException}. */
public interface UserSource extends AutoCloseable {

    /** Returns the name of this kind of source, for the audit log. */
    String kind();

    /** Returns the approximate number of users; 0 if it is not known before the end. */
    long total();

    /** Returns whether a user with an unusable value is skipped, rather than imported without that value. */
    boolean isStrict();

    /** Returns the next entries; empty at the end. */
    List<Entry> next(int atMost);

    /** Passes the active sessions of these users to the consumer, in parts. */
    void sessions(Collection<String> users, int atMost, Consumer<List<ImportedSession>> consumer);

    /** Returns a sentence on each kind of data that is not imported. */
    List<String> remarks();

    @Override
    void close();

    /** One entry of a source. */
    sealed interface Entry {}

    /** An entry that cannot be read. */
    record Unreadable(ImportWarning warning) implements Entry {}

    /**
     * A user of another system, not validated yet.
     *
     * @param id null for a user who gets a new one
     * @param isBanned whether the user may not sign in there
     * @param hasSecondFactor whether a password alone does not sign the user in there
     * @param hash the password's hash, if there is one
     */
    record User(
            Location location,
            @Nullable String id,
            @Nullable String email,
            @Nullable String name,
            @Nullable String image,
            boolean emailVerified,
            Set<String> roles,
            boolean isBanned,
            boolean hasSecondFactor,
            @Nullable String hash,
            @Nullable Instant createdAt,
            @Nullable Instant updatedAt)
            implements Entry {

        /** Security: the e-mail address and the hash are not printed. */
        @Override
        public String toString() {
            return location.toString();
        }
    }

    /**
     * The location of a user in the source.
     *
     * @param line the line of a file; 0 where there are none
     * @param id the id there, if it is known
     */
    record Location(long line, @Nullable String id) {

        static Location line(long line) {
            return new Location(line, null);
        }

        static Location id(String id) {
            return new Location(0, id);
        }

        /** Returns the location for a sentence. */
        @Override
        public String toString() {
            return line > 0 ? "Line " + line : "User " + id;
        }
    }

    /** The source cannot be read, or no further; the message is for the operator. */
    final class UnreadableException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public UnreadableException(String sentence) {
            super(sentence);
        }
    }
}
