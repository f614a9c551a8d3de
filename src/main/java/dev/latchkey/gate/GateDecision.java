package dev.latchkey.gate;

import java.util.Locale;

/** May the request that the gate was asked about pass? */
public sealed interface GateDecision {

    /** It may, on behalf of this user, or of nobody. */
    record Pass(Identity identity) implements GateDecision {}

    /**
     * It may not.
     *
     * @param sentence what to change, for whoever asks or whoever set up the proxy
     */
    record Refused(Refusal why, String sentence) implements GateDecision {}

    /** Why not, in the order of judgement. */
    enum Refusal {
        /** Whoever asks is no trusted proxy. */
        STRANGER,
        /** It cannot be told which request is meant. */
        UNCLEAR,
        /** The path can be read in more than one way. */
        AMBIGUOUS_PATH,
        /** No rule is about it. */
        NO_RULE,
        NO_TOKEN,
        BAD_TOKEN,
        EXPIRED_TOKEN,
        NOT_OWNER,
        NO_ROLE,
        OTHER_ISSUER,
        /** It could not be judged. */
        UNJUDGED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
