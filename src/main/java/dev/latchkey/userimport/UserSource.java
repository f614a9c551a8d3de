package dev.latchkey.userimport;

import dev.latchkey.session.SessionImport.ImportedSession;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** A source of users. Every failure is an {@link ImportSourceException}. */
public interface UserSource extends AutoCloseable {

    /** Returns the name of this kind of source. */
    String kind();

    /** Returns the approximate number of users; 0 if it is not known before the end. */
    long total();

    /** Returns whether a user with an unusable value is skipped. */
    boolean strict();

    /** Returns the next entries; empty at the end. */
    List<SourceEntry> next(int atMost);

    /** Passes the active sessions of these users on, in parts. */
    void sessions(Collection<String> users, int atMost, Consumer<List<ImportedSession>> taker);

    /** Returns a sentence on each kind of data that is not imported. */
    List<String> remarks();

    @Override
    void close();
}
