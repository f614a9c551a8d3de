package dev.latchkey.probe;

import dev.latchkey.probe.Reply.Answered;

/** What an answer says about the deployment. */
public enum Verdict {
    /** What had to be refused succeeded. */
    GOT_THROUGH,
    /** What had to succeed did not; a fault, and no hole. */
    NOT_PASSED,
    /** Not followed: whoever is sent elsewhere has not been given anything yet. */
    REDIRECTED,
    /** Neither success nor refusal: something broke, or nobody answered. */
    UNCLEAR,
    REFUSED,
    /** What everybody gets for a path that does not exist, so it holds nobody's data. */
    COMMON_PAGE,
    /** The user's own data, as without the trick. */
    UNAFFECTED,
    PASSED;

    static Verdict of(Expectation expectation, Reply reply, Baseline.Known known) {
        return switch (reply) {
            case Reply.Unclear _ -> UNCLEAR;
            case Reply.Closed _ -> expectation == Expectation.PASSED ? NOT_PASSED : REFUSED;
            case Answered answered
            when answered.status() == 101 -> expectation == Expectation.PASSED ? UNCLEAR : GOT_THROUGH;
            case Answered answered
            when answered.isSuccess() ->
                switch (expectation) {
                    case REFUSED -> isPage(answered, known) ? COMMON_PAGE : GOT_THROUGH;
                    case UNAFFECTED -> answered.hasBodyOf(known.own()) ? UNAFFECTED : GOT_THROUGH;
                    case PASSED -> PASSED;
                };
            case Answered answered when answered.status() / 100 == 3 -> REDIRECTED;
            case Answered answered
            when answered.status() / 100 == 4 && answered.status() != 429 ->
                expectation == Expectation.PASSED ? NOT_PASSED : REFUSED;
            case Answered _ -> UNCLEAR;
        };
    }

    private static boolean isPage(Answered answered, Baseline.Known known) {
        return known.page() != null && answered.hasBodyOf(known.page());
    }
}
