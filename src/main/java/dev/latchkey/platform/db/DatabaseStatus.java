package dev.latchkey.platform.db;

/** The result of the last check of the database. */
public sealed interface DatabaseStatus {

    /** The database responded. */
    record Up() implements DatabaseStatus {}

    /**
     * The database did not respond.
     *
     * @param reason why not, continuing a sentence that begins with "The database"
     */
    record Down(String reason) implements DatabaseStatus {}
}
