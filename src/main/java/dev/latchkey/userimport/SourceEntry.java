package dev.latchkey.userimport;

/** One entry of a source. */
sealed interface SourceEntry {

    record Person(SourceUser user) implements SourceEntry {}

    /** Something that is to be one, and cannot be read. */
    record Unreadable(ImportWarning note) implements SourceEntry {}
}
