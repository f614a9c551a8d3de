package dev.latchkey.platform.http;

import jakarta.enterprise.inject.Default;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reports forwarded headers from a peer that is no trusted proxy: once in the log, and in the details of readiness, which stays
 * up.
 *
 * <p>Behind a proxy that is not listed, all clients have its address: they share one rate limit, and one in the audit log. A
 * client that is connected directly can cause the report as well, which is why it decides nothing.
 */
// Readiness is a qualifier, beside which a bean can be injected only if it has this one too.
@Default
@Singleton
@Readiness
class ForwardedHeadersCheck implements HealthCheck {

    private static final Logger LOG = Logger.getLogger(ForwardedHeadersCheck.class);

    private final AtomicReference<@Nullable String> first = new AtomicReference<>();

    /** Records that a forwarded header of this peer was ignored. */
    void ignored(InetAddress peer) {
        if (first.get() == null && first.compareAndSet(null, IpAddresses.text(peer))) {
            LOG.warnf(
                    "X-Forwarded-For of %s is ignored, because it is not in LATCHKEY_TRUSTED_PROXIES. If that is your proxy,"
                            + " add its network: until then all clients count as one. Reported once.",
                    first.get());
        }
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("forwarded-headers").up();
        String peer = first.get();
        return peer == null
                ? response.build()
                : response.withData("ignored-from", peer)
                        .withData("remedy", "if that is your proxy, add its network to LATCHKEY_TRUSTED_PROXIES")
                        .build();
    }
}
