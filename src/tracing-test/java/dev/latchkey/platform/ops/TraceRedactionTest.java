package dev.latchkey.platform.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No live link stands in a trace. */
class TraceRedactionTest {

    private static final String TOKEN = "k3vJ9qXw2LmT8sRb5NfY7cPd4HgZ6aQe";

    @ParameterizedTest
    @CsvSource({
        "/links/k3vJ9qXw2LmT8sRb5NfY7cPd4HgZ6aQe, /links/-",
        "/links/%6b3vJ9qXw2LmT8sRb5NfY7cPd4HgZ6aQe, /links/-",
        "/links/k3vJ9qXw2LmT8sRb5NfY7cPd4HgZ6aQe/, /links/-",
        "/api/auth/reset-password/k3vJ9qXw2LmT8sRb5NfY7cPd4HgZ6aQe, /api/auth/reset-password/-"
    })
    void hidesTokenInThePath(String path, String shown) {
        SpanData span = exported(path, null);

        assertEquals(shown, span.getAttributes().get(TraceRedaction.PATH));
        assertFalse(span.toString().contains(TOKEN.substring(1)));
    }

    @Test
    void hidesTokenInTheQuery() {
        SpanData span = exported("/api/auth/verify-email", "token=" + TOKEN + "&callbackURL=%2F");

        assertEquals("/api/auth/verify-email", span.getAttributes().get(TraceRedaction.PATH));
        assertEquals(TraceRedaction.HIDDEN, span.getAttributes().get(TraceRedaction.QUERY));
        assertFalse(span.toString().contains(TOKEN));
    }

    @Test
    void leavesOtherPathsAlone() {
        SpanData span = exported("/api/users/0198c8f0-0000-7000-8000-000000000000/sessions", null);

        assertEquals(
                "/api/users/0198c8f0-0000-7000-8000-000000000000/sessions",
                span.getAttributes().get(TraceRedaction.PATH));
        assertNull(span.getAttributes().get(TraceRedaction.QUERY));
    }

    private static SpanData exported(String path, @Nullable String query) {
        List<SpanData> spans = new ArrayList<>();
        SpanExporter exporter = new SpanExporter() {
            @Override
            public CompletableResultCode export(Collection<SpanData> ended) {
                spans.addAll(ended);
                return CompletableResultCode.ofSuccess();
            }

            @Override
            public CompletableResultCode flush() {
                return CompletableResultCode.ofSuccess();
            }

            @Override
            public CompletableResultCode shutdown() {
                return CompletableResultCode.ofSuccess();
            }
        };
        try (SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .addSpanProcessor(new TraceRedaction())
                .build()) {
            var builder = provider.get("test").spanBuilder("GET").setAttribute(TraceRedaction.PATH, path);
            if (query != null) {
                builder.setAttribute(TraceRedaction.QUERY, query);
            }
            builder.startSpan().end();
        }
        return spans.getFirst();
    }
}
