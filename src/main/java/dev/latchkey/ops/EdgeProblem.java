package dev.latchkey.ops;

import dev.latchkey.api.ProblemCode;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** A refusal that is answered below JAX-RS, in the words of the API's problems (RFC 9457). */
record EdgeProblem(ProblemCode problem, String message) {

    static final EdgeProblem MALFORMED_PATH =
            new EdgeProblem(ProblemCode.MALFORMED_PATH, "The request target is not a valid URI.");
    static final EdgeProblem SLOW = of(ProblemCode.REQUEST_TIMEOUT);
    static final EdgeProblem BODY_TOO_LARGE = of(ProblemCode.BODY_TOO_LARGE);
    static final EdgeProblem BUSY =
            new EdgeProblem(ProblemCode.BUSY, "The service cannot take this request now. Try again shortly.");
    static final EdgeProblem INTERNAL = of(ProblemCode.INTERNAL);
    static final EdgeProblem MALFORMED =
            new EdgeProblem(ProblemCode.VALIDATION_FAILED, "The request is not valid HTTP for this service.");

    private static EdgeProblem of(ProblemCode problem) {
        return new EdgeProblem(problem, problem.message());
    }

    /** The problem of a bare status. */
    static EdgeProblem of(int status) {
        return switch (status) {
            case 401 -> of(ProblemCode.UNAUTHENTICATED);
            case 403 -> of(ProblemCode.FORBIDDEN);
            case 404 -> of(ProblemCode.NOT_FOUND);
            case 405 -> of(ProblemCode.METHOD_NOT_ALLOWED);
            case 406 -> of(ProblemCode.NOT_ACCEPTABLE);
            case 408 -> SLOW;
            case 413 -> BODY_TOO_LARGE;
            case 415 -> of(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
            case 503 -> BUSY;
            default -> status >= 400 && status < 500 ? MALFORMED : INTERNAL;
        };
    }

    int status() {
        return problem.status();
    }

    String code() {
        return problem.name();
    }

    void send(RoutingContext request) {
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
