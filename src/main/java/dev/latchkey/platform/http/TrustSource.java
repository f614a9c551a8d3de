package dev.latchkey.platform.http;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/** Produces the trusted proxies and origins of the settings, which {@link HttpSettingsCheck} has checked. */
@ApplicationScoped
class TrustSource {

    @Produces
    @Singleton
    TrustedProxies proxies(HttpConfig config) {
        return TrustedProxies.of(config.trustedProxies().orElse(List.of()));
    }

    @Produces
    @Singleton
    TrustedOrigins origins(PublicUrl publicUrl, HttpConfig config) {
        return TrustedOrigins.of(publicUrl, config.trustedOrigins().orElse(List.of()));
    }

    @Produces
    @Singleton
    KnownOrigins knownOrigins(Instance<TrustedOrigins> origins) {
        // Resolved when a request comes: filters are set up before the configuration checks run.
        return origin -> origins.get().contains(origin);
    }
}
