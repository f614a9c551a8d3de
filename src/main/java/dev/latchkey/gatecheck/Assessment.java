package dev.latchkey.gatecheck;

import dev.latchkey.gatecheck.RawResponse.Answered;

/** What an answer says about the deployment. */
public enum Assessment {
    /** What had to be refused succeeded. */
    GOT_THROUGH,
    /** What had to succeed was refused; a fault, and no hole. */
    NOT_PASSED,
    /** A redirect is not followed: it has not given the client anything yet. */
    REDIRECTED,
    /** Neither success nor refusal: something broke, or nobody answered. */
    UNCLEAR,
    REFUSED,
    /** What had to succeed came to nothing otherwise: there is no such route, or a server would not read it. */
    NOT_SERVED,
    /** What a path that does not exist gives, too, so it holds nothing of the other user's. */
    COMMON_PAGE,
    /** The user's own data, as without the trick. */
    UNAFFECTED,
    PASSED;

    static Assessment of(Expectation expectation, RawResponse reply, Baseline.Known known) {
        return switch (reply) {
            case RawResponse.Unclear _ -> UNCLEAR;
            case RawResponse.Closed _ -> expectation.isToSucceed() ? NOT_SERVED : REFUSED;
            case Answered answered
            when answered.status() == 101 -> expectation == Expectation.PASSED ? UNCLEAR : GOT_THROUGH;
            case Answered answered when answered.isSuccess() -> ofSuccess(expectation, answered, known);
            case Answered answered when answered.status() / 100 == 3 -> REDIRECTED;
            case Answered answered
            when answered.status() / 100 == 4 && answered.status() != 429 -> {
                boolean isByGate = answered.status() == 401 || answered.status() == 403;
                yield !expectation.isToSucceed() ? REFUSED : isByGate ? NOT_PASSED : NOT_SERVED;
            }
            case Answered _ -> UNCLEAR;
        };
    }

    private static Assessment ofSuccess(Expectation expectation, Answered answered, Baseline.Known known) {
        return switch (expectation) {
            case REFUSED -> isPage(answered, known) ? COMMON_PAGE : GOT_THROUGH;
            case UNAFFECTED -> answered.hasBodyOf(known.own()) ? UNAFFECTED : GOT_THROUGH;
            case OWN -> answered.hasBodyOf(known.own()) ? PASSED : GOT_THROUGH;
            case PASSED -> PASSED;
        };
    }

    private static boolean isPage(Answered answered, Baseline.Known known) {
        return known.page() != null && answered.hasBodyOf(known.page());
    }
}
