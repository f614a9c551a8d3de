package dev.latchkey.platform.db;

/** The result of the last check of the database. */
public sealed interface DatabaseStatus {

    /** It responded. */
    record Up() implements DatabaseStatus {}

    /**
     * It did not respond.
     *
     * @param reason why
     */
    record Down(String reason) implements DatabaseStatus {}
}
