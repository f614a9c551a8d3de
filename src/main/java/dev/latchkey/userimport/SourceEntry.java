package dev.latchkey.userimport;

/** One entry of a source. */
sealed interface SourceEntry {

    record User(SourceUser user) implements SourceEntry {}

    /** An entry that cannot be read. */
    record Unreadable(ImportWarning note) implements SourceEntry {}
}
