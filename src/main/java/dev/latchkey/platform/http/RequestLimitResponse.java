package dev.latchkey.platform.http;

import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/** The refusal of requests over the request limit on the paths of an entry point that has a format of its own. */
public interface RequestLimitResponse {

    /** Returns whether a path is one of this entry point's. */
    boolean appliesTo(String path);

    /** Responds with 429. */
    void send(RoutingContext request, Duration retryAfter);
}
