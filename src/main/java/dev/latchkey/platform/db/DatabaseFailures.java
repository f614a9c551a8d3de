package dev.latchkey.platform.db;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Reads what a database's failure means for somebody who waits for it. */
final class DatabaseFailures {

    private DatabaseFailures() {}

    /** Whether it may pass by waiting: no connection (08, or the pool's own, without a state), going down, full (53, 57P). */
    static boolean isAway(Throwable failure) {
        SQLException cause = sqlCause(failure);
        if (cause == null) {
            return false;
        }
        String state = cause.getSQLState();
        return state == null || state.startsWith("08") || state.startsWith("53") || state.startsWith("57P");
    }

    /** The innermost words, on one line. */
    static String reason(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String message = innermost.getMessage();
        String words =
                message == null || message.isBlank() ? innermost.getClass().getSimpleName() : message;
        return words.replaceAll("\\s+", " ").strip();
    }

    private static @Nullable SQLException sqlCause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException found) {
                return found;
            }
        }
        return null;
    }
}
