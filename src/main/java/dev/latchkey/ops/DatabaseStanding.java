package dev.latchkey.ops;

/** Whether the database answers, as far as was heard last. */
sealed interface DatabaseStanding {

    /** It answered. */
    record Up() implements DatabaseStanding {}

    /**
     * It did not.
     *
     * @param reason why, in words
     */
    record Down(String reason) implements DatabaseStanding {}
}
