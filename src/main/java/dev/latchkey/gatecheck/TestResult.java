package dev.latchkey.gatecheck;

import dev.latchkey.gatecheck.RawResponse.Answered;
import dev.latchkey.gatecheck.TestRequest.Expectation;

/**
 * What came of one request, in texts that are safe to print: nothing that the server sent, no token, nothing beyond ASCII.
 *
 * @param request method, target and further headers; octets that do not print as {@code \xNN}
 * @param credential which token it had
 * @param response status and size, or what happened instead
 */
public record TestResult(Assessment assessment, String name, String request, String credential, String response) {

    private static final int WIDEST = 140;

    static TestResult of(TestRequest attempt, RawResponse response, Baseline.Known known) {
        Assessment assessment = Assessment.of(attempt.expectation(), response, known);
        StringBuilder request = new StringBuilder(attempt.method() + " " + attempt.target());
        attempt.headers().forEach(line -> request.append(" | ").append(line));
        return new TestResult(
                assessment,
                printable(attempt.name()),
                printable(request.toString()),
                attempt.credential().words(),
                response(assessment, response, known.own()));
    }

    private static String response(Assessment assessment, RawResponse response, Answered own) {
        if (!(response instanceof Answered received) || !received.isSuccess()) {
            return Baseline.words(response);
        }
        String size = received.body().length() + (received.whole() ? " bytes" : " bytes and more");
        if (assessment != Assessment.BYPASS) {
            return received.status() + ", " + size;
        }
        return received.status() + ", " + size + ", "
                + (received.hasBodyOf(own) ? "answered with your own data" : "not what your own route gives");
    }

    private static String printable(String text) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < text.length() && all.length() < WIDEST; i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                all.append("\\\\");
            } else if (c >= ' ' && c <= '~') {
                all.append(c);
            } else {
                all.append("\\x%02x".formatted((int) c));
            }
        }
        return all.length() < WIDEST ? all.toString() : all + "...";
    }

    /** What an answer says about the deployment. */
    public enum Assessment {
        /** What had to be refused succeeded. */
        BYPASS,
        /** What had to succeed was refused; a fault, and no hole. */
        WRONGLY_REFUSED,
        /** A redirect is not followed: it has not given the client anything yet. */
        REDIRECTED,
        /** Neither success nor refusal: something broke, or nobody answered. */
        UNCLEAR,
        REFUSED,
        /** What had to succeed came to nothing otherwise: there is no such route, or a server would not read it. */
        NOT_SERVED,
        /** What a path that does not exist gives, too, so it holds nothing of the other user's. */
        FALLBACK_PAGE,
        /** The user's own data, as without the trick. */
        UNAFFECTED,
        PASSED;

        static Assessment of(Expectation expectation, RawResponse reply, Baseline.Known known) {
            return switch (reply) {
                case RawResponse.Unclear _ -> UNCLEAR;
                case RawResponse.Closed _ -> expectation.isToSucceed() ? NOT_SERVED : REFUSED;
                case Answered answered
                when answered.status() == 101 -> expectation == Expectation.PASSED ? UNCLEAR : BYPASS;
                case Answered answered when answered.isSuccess() -> ofSuccess(expectation, answered, known);
                case Answered answered when answered.status() / 100 == 3 -> REDIRECTED;
                case Answered answered
                when answered.status() / 100 == 4 && answered.status() != 429 -> {
                    boolean isByGate = answered.status() == 401 || answered.status() == 403;
                    yield !expectation.isToSucceed() ? REFUSED : isByGate ? WRONGLY_REFUSED : NOT_SERVED;
                }
                case Answered _ -> UNCLEAR;
            };
        }

        private static Assessment ofSuccess(Expectation expectation, Answered answered, Baseline.Known known) {
            return switch (expectation) {
                case REFUSED -> isPage(answered, known) ? FALLBACK_PAGE : BYPASS;
                case UNAFFECTED -> answered.hasBodyOf(known.own()) ? UNAFFECTED : BYPASS;
                case OWN -> answered.hasBodyOf(known.own()) ? PASSED : BYPASS;
                case PASSED -> PASSED;
            };
        }

        private static boolean isPage(Answered answered, Baseline.Known known) {
            return known.page() != null && answered.hasBodyOf(known.page());
        }
    }
}
