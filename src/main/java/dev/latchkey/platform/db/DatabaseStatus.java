package dev.latchkey.platform.db;

/** Whether the database answers, as far as was heard last. */
public sealed interface DatabaseStatus {

    /** It answered. */
    record Up() implements DatabaseStatus {}

    /**
     * It did not.
     *
     * @param reason why, in words
     */
    record Down(String reason) implements DatabaseStatus {}
}
