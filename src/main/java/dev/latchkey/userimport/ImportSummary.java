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
    private final Map<ImportWarning.Reason, Long> reasons = new EnumMap<>(ImportWarning.Reason.class);
    private final List<ImportWarning> warnings = new ArrayList<>();

    void countRead(int count) {
        read += count;
    }

    void countImported() {
        imported++;
    }

    void countExisting() {
        existing++;
    }

    void countSessions(int imported, int existing) {
        sessions += imported;
        existingSessions += existing;
    }

    void warn(ImportWarning warning) {
        reasons.merge(warning.reason(), 1L, Long::sum);
        warnings.add(warning);
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

    List<ImportWarning> warnings() {
        return warnings;
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

    /** Returns the number of warnings with this reason. */
    public long count(ImportWarning.Reason reason) {
        return reasons.getOrDefault(reason, 0L);
    }
}
