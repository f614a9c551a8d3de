package dev.latchkey.gatecheck;

/** What came back for a request. */
sealed interface RawResponse {

    /**
     * A final response.
     *
     * @param body its octets, one a character, as far as they were read
     * @param isComplete whether that is the whole body
     */
    record Received(int status, String body, boolean isComplete) implements RawResponse {

        boolean isSuccess() {
            return status >= 200 && status < 300;
        }

        boolean hasSameBodyAs(Received other) {
            return isComplete == other.isComplete && body.equals(other.body);
        }
    }

    /** The connection was closed instead of a response, as many servers do with requests that they do not read. */
    record Closed() implements RawResponse {}

    /** Neither a response nor a refusal, for this reason. */
    record Unclear(String reason) implements RawResponse {}

    /** The status, or what happened instead of a response. */
    default String summary() {
        return switch (this) {
            case Received received -> Integer.toString(received.status());
            case Closed _ -> "the connection was closed without a response";
            case Unclear(String reason) -> reason;
        };
    }
}
