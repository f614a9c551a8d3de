package dev.latchkey.oauth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.latchkey.platform.crypto.Digests;
import dev.latchkey.platform.crypto.Encodings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers with what everybody may read and keep for a while, and with 304 to whoever has it already. */
@ApplicationScoped
class PublicDocuments {

    /** A backend that caches for so long learns of a new key soon enough to accept what it signs. */
    private static final String CACHED = "public, max-age=300";

    private final ObjectMapper json;

    PublicDocuments(ObjectMapper json) {
        this.json = json;
    }

    Response answer(Object document, HttpHeaders request) {
        String body = written(document);
        String tag = tag(body);
        Response.ResponseBuilder answer = isHeld(request.getRequestHeader(HttpHeaders.IF_NONE_MATCH), tag)
                ? Response.notModified()
                : Response.ok(body, MediaType.APPLICATION_JSON_TYPE);
        return answer.header(HttpHeaders.ETAG, tag)
                .header(HttpHeaders.CACHE_CONTROL, CACHED)
                .build();
    }

    /** RFC 9110 sections 8.8.3.2 and 13.1.2: weak comparison, so that a W/ that a proxy has put before it does not count. */
    static boolean isHeld(@Nullable List<String> ifNoneMatch, String tag) {
        return ifNoneMatch != null
                && ifNoneMatch.stream()
                        // Ours has no comma, and what another tag with one falls into has no two quotes.
                        .flatMap(line -> Arrays.stream(line.split(",")))
                        .map(String::strip)
                        .anyMatch(held -> held.equals("*") || held.equals(tag) || held.equals("W/" + tag));
    }

    /** A strong one, of the bytes alone: the same on every replica that publishes the same. */
    private static String tag(String body) {
        return '"' + Encodings.base64Url(Digests.sha256(body)) + '"';
    }

    private String written(Object document) {
        try {
            return json.writeValueAsString(document);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a public document holds texts and lists of texts", impossible);
        }
    }
}
