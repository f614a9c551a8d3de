package dev.latchkey.platform.db;

/** Has rows that expire; {@link RetentionJob} deletes them in the background, one batch per transaction. */
public interface Expirable {

    /** What is deleted, for the log. */
    String name();

    /**
     * Deletes expired rows within the caller's transaction.
     *
     * @param atMost how many at most
     * @return how many were deleted; fewer than asked for means that nothing is left
     */
    int deleteExpired(int atMost);
}
