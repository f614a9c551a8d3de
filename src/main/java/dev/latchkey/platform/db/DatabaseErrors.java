package dev.latchkey.platform.db;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;

/** Classifies database failures by SQLSTATE. */
public final class DatabaseErrors {

    /** The message for an operator whose database has no schema of this version. */
    public static final String MISSING_SCHEMA =
            "Latchkey's database does not have this version's tables yet; the service creates them when it starts.";

    private static final int MAX_RELATED = 100;

    private DatabaseErrors() {}

    /**
     * Returns whether a failure may be temporary, so that the request can be retried: the database is unavailable, or it
     * has rolled back a transaction (40), cancelled a statement (57) or ended a connection that was idle (25P03).
     */
    public static boolean isTemporary(Throwable failure) {
        return sqlStates(failure).stream()
                        .anyMatch(state -> isUnavailableState(state)
                                || state.startsWith("40")
                                || state.startsWith("57")
                                || state.equals("25P03"))
                || isConnectionLostAtCommit(failure);
    }

    /** Returns whether the database is unavailable: no connection (08) or none free, full (53), shutting down (57P). */
    static boolean isUnavailable(Throwable failure) {
        return sqlStates(failure).stream().anyMatch(DatabaseErrors::isUnavailableState);
    }

    /** Returns whether no connection can be established (08). */
    static boolean isUnreachable(SQLException failure) {
        return failure.getSQLState() != null && failure.getSQLState().startsWith("08");
    }

    /** Returns the message of the innermost cause that has one, on one line. */
    public static String reason(Throwable failure) {
        Throwable innermost = failure;
        String words = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            innermost = cause;
            String message = cause.getMessage();
            if (message != null && !message.isBlank() && !isNameOf(cause.getCause(), message)) {
                words = message;
            }
        }
        return words == null
                ? innermost.getClass().getSimpleName()
                : words.replaceAll("\\s+", " ").strip();
    }

    /** Returns whether a message only names its cause, as that of an exception made of a cause without a message does. */
    private static boolean isNameOf(@Nullable Throwable cause, String message) {
        return cause != null && message.equals(cause.getClass().getName());
    }

    private static boolean isUnavailableState(String state) {
        return state.isEmpty() || state.startsWith("08") || state.startsWith("53") || state.startsWith("57P");
    }

    /**
     * Returns the SQLSTATEs of all SQL exceptions that belong to a failure; if none has one, empty text for the pool's
     * timeout, which has none.
     */
    private static List<String> sqlStates(Throwable failure) {
        List<String> states = new ArrayList<>();
        boolean isSql = false;
        for (Throwable related : related(failure)) {
            if (related instanceof SQLException sql) {
                isSql = true;
                if (sql.getSQLState() != null) {
                    states.add(sql.getSQLState());
                }
            }
        }
        return isSql && states.isEmpty() ? List.of("") : states;
    }

    /** Returns whether the transaction manager found the connection lost when it committed. */
    private static boolean isConnectionLostAtCommit(Throwable failure) {
        return related(failure).stream()
                .anyMatch(related -> related instanceof XAException commit
                        && (commit.errorCode == XAException.XAER_RMFAIL
                                || commit.errorCode == XAException.XA_RBCOMMFAIL));
    }

    /**
     * Returns a failure and all that belongs to it: causes, the further exceptions of a batch, and the suppressed ones, which
     * is where the transaction manager puts what made a commit fail.
     */
    private static Set<Throwable> related(Throwable failure) {
        Set<Throwable> found = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> remaining = new ArrayDeque<>(List.of(failure));
        while (!remaining.isEmpty() && found.size() < MAX_RELATED) {
            Throwable next = remaining.remove();
            if (found.add(next)) {
                if (next.getCause() != null) {
                    remaining.add(next.getCause());
                }
                if (next instanceof SQLException sql && sql.getNextException() != null) {
                    remaining.add(sql.getNextException());
                }
                Collections.addAll(remaining, next.getSuppressed());
            }
        }
        return found;
    }

    /** Describes in one line why a command failed, for an operator, who has no use for a stack trace. */
    public static String describe(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (isMissingSchema(cause)) {
                return MISSING_SCHEMA;
            }
        }
        return "Failed: " + reason(failure);
    }

    /** Returns whether a failure means that a table or a column of this version is missing. */
    public static boolean isMissingSchema(Throwable failure) {
        // Undefined table, undefined column.
        return failure instanceof SQLException sql
                && ("42P01".equals(sql.getSQLState()) || "42703".equals(sql.getSQLState()));
    }
}
