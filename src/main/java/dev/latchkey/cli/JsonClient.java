package dev.latchkey.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.latchkey.platform.db.DatabaseErrors;
import dev.latchkey.platform.http.OutboundHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Gets JSON documents of the running service, each within three seconds. Follows no redirects. */
final class JsonClient {

    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int MAX_BYTES = 256 * 1024;

    private final HttpClient http = OutboundHttp.client();
    private final ObjectMapper json = new ObjectMapper();

    /** @param body an empty object where the body is no JSON */
    record Response(int status, HttpHeaders headers, JsonNode body) {

        Optional<String> header(String name) {
            return headers.firstValue(name);
        }
    }

    /**
     * Sends a request.
     *
     * @param headers names and values in turn
     * @throws IOException if there is no response in time
     */
    Response get(URI target, String path, String... headers) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(target.resolve(path)).timeout(TIMEOUT);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            // Bounds the body too, which the request's own timeout does not.
            return http.sendAsync(
                            request.build(),
                            BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), MAX_BYTES))
                    .orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .thenApply(
                            response -> new Response(response.statusCode(), response.headers(), parse(response.body())))
                    .join();
        } catch (CompletionException failed) {
            throw new IOException(DatabaseErrors.reason(failed), failed);
        }
    }

    private JsonNode parse(String body) {
        try {
            JsonNode parsed = json.readTree(body);
            return parsed == null ? json.createObjectNode() : parsed;
        } catch (JsonProcessingException noJson) {
            return json.createObjectNode();
        }
    }
}
