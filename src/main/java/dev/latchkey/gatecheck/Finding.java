package dev.latchkey.gatecheck;

import dev.latchkey.gatecheck.RawResponse.Answered;

/**
 * What came of one request, in texts that are safe to print: nothing that the server sent, no token, nothing beyond ASCII.
 *
 * @param request method, target and further headers; octets that do not print as {@code \xNN}
 * @param credential which token it had
 * @param response status and size, or what happened instead
 */
public record Finding(Assessment assessment, String name, String request, String credential, String response) {

    private static final int WIDEST = 140;

    static Finding of(TestRequest attempt, RawResponse response, Baseline.Known known) {
        Assessment assessment = Assessment.of(attempt.expectation(), response, known);
        StringBuilder request = new StringBuilder(attempt.method() + " " + attempt.target());
        attempt.headers().forEach(line -> request.append(" | ").append(line));
        return new Finding(
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
        if (assessment != Assessment.GOT_THROUGH) {
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
}
