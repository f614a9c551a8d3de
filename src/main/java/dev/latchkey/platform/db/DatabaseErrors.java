package dev.latchkey.platform.db;

import java.sql.SQLException;
import java.util.Optional;

/** Classifies database failures by SQLSTATE. */
public final class DatabaseErrors {

    /** The message for an operator whose database has no schema of this version. */
    public static final String MISSING_SCHEMA =
            "Latchkey's database does not have this version's tables yet; the service creates them when it starts.";

    private DatabaseErrors() {}

    /**
     * Returns whether a failure may be temporary, so that the request can be retried: the database is unavailable, or it
     * has rolled back a transaction (40) or cancelled a statement (57).
     */
    public static boolean isTemporary(Throwable failure) {
        return sqlState(failure)
                .filter(state -> isUnavailableState(state) || state.startsWith("40") || state.startsWith("57"))
                .isPresent();
    }

    /** Returns whether the database is unavailable: no connection (08) or none free, full (53), shutting down (57P). */
    static boolean isUnavailable(Throwable failure) {
        return sqlState(failure).filter(DatabaseErrors::isUnavailableState).isPresent();
    }

    /** Returns whether no connection can be established (08). */
    static boolean isUnreachable(SQLException failure) {
        return failure.getSQLState() != null && failure.getSQLState().startsWith("08");
    }

    /** Returns the message of the innermost cause, on one line. */
    public static String reason(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String message = innermost.getMessage();
        String words =
                message == null || message.isBlank() ? innermost.getClass().getSimpleName() : message;
        return words.replaceAll("\\s+", " ").strip();
    }

    private static boolean isUnavailableState(String state) {
        return state.isEmpty() || state.startsWith("08") || state.startsWith("53") || state.startsWith("57P");
    }

    /** Returns the SQLSTATE of the outermost SQL exception; empty text for the pool's timeout, which has none. */
    private static Optional<String> sqlState(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return Optional.of(sql.getSQLState() == null ? "" : sql.getSQLState());
            }
        }
        return Optional.empty();
    }

    /** Describes in one line why a command failed, for an operator, who has no use for a stack trace. */
    public static String describe(Throwable failure) {
        Throwable innermost = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            innermost = cause;
            if (isMissingSchema(cause)) {
                return MISSING_SCHEMA;
            }
        }
        String message = innermost.getMessage();
        String words =
                message == null || message.isBlank() ? innermost.getClass().getSimpleName() : message;
        return "Failed: " + words.replaceAll("\\s+", " ").strip();
    }

    /** Returns whether a failure means that a table or a column of this version is missing. */
    public static boolean isMissingSchema(Throwable failure) {
        // Undefined table, undefined column.
        return failure instanceof SQLException sql
                && ("42P01".equals(sql.getSQLState()) || "42703".equals(sql.getSQLState()));
    }
}
