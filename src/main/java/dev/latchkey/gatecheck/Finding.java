package dev.latchkey.gatecheck;

import dev.latchkey.gatecheck.RawResponse.Answered;

/**
 * What came of one request, in texts that are safe to print: nothing that the server sent, no token, nothing beyond ASCII.
 *
 * @param request method, target and further headers; octets that do not print as {@code \xNN}
 * @param credential which token it had
 * @param answer status and size, or what happened instead
 */
public record Finding(Assessment verdict, String name, String request, String credential, String answer) {

    private static final int WIDEST = 140;

    static Finding of(TestRequest attempt, RawResponse reply, Baseline.Known known) {
        Assessment verdict = Assessment.of(attempt.expectation(), reply, known);
        StringBuilder request = new StringBuilder(attempt.method() + " " + attempt.target());
        attempt.headers().forEach(line -> request.append(" | ").append(line));
        return new Finding(
                verdict,
                printable(attempt.name()),
                printable(request.toString()),
                attempt.credential().words(),
                answer(verdict, reply, known.own()));
    }

    private static String answer(Assessment verdict, RawResponse reply, Answered own) {
        if (!(reply instanceof Answered answered) || !answered.isSuccess()) {
            return Baseline.words(reply);
        }
        String size = answered.body().length() + (answered.whole() ? " bytes" : " bytes and more");
        if (verdict != Assessment.GOT_THROUGH) {
            return answered.status() + ", " + size;
        }
        return answered.status() + ", " + size + ", "
                + (answered.hasBodyOf(own) ? "answered with your own data" : "not what your own route gives");
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
