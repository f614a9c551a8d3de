package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProblemResponseTest {

    @ParameterizedTest
    @CsvSource({
        "401,401,UNAUTHENTICATED",
        "403,403,FORBIDDEN",
        "404,404,NOT_FOUND",
        "405,405,METHOD_NOT_ALLOWED",
        "406,406,NOT_ACCEPTABLE",
        "408,408,REQUEST_TIMEOUT",
        "413,413,BODY_TOO_LARGE",
        "415,415,UNSUPPORTED_MEDIA_TYPE",
        "503,503,BUSY",
        "400,400,VALIDATION_FAILED",
        "417,400,VALIDATION_FAILED",
        "500,500,INTERNAL",
        "502,500,INTERNAL"
    })
    void hasAWordForEachStatus(int status, int answered, String code) {
        assertEquals(answered, ProblemResponse.of(status).status());
        assertEquals(code, ProblemResponse.of(status).code());
    }

    @Test
    void hasTheFormOfAnApiProblem() {
        JsonObject body = new JsonObject(ProblemResponse.of(404).body("some-id"));

        assertEquals(
                List.of("type", "title", "status", "code", "message", "request_id"), List.copyOf(body.fieldNames()));
        assertEquals("about:blank", body.getString("type"));
        assertEquals("Not Found", body.getString("title"));
        assertEquals("some-id", body.getString("request_id"));
    }

    @Test
    void escapesTextOfTheClient() {
        String message = CorsFilter.refusal("https://\"x\u0000<script>").message();
        String body = new ProblemResponse(ProblemCode.FORBIDDEN, message).body("id");

        assertEquals(message, new JsonObject(body).getString("message"));
        assertFalse(body.contains("\u0000"));
    }

    @Test
    void hidesTheFailure() {
        assertEquals(
                ProblemResponse.INTERNAL,
                ProblemResponse.of(RouterErrors.statusOf(new IllegalStateException("jdbc"), -1)));
    }

    @Test
    void readsTheStatusFromTheFailure() {
        assertEquals(503, RouterErrors.statusOf(new RejectedExecutionException(), 500));
        assertEquals(401, RouterErrors.statusOf(new UnauthorizedException(), 500));
        assertEquals(401, RouterErrors.statusOf(new AuthenticationFailedException(), 500));
        assertEquals(403, RouterErrors.statusOf(new ForbiddenException(), 500));
        assertEquals(500, RouterErrors.statusOf(new IllegalStateException(), 200));
        assertEquals(405, RouterErrors.statusOf(null, 405));
        assertEquals(500, RouterErrors.statusOf(null, -1));
    }
}
