package dev.latchkey.platform.db;

import java.sql.SQLException;

/** Tells the failures that pass by themselves from those that nobody expected. */
public final class DatabaseErrors {

    private DatabaseErrors() {}

    /**
     * Whether the database is away, overloaded or going down, or had to give up a transaction that can be tried again:
     * the SQLSTATE classes 08, 53, 57 and 40, and a pool or socket that timed out.
     */
    public static boolean isAway(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                String state = sql.getSQLState();
                // The pool gives no state when it has waited in vain for a connection.
                return state == null || state.matches("(08|53|57|40).*");
            }
        }
        return false;
    }
}
