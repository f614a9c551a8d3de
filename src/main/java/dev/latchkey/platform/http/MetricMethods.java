package dev.latchkey.platform.http;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.vertx.core.http.HttpMethod;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Leaves requests with methods that a client made up out of the metrics of HTTP.
 *
 * <p>Security: the framework labels requests with their method as it was sent. Each new one would be a meter of its own, in memory
 * and in every scrape until the process ends. Denied and not renamed: a registry also keeps what it has renamed.
 */
@Singleton
class MetricMethods implements MeterFilter {

    private static final String HTTP_SERVER = "http.server.";
    private static final String METHOD = "method";

    private static final Set<String> KNOWN =
            HttpMethod.values().stream().map(HttpMethod::name).collect(Collectors.toUnmodifiableSet());

    /** What the framework writes where there is none. */
    private static final String UNKNOWN = "UNKNOWN";

    @Override
    public MeterFilterReply accept(Meter.Id id) {
        String method = id.getName().startsWith(HTTP_SERVER) ? id.getTag(METHOD) : null;
        return method == null || KNOWN.contains(method) || method.equals(UNKNOWN)
                ? MeterFilterReply.NEUTRAL
                : MeterFilterReply.DENY;
    }
}
