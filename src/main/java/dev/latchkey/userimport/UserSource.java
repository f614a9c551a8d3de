package dev.latchkey.userimport;

import dev.latchkey.session.ImportedSession;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** Another system's users, one after the other; whatever fails is an {@link ImportSourceException}. */
public interface UserSource extends AutoCloseable {

    /** What kind of source it is, in a word. */
    String kind();

    /** How many there are at about this time; 0 when that is not known before the end. */
    long total();

    /** Whether somebody comes in only with all that they have. */
    boolean strict();

    /** The next ones; empty at the end. */
    List<SourceEntry> next(int atMost);

    /** Has the living sessions of these users taken in parts. */
    void sessions(Collection<String> users, int atMost, Consumer<List<ImportedSession>> taker);

    /** What there is besides that is not brought along, each in a sentence; empty when nothing is. */
    List<String> remarks();

    @Override
    void close();
}
