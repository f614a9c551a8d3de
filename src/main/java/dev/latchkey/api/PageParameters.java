package dev.latchkey.api;

import dev.latchkey.platform.http.Problem.FieldError;
import io.vertx.core.http.HttpServerRequest;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the parameters {@code limit} and {@code cursor} of a list that is read by pages. */
sealed interface PageParameters<C> {

    BigInteger MAX_LIMIT = BigInteger.valueOf(100);

    /**
     * The page that is requested.
     *
     * @param after where it begins, or null for the first
     */
    record Page<C>(int limit, @Nullable C after) implements PageParameters<C> {}

    record Invalid<C>(FieldError error) implements PageParameters<C> {}

    /** Reads them; a limit outside 1 to 100 is set to the nearest of both, however many digits it has. */
    static <C> PageParameters<C> in(
            HttpServerRequest request, int defaultLimit, Function<String, Optional<C>> parseCursor) {
        String limit = text(request, "limit");
        if (limit != null && !limit.matches("-?[0-9]+")) {
            return new Invalid<>(FieldErrors.wrongType("limit", "a whole number"));
        }
        String cursor = text(request, "cursor");
        Optional<C> after = cursor == null ? Optional.empty() : parseCursor.apply(cursor);
        if (cursor != null && after.isEmpty()) {
            return new Invalid<>(
                    new FieldError("cursor", "INVALID", "Send the next_cursor of the previous page unchanged."));
        }
        int size = limit == null
                ? defaultLimit
                : new BigInteger(limit).max(BigInteger.ONE).min(MAX_LIMIT).intValue();
        return new Page<>(size, after.orElse(null));
    }

    /**
     * The value as it was sent, several as one that is valid nowhere; null if there is none. The framework's own
     * parameters take an empty value for none, and the first of several.
     */
    static @Nullable String text(HttpServerRequest request, String name) {
        List<String> values = request.params().getAll(name);
        return values.isEmpty() ? null : String.join("\n", values);
    }
}
