package dev.latchkey.platform.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Optional;

/** The bearer token of a request (RFC 6750, 2.1), taken from its one {@code Authorization} header. */
public sealed interface BearerToken {

    /** The token as it was sent; whether it is one is for the verifier to say. */
    record Given(String token) implements BearerToken {

        // Security: a record prints its components.
        @Override
        public String toString() {
            return "[hidden]";
        }
    }

    /** The header is missing, or has another scheme or no token. */
    record None() implements BearerToken {}

    /** The request has more than one {@code Authorization} header. */
    record Several() implements BearerToken {}

    /** The token; none also where there are several headers. */
    default Optional<String> single() {
        return this instanceof Given(String token) ? Optional.of(token) : Optional.empty();
    }

    /** Reads a request's headers. */
    static BearerToken in(MultiMap headers) {
        return of(headers.getAll(HttpHeaderNames.AUTHORIZATION));
    }

    /**
     * Reads the values of all {@code Authorization} headers.
     *
     * <p>The scheme's letter case does not matter (RFC 9110, 11.1). One space follows it; what comes behind that is the
     * token, and further spaces make it an invalid one: RFC 9110 allows them, but what one reader strips another may not.
     */
    static BearerToken of(List<String> values) {
        // Security: of two, a proxy or backend may read the other one.
        if (values.size() > 1) {
            return new Several();
        }
        String scheme = "Bearer ";
        if (values.isEmpty() || !values.getFirst().regionMatches(true, 0, scheme, 0, scheme.length())) {
            return new None();
        }
        String token = values.getFirst().substring(scheme.length());
        return token.isBlank() ? new None() : new Given(token);
    }
}
