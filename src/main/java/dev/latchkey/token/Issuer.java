package dev.latchkey.token;

import dev.latchkey.key.KeyConfig;
import dev.latchkey.key.Secrets;
import dev.latchkey.platform.http.PublicUrl;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;

/** The issuer and the audience of our tokens. */
@ApplicationScoped
public class Issuer {

    /** The value of the audience setting by which tokens have no {@code aud}. */
    static final String NO_AUDIENCE = "none";

    private final String name;
    private final Optional<String> audience;
    private final String publicUrl;

    @Inject
    Issuer(TokenConfig config, KeyConfig keys, PublicUrl publicUrl) {
        this(config, Secrets.usesSharedSecret(keys), publicUrl);
    }

    /**
     * Creates an issuer.
     *
     * <p>Security: who has the shared secret can make tokens, so that only backends that belong together can have the same
     * one: the secret itself is the audience. Public keys are for everybody, and there each token must say whom it is for.
     */
    Issuer(TokenConfig config, boolean sharedSecret, PublicUrl publicUrl) {
        this.name = config.issuer().orElseGet(publicUrl::origin);
        this.publicUrl = publicUrl.origin();
        Optional<String> named = config.audience().filter(value -> !value.equals(NO_AUDIENCE));
        this.audience = sharedSecret ? named : named.or(() -> Optional.of(this.publicUrl));
    }

    public String name() {
        return name;
    }

    /** Returns the audience of our tokens; empty if they have none. */
    Optional<String> audience() {
        return audience;
    }

    /** Returns whether a token of ours with these claims is meant for this deployment. */
    boolean isAudience(Claims claims) {
        return audience.map(claims::isIntendedFor)
                // Tokens of before, when they had one. Security: one that names another audience is not ours.
                .orElseGet(() -> !claims.all().containsKey("aud") || claims.isIntendedFor(publicUrl));
    }
}
