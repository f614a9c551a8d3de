package dev.latchkey.moving;

/** How an import ended. */
public sealed interface Move {

    Tally tally();

    /** It came to its end. */
    record Finished(Tally tally) implements Move {}

    /** It came no further, for this reason; what was counted stays. */
    record BrokenOff(Tally tally, String sentence) implements Move {}
}
