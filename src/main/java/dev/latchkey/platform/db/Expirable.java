package dev.latchkey.platform.db;

/** A feature with rows that expire; {@link RetentionJob} deletes them in the background, one batch per transaction. */
public interface Expirable {

    /** Returns the name of the rows for the log, in the plural. */
    String name();

    /**
     * Deletes expired rows within the caller's transaction.
     *
     * @param limit how many rows are deleted at most
     * @return how many were deleted; fewer than the limit means that none is left
     */
    int deleteExpired(int limit);
}
