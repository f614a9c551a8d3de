package dev.latchkey.moving;

/** One entry of a source. */
sealed interface Entry {

    record Person(ForeignUser user) implements Entry {}

    /** Something that is to be one, and cannot be read. */
    record Unreadable(Note note) implements Entry {}
}
