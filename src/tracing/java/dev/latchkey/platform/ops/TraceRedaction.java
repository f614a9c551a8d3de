package dev.latchkey.platform.ops;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.quarkus.arc.Unremovable;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * Keeps the tokens of e-mail links out of traces, where the framework writes the path and the query of each request.
 *
 * <p>Security: a link is valid until it is used, and who reads the traces of a service must not be able to use it first. The
 * route, which stands beside the path, has a placeholder for the token.
 */
@Singleton
@Unremovable
final class TraceRedaction implements SpanProcessor {

    static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
    static final AttributeKey<String> QUERY = AttributeKey.stringKey("url.query");
    static final String HIDDEN = "-";

    /** The paths that end with a token: of our page, and of Better Auth's link to reset a password. */
    private static final List<String> PREFIXES = List.of("/links/", "/api/auth/reset-password/");

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        String path = span.getAttribute(PATH);
        if (path != null) {
            PREFIXES.stream()
                    .filter(path::startsWith)
                    .findFirst()
                    .ifPresent(prefix -> span.setAttribute(PATH, prefix + HIDDEN));
        }
        // Better Auth's other links have their token in the query; no query of ours is worth telling apart from those.
        if (span.getAttribute(QUERY) != null) {
            span.setAttribute(QUERY, HIDDEN);
        }
    }

    @Override
    public boolean isStartRequired() {
        return true;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        // The framework writes path and query at the start.
    }

    @Override
    public boolean isEndRequired() {
        return false;
    }
}
