package dev.latchkey.gatecheck;

import dev.latchkey.gatecheck.RawResponse.Received;
import dev.latchkey.gatecheck.TestRequest.Expectation;

/**
 * The result of one request, in texts that are safe to print: nothing that the server sent, no token, nothing beyond ASCII.
 *
 * @param request method, target and further headers; octets that do not print as {@code \xNN}
 * @param credential how the request authenticated
 * @param response status and size, or what happened instead of a response
 */
public record TestResult(Assessment assessment, String name, String request, String credential, String response) {

    private static final int MAX_WIDTH = 140;

    /** What a response says about the deployment. */
    public enum Assessment {
        /** A request that has to be refused succeeded. */
        BYPASS,
        /** A request that has to succeed was refused: a defect, but no bypass. */
        WRONGLY_REFUSED,
        /** A redirect, which is not followed: it has not given the client anything yet. */
        REDIRECTED,
        /** Neither success nor refusal: something broke, or there was no response. */
        UNCLEAR,
        REFUSED,
        /** A request that has to succeed failed otherwise: there is no such route, or a server does not read it. */
        NOT_SERVED,
        /** The same response as for a path that does not exist, so it holds no data of the other user. */
        FALLBACK_PAGE,
        /** The user's own data, as for the plain request. */
        UNAFFECTED,
        PASSED;

        static Assessment of(Expectation expectation, RawResponse response, Baseline.Established baseline) {
            return switch (response) {
                case RawResponse.Unclear _ -> UNCLEAR;
                case RawResponse.Closed _ -> expectation.requiresSuccess() ? NOT_SERVED : REFUSED;
                case Received received
                when received.status() == 101 -> expectation == Expectation.SUCCESS ? UNCLEAR : BYPASS;
                case Received received when received.isSuccess() -> ofSuccess(expectation, received, baseline);
                case Received received when received.status() / 100 == 3 -> REDIRECTED;
                case Received received
                when received.status() / 100 == 4 && received.status() != 429 -> {
                    boolean isByGate = received.status() == 401 || received.status() == 403;
                    yield !expectation.requiresSuccess() ? REFUSED : isByGate ? WRONGLY_REFUSED : NOT_SERVED;
                }
                case Received _ -> UNCLEAR;
            };
        }

        private static Assessment ofSuccess(Expectation expectation, Received received, Baseline.Established baseline) {
            boolean isOwnData = received.hasSameBodyAs(baseline.own());
            Received fallbackPage = baseline.fallbackPage();
            return switch (expectation) {
                case REFUSED -> fallbackPage != null && received.hasSameBodyAs(fallbackPage) ? FALLBACK_PAGE : BYPASS;
                case UNAFFECTED -> isOwnData ? UNAFFECTED : BYPASS;
                case OWN_DATA -> isOwnData ? PASSED : BYPASS;
                case SUCCESS -> PASSED;
            };
        }
    }

    static TestResult of(TestRequest request, RawResponse response, Baseline.Established baseline) {
        Assessment assessment = Assessment.of(request.expectation(), response, baseline);
        StringBuilder text = new StringBuilder(request.method() + " " + request.target());
        request.headers().forEach(line -> text.append(" | ").append(line));
        return new TestResult(
                assessment,
                printable(request.name()),
                printable(text.toString()),
                request.credential().label(),
                describe(response, assessment, baseline.own()));
    }

    private static String describe(RawResponse response, Assessment assessment, Received own) {
        if (!(response instanceof Received received) || !received.isSuccess()) {
            return response.summary();
        }
        String size = received.body().length() + (received.isComplete() ? " bytes" : " bytes and more");
        if (assessment != Assessment.BYPASS) {
            return received.status() + ", " + size;
        }
        return received.status() + ", " + size + ", "
                + (received.hasSameBodyAs(own) ? "answered with your own data" : "not what your own route gives");
    }

    private static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        for (int i = 0; i < text.length() && printable.length() < MAX_WIDTH; i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                printable.append("\\\\");
            } else if (c >= ' ' && c <= '~') {
                printable.append(c);
            } else {
                printable.append("\\x%02x".formatted((int) c));
            }
        }
        return printable.length() < MAX_WIDTH ? printable.toString() : printable + "...";
    }
}
