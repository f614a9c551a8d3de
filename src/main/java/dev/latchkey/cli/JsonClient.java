package dev.latchkey.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.latchkey.platform.db.DatabaseErrors;
import dev.latchkey.platform.http.OutboundHttp;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Gets JSON documents of the running service, each within three seconds. */
final class JsonClient {

    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final OutboundHttp http;
    private final ObjectMapper json = new ObjectMapper();

    JsonClient(OutboundHttp http) {
        this.http = http;
    }

    /** @param body an empty object where the body is no JSON */
    record Response(OutboundHttp.Response http, JsonNode body) {

        int status() {
            return http.status();
        }

        Optional<String> header(String name) {
            return http.header(name);
        }
    }

    Response get(URI target, String path) throws IOException {
        return get(target, path, Map.of());
    }

    /** @throws IOException if there is no response in time */
    Response get(URI target, String path, Map<String, String> headers) throws IOException {
        try {
            OutboundHttp.Response response =
                    http.get(target.resolve(path), headers, TIMEOUT).join();
            return new Response(response, parse(response.body()));
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
