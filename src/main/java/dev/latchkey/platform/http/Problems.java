package dev.latchkey.platform.http;

import dev.latchkey.platform.http.Problem.FieldError;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Renders refusals, each with the headers that its status requires. */
@ApplicationScoped
public class Problems {

    private final CurrentVertxRequest current;

    public Problems(CurrentVertxRequest current) {
        this.current = current;
    }

    public Response of(ProblemCode code) {
        return builder(code, code.status(), code.message(), null).build();
    }

    public Response of(ProblemCode code, String message) {
        return builder(code, code.status(), message, null).build();
    }

    /** The same code under another status: a wrong password on one's own routes is no reason to sign in again. */
    public Response forbidden(ProblemCode code, String message) {
        return builder(code, 403, message, null).build();
    }

    public Response invalid(List<FieldError> errors) {
        String fields = String.join(
                "; ",
                errors.stream()
                        .map(error -> error.field() + ": " + error.message())
                        .toList());
        return builder(ProblemCode.VALIDATION_FAILED, 400, fields, errors).build();
    }

    public Response later(ProblemCode code, Duration retryAfter) {
        return later(code, code.message(), retryAfter);
    }

    private Response later(ProblemCode code, String message, Duration retryAfter) {
        return builder(code, code.status(), message, null)
                .header(HttpHeaders.RETRY_AFTER, null)
                .header(HttpHeaders.RETRY_AFTER, seconds(code, retryAfter))
                .build();
    }

    /** Returns the problem of an e-mail that was requested while too many wait for the mail server. */
    public Response mailQueueFull(Duration retryAfter) {
        return later(
                ProblemCode.BUSY, "Too many e-mails are waiting to be sent. Try again in a few minutes.", retryAfter);
    }

    public ResponseBuilder builder(ProblemCode code, int status, String message, @Nullable List<FieldError> errors) {
        String title = status == 403 ? "Forbidden" : code.title();
        ResponseBuilder response = Response.status(status)
                .type(Problem.MEDIA_TYPE)
                .entity(new Problem("about:blank", title, status, code.name(), message, requestId(), errors));
        return switch (status) {
            case 401 -> response.header(HttpHeaders.WWW_AUTHENTICATE, code.challenge());
            case 503 -> response.header(HttpHeaders.RETRY_AFTER, 1);
            default -> response;
        };
    }

    private String requestId() {
        RoutingContext request = current.getCurrent();
        return request != null && request.get(RequestIds.KEY) instanceof String id ? id : "";
    }

    private static long seconds(ProblemCode code, Duration wait) {
        long seconds = Math.max(1, wait.plusMillis(999).toSeconds());
        return code.status() == 503 ? Math.min(60, seconds) : seconds;
    }
}
