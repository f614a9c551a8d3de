package dev.latchkey.platform.http;

import dev.latchkey.token.Issuer;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/** The one list of origins whose pages are trusted. */
class OriginSource {

    @Produces
    @Singleton
    TrustedOrigins origins(Issuer issuer, HttpConfig config) {
        return TrustedOrigins.of(issuer.publicUrl(), config.trustedOrigins().orElse(List.of()));
    }
}
