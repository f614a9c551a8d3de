package dev.latchkey.platform.http;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/** The one list of origins whose pages are trusted. */
class OriginSource {

    @Produces
    @Singleton
    TrustedOrigins origins(PublicUrl publicUrl, HttpConfig config) {
        return TrustedOrigins.of(publicUrl, config.trustedOrigins().orElse(List.of()));
    }
}
