package dev.latchkey.gate;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** Whom the service believes: proxies about their clients, front ends about their users' wishes. */
@ConfigMapping(prefix = "latchkey.gate")
public interface GateConfig {

    /**
     * Addresses or CIDR networks of the proxies in front of this service ({@code LATCHKEY_TRUSTED_PROXIES}, comma
     * separated, no host names). Only from these is {@code X-Forwarded-For} believed. Empty: from nobody.
     */
    Optional<List<String>> trustedProxies();

    /**
     * Origins of front ends besides the public URL's own ({@code LATCHKEY_TRUSTED_ORIGINS}, comma separated), each
     * exactly as a browser sends it: {@code https://app.example.com}, without path or wildcard.
     */
    Optional<List<String>> trustedOrigins();
}
