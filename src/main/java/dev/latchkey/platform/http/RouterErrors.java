package dev.latchkey.platform.http;

import static dev.latchkey.platform.http.FilterOrder.TARGET;

import dev.latchkey.platform.db.DatabaseErrors;
import dev.latchkey.platform.ops.OutOfMemoryGuard;
import io.quarkus.security.AuthenticationException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.vertx.http.ManagementInterface;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Puts problems in the place of the bare or HTML responses that the HTTP layer gives before and around JAX-RS. */
@Singleton
class RouterErrors {

    private static final Logger LOG = Logger.getLogger(RouterErrors.class);

    /** One before the framework's own failure handler, which is the last. */
    private static final int BEFORE_LAST = Integer.MAX_VALUE - 1;

    private final ResponseHeaders headers;

    RouterErrors(ResponseHeaders headers) {
        this.headers = headers;
    }

    void register(@Observes Filters filters) {
        filters.register(RouterErrors::refuseBadTarget, TARGET);
    }

    void register(@Observes Router router) {
        router.route().order(BEFORE_LAST).failureHandler(this::respond);
        // A refusal of the router itself, because no route matched or a path could not be read, passes no failure
        // handler.
        IntStream.of(400, 404, 405, 406, 415, 500).forEach(status -> router.errorHandler(status, this::respond));
    }

    void register(@Observes ManagementInterface management) {
        management.router().errorHandler(404, this::respond);
    }

    /** Refuses targets that are no URI, in the place of the framework's check; see {@link UriCheck}. */
    private static void refuseBadTarget(RoutingContext request) {
        try {
            URI unused = new URI(request.request().uri());
            request.next();
        } catch (URISyntaxException e) {
            ProblemResponse.MALFORMED_PATH.send(request);
        }
    }

    private void respond(RoutingContext request) {
        OutOfMemoryGuard.exitIfOutOfMemory(request.failure());
        if (request.response().ended()) {
            return;
        }
        if (request.response().headWritten()) {
            request.response().end();
            return;
        }
        headers.attach(request);
        ProblemResponse problem = request.failure() != null && DatabaseErrors.isTemporary(request.failure())
                ? ProblemResponse.DATABASE_UNAVAILABLE
                : ProblemResponse.of(statusOf(request.failure(), request.statusCode()));
        if (problem.status() == 500) {
            log(request);
        }
        problem.send(request);
    }

    static int statusOf(@Nullable Throwable failure, int status) {
        return switch (failure) {
            case RejectedExecutionException e -> 503;
            case UnauthorizedException e -> 401;
            case AuthenticationException e -> 401;
            case ForbiddenException e -> 403;
            case null, default -> status >= 400 ? status : 500;
        };
    }

    private static void log(RoutingContext request) {
        if (request.failure() instanceof IOException) {
            LOG.debug("A client disconnected", request.failure());
        } else {
            LOG.error("A request failed unexpectedly", request.failure());
        }
    }
}
