package dev.latchkey.userimport;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts the results of an import. */
public final class ImportSummary {

    private long read;
    private long imported;
    private long existing;
    private long sessions;
    private long existingSessions;
    private final Map<ImportReason, Long> reasons = new EnumMap<>(ImportReason.class);
    private final List<ImportWarning> notes = new ArrayList<>();

    void countRead(int count) {
        read += count;
    }

    void countImported() {
        imported++;
    }

    void countExisting() {
        existing++;
    }

    void countSessions(int taken, int there) {
        sessions += taken;
        existingSessions += there;
    }

    void note(ImportWarning note) {
        reasons.merge(note.reason(), 1L, Long::sum);
        notes.add(note);
    }

    /** Adds the counts of a part, without its warnings, of which there may be as many as users. */
    void add(ImportSummary part) {
        read += part.read;
        imported += part.imported;
        existing += part.existing;
        sessions += part.sessions;
        existingSessions += part.existingSessions;
        part.reasons.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
    }

    List<ImportWarning> notes() {
        return notes;
    }

    public long read() {
        return read;
    }

    public long imported() {
        return imported;
    }

    public long existing() {
        return existing;
    }

    public long sessions() {
        return sessions;
    }

    /** Returns the number of sessions that exist already, or were not imported because their user has used the account here. */
    public long existingSessions() {
        return existingSessions;
    }

    /** Returns the number of users with this reason. */
    public long count(ImportReason reason) {
        return reasons.getOrDefault(reason, 0L);
    }
}
