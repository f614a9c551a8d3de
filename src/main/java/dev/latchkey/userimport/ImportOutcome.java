package dev.latchkey.userimport;

/** How an import ended. */
public sealed interface ImportOutcome {

    ImportSummary summary();

    /** The whole source was read. */
    record Finished(ImportSummary summary) implements ImportOutcome {}

    /** It stopped for this reason; what was counted stays stored. */
    record BrokenOff(ImportSummary summary, String sentence) implements ImportOutcome {}
}
