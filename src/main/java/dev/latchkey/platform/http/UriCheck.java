package dev.latchkey.platform.http;

/**
 * Turns the HTTP server's own check of request targets off, whose refusal is a 400 without body or headers, in favour of
 * {@link RouterErrors}, which makes the same check first thing.
 */
public final class UriCheck {

    private static final String SWITCH = "vertx.disableURIValidation";

    private UriCheck() {}

    /** To be called before the framework starts, which reads the switch once. */
    public static void ours() {
        System.setProperty(SWITCH, "true");
    }
}
