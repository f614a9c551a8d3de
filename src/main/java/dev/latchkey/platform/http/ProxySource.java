package dev.latchkey.platform.http;

import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/** The one list of proxies that are believed. */
class ProxySource {

    @Produces
    @Singleton
    TrustedProxies proxies(HttpConfig config) {
        try {
            return TrustedProxies.of(config.trustedProxies().orElse(List.of()));
        } catch (IllegalArgumentException unreadable) {
            // Without the cause, so that the boot ends with this sentence and no stack trace.
            throw new ConfigurationException(unreadable.getMessage());
        }
    }
}
