package dev.latchkey.platform.db;

/** Something that grows and whose old rows are deleted in the background, a batch to a transaction. */
public interface Expirable {

    /** What is pruned, for the log. */
    String name();

    /**
     * Deletes rows that are over, within the caller's transaction.
     *
     * @param atMost how many
     * @return how many it were; fewer than asked for means that nothing is left
     */
    int prune(int atMost);
}
