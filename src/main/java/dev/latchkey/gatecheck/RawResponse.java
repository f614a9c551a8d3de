package dev.latchkey.gatecheck;

/** What came back for a request. */
sealed interface RawResponse {

    /**
     * A final answer.
     *
     * @param body its octets, one a character, as far as they were read
     * @param whole whether that is all of it
     */
    record Answered(int status, String body, boolean whole) implements RawResponse {

        boolean isSuccess() {
            return status >= 200 && status < 300;
        }

        /** Whether nothing tells the two apart. */
        boolean hasBodyOf(Answered other) {
            return whole == other.whole && body.equals(other.body);
        }
    }

    /** The connection was closed instead of an answer, as many servers do with what they will not read. */
    record Closed() implements RawResponse {}

    /** There is no telling what it meant; the words say why. */
    record Unclear(String words) implements RawResponse {}
}
