package dev.latchkey.api;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what stands behind the question mark; the framework takes an empty value for none. */
final class QueryParameters {

    private QueryParameters() {}

    /** The value as it was sent, null when there is none; several are none of ours, and read as one that fits nowhere. */
    static @Nullable String single(HttpServerRequest request, String name) {
        List<String> values = request.params().getAll(name);
        return values.isEmpty() ? null : String.join("\n", values);
    }
}
