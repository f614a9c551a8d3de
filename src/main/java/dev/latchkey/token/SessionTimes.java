package dev.latchkey.token;

import java.time.Instant;

/**
 * The times of a session as they were known when it was last signed in to or refreshed. A token carries them, so that it can
 * be renewed without a look at the session's row.
 *
 * @param refreshedAt when the user last signed in or the session was last refreshed
 * @param idleEnd when the session ends unless it is refreshed again
 * @param absoluteEnd when the session ends whatever happens
 */
public record SessionTimes(Instant refreshedAt, Instant idleEnd, Instant absoluteEnd) {

    /** Returns when the session ends as far as is known: the earlier of its two ends. */
    public Instant end() {
        return idleEnd.isBefore(absoluteEnd) ? idleEnd : absoluteEnd;
    }
}
