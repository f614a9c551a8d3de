package dev.latchkey.audit;

/**
 * Where a request came from, as far as that can be believed.
 *
 * @param ip the client's address in its canonical text form, or empty when unknown
 * @param userAgent what the client says of itself, shortened, without control characters; empty when it says nothing
 */
public record Client(String ip, String userAgent) {

    /** For work that no request asked for. */
    public static final Client NONE = new Client("", "");
}
