package dev.latchkey.userimport;

/** How an import ended. */
public sealed interface ImportOutcome {

    ImportSummary tally();

    /** It came to its end. */
    record Finished(ImportSummary tally) implements ImportOutcome {}

    /** It came no further, for this reason; what was counted stays. */
    record BrokenOff(ImportSummary tally, String sentence) implements ImportOutcome {}
}
