package dev.latchkey.platform.http;

/**
 * The order in which a request passes the filters below JAX-RS; the higher one comes first.
 *
 * <p>All but the last come before the framework's authentication (200) and its body limit (2), so that a response of either
 * already has its headers. After all of them come the Better Auth paths ({@code betterauth.BetterAuthHandler}).
 */
public final class FilterOrder {

    /** The request id and the headers of every response. First, since any later filter may respond. */
    public static final int RESPONSE_HEADERS = 10_000;

    /** The gate, whose response nothing else about the request changes: not its origin, its body or a shutdown. */
    public static final int GATE = 9_500;

    /** Refusals during shutdown. */
    public static final int DRAINING = 9_000;

    /** The bound on requests in flight: before anything that waits. */
    public static final int IN_FLIGHT = 8_800;

    /** Request targets that are no URI. */
    public static final int TARGET = 8_000;

    /** Preflights need neither body nor identity. */
    public static final int CORS = 7_000;

    /**
     * The limit on the requests of one client address: before a body is read or a worker thread is used, and after CORS, so
     * that the scripts of a trusted front end can read the refusal.
     */
    public static final int REQUEST_LIMIT = 6_500;

    /** The body is read before a worker thread is used: a slow sender holds a connection and nothing else. */
    public static final int BODY = 6_000;

    /** What the framework's authentication has attached to a request: of equal filters its own come first. */
    public static final int AUTHENTICATED = 200;

    private FilterOrder() {}
}
