package dev.latchkey.platform.http;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/** A problem (RFC 9457) that is sent by a filter or the router, below JAX-RS. */
public record ProblemResponse(ProblemCode problem, String message) {

    static final ProblemResponse MALFORMED_PATH =
            new ProblemResponse(ProblemCode.MALFORMED_PATH, "The request target is not a valid URI.");
    static final ProblemResponse REQUEST_TIMEOUT = of(ProblemCode.REQUEST_TIMEOUT);
    static final ProblemResponse BODY_TOO_LARGE = of(ProblemCode.BODY_TOO_LARGE);
    static final ProblemResponse BUSY =
            new ProblemResponse(ProblemCode.BUSY, "The service cannot take this request now. Try again shortly.");
    private static final ProblemResponse TOO_MANY_REQUESTS = new ProblemResponse(
            ProblemCode.TOO_MANY_REQUESTS, "Too many requests. Try again after the time in Retry-After.");
    static final ProblemResponse DATABASE_UNAVAILABLE = of(ProblemCode.DATABASE_UNAVAILABLE);
    static final ProblemResponse INTERNAL = of(ProblemCode.INTERNAL);
    static final ProblemResponse MALFORMED =
            new ProblemResponse(ProblemCode.VALIDATION_FAILED, "The request is not valid HTTP for this service.");

    private static ProblemResponse of(ProblemCode problem) {
        return new ProblemResponse(problem, problem.message());
    }

    /** The problem for a status that the router or the framework chose. */
    static ProblemResponse of(int status) {
        return switch (status) {
            case 401 -> of(ProblemCode.UNAUTHENTICATED);
            case 403 -> of(ProblemCode.FORBIDDEN);
            case 404 -> of(ProblemCode.NOT_FOUND);
            case 405 -> of(ProblemCode.METHOD_NOT_ALLOWED);
            case 406 -> of(ProblemCode.NOT_ACCEPTABLE);
            case 408 -> REQUEST_TIMEOUT;
            case 413 -> BODY_TOO_LARGE;
            case 415 -> of(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
            case 503 -> BUSY;
            default -> status >= 400 && status < 500 ? MALFORMED : INTERNAL;
        };
    }

    /** Refuses a request over the request limit. */
    static void tooManyRequests(RoutingContext request, Duration retryAfter) {
        request.response()
                .putHeader(
                        ResponseHeaders.RETRY_AFTER,
                        Long.toString(Math.max(1, retryAfter.plusMillis(999).toSeconds())));
        TOO_MANY_REQUESTS.send(request);
    }

    int status() {
        return problem.status();
    }

    String code() {
        return problem.name();
    }

    public void send(RoutingContext request) {
        if (status() == 401 && !request.response().headers().contains("WWW-Authenticate")) {
            request.response().putHeader("WWW-Authenticate", problem.challenge());
        }
        request.response()
                .setStatusCode(status())
                .putHeader("Content-Type", "application/problem+json")
                .end(body(RequestIds.of(request)));
    }

    String body(String requestId) {
        return new JsonObject()
                .put("type", "about:blank")
                .put("title", problem.title())
                .put("status", status())
                .put("code", code())
                .put("message", message)
                .put(RequestIds.KEY, requestId)
                .encode();
    }
}
