package dev.latchkey.platform.http;

import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Context;
import io.vertx.core.Vertx;

/**
 * Names a request in the metrics of HTTP: by the template of its route, never by its path.
 *
 * <p>Security: the metrics have room for a hundred paths. A client that sends as many of its own, each refused with
 * something else than 404, would use it up, and the routes would no longer be measured. A path may also hold the secret of an
 * e-mail link.
 */
public final class MetricPath {

    /** The name under which the resource layer stores the template of its route, and metrics and traces read it. */
    private static final String KEY = "UrlPathTemplate";

    /** The name of requests that no route has named. */
    private static final String OTHER = "/other";

    private static final String GATE = "/api/auth/verify";

    private MetricPath() {}

    /** Names the current request until its route does. */
    static void setDefault(String path) {
        set(path.equals(GATE) || path.startsWith(GATE + "/") ? GATE : OTHER);
    }

    /** Names the current request after its route. */
    public static void set(String template) {
        Context context = Vertx.currentContext();
        if (context != null && VertxContext.isDuplicatedContext(context)) {
            context.putLocal(KEY, template);
        }
    }
}
