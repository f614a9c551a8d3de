package dev.latchkey.token;

import dev.latchkey.revocation.TokenLife;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Says how long revocations have to be kept. */
final class TokenLifeSource {

    @Produces
    @Singleton
    TokenLife life(TokenConfig config) {
        return new TokenLife(config.accessLifetime(), config.leeway());
    }
}
