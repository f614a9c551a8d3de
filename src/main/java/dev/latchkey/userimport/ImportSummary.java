package dev.latchkey.userimport;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts what became of those who were read. */
public final class ImportSummary {

    private long read;
    private long imported;
    private long thereAlready;
    private long sessions;
    private long sessionsThere;
    private final Map<ImportReason, Long> reasons = new EnumMap<>(ImportReason.class);
    private final List<ImportWarning> notes = new ArrayList<>();

    void countRead(int count) {
        read += count;
    }

    void countImported() {
        imported++;
    }

    void countThereAlready() {
        thereAlready++;
    }

    void countSessions(int taken, int there) {
        sessions += taken;
        sessionsThere += there;
    }

    void note(ImportWarning note) {
        reasons.merge(note.reason(), 1L, Long::sum);
        notes.add(note);
    }

    /** What was counted of a part, without its notes, of which there may be as many as users. */
    void add(ImportSummary part) {
        read += part.read;
        imported += part.imported;
        thereAlready += part.thereAlready;
        sessions += part.sessions;
        sessionsThere += part.sessionsThere;
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

    public long thereAlready() {
        return thereAlready;
    }

    public long sessions() {
        return sessions;
    }

    /** Sessions that were here already, or were left where they are because their user has been here. */
    public long sessionsThere() {
        return sessionsThere;
    }

    /** How often there was something to say. */
    public long count(ImportReason reason) {
        return reasons.getOrDefault(reason, 0L);
    }
}
