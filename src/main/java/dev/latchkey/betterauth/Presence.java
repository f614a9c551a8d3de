package dev.latchkey.betterauth;

/** Is somebody signed in? */
sealed interface Presence {

    record Here(Caller caller) implements Presence {}

    /** Nothing was brought that counts. */
    record Nobody() implements Presence {}

    /** What was brought counted once; whoever keeps it should drop it. */
    record Over() implements Presence {}
}
