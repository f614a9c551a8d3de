package dev.latchkey.betterauth;

/** Is somebody signed in? */
sealed interface SessionLookupResult {

    record Here(Caller caller) implements SessionLookupResult {}

    /** Nothing was brought that counts. */
    record Nobody() implements SessionLookupResult {}

    /** What was brought counted once; whoever keeps it should drop it. */
    record Over() implements SessionLookupResult {}
}
