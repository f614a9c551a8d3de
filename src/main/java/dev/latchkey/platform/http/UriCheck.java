package dev.latchkey.platform.http;

/**
 * Switches the HTTP server's own check of request targets off.
 *
 * <p>It would refuse with a bare 400, before any filter, whatever java.net.URI cannot parse. The gate has to read such a
 * target where Envoy sends it as the rest of its own, and to refuse it with 403: {@code /api/auth/verify/envoy/a|b}. For all
 * other routes {@link RouterErrors} makes the same check.
 */
public final class UriCheck {

    private static final String SWITCH = "vertx.disableURIValidation";

    private UriCheck() {}

    /** Switches the check off; must be called before the framework starts, which reads the switch once. */
    public static void disable() {
        System.setProperty(SWITCH, "true");
    }
}
