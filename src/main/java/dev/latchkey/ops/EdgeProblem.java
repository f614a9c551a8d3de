package dev.latchkey.ops;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** A refusal that is answered below JAX-RS, in the words of the API's problems (RFC 9457). */
record EdgeProblem(int status, String code, String message) {

    static final EdgeProblem MALFORMED_PATH =
            new EdgeProblem(400, "MALFORMED_PATH", "The request target is not a valid URI.");
    static final EdgeProblem MALFORMED =
            new EdgeProblem(400, "VALIDATION_FAILED", "The request is not valid HTTP for this service.");
    static final EdgeProblem SLOW = new EdgeProblem(408, "REQUEST_TIMEOUT", "The request body did not arrive in time.");
    static final EdgeProblem BODY_TOO_LARGE =
            new EdgeProblem(413, "BODY_TOO_LARGE", "The request body is larger than this service accepts.");
    static final EdgeProblem BUSY =
            new EdgeProblem(503, "BUSY", "The service cannot take this request now; try again shortly.");
    static final EdgeProblem INTERNAL =
            new EdgeProblem(500, "INTERNAL", "Something unexpected happened; the request id leads to it.");

    /** The problem of a bare status. */
    static EdgeProblem of(int status) {
        return switch (status) {
            case 401 -> new EdgeProblem(401, "UNAUTHENTICATED", "This needs a bearer token.");
            case 403 -> new EdgeProblem(403, "FORBIDDEN", "This is not allowed.");
            case 404 -> new EdgeProblem(404, "NOT_FOUND", "There is nothing here.");
            case 405 -> new EdgeProblem(405, "METHOD_NOT_ALLOWED", "This method is not allowed here.");
            case 406 -> new EdgeProblem(406, "NOT_ACCEPTABLE", "This is not available in an accepted media type.");
            case 408 -> SLOW;
            case 413 -> BODY_TOO_LARGE;
            case 415 -> new EdgeProblem(415, "UNSUPPORTED_MEDIA_TYPE", "This media type is not understood here.");
            case 503 -> BUSY;
            default -> status >= 400 && status < 500 ? MALFORMED : INTERNAL;
        };
    }

    void send(RoutingContext request) {
        if (status == 401 && !request.response().headers().contains("WWW-Authenticate")) {
            request.response().putHeader("WWW-Authenticate", "Bearer");
        }
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/problem+json")
                .end(body(RequestIds.of(request)));
    }

    String body(String requestId) {
        return new JsonObject()
                .put("type", "about:blank")
                .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
                .put("status", status)
                .put("code", code)
                .put("message", message)
                .put(RequestIds.KEY, requestId)
                .encode();
    }
}
