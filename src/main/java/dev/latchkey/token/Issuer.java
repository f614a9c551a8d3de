package dev.latchkey.token;

import dev.latchkey.platform.http.PublicUrl;
import jakarta.enterprise.context.ApplicationScoped;

/** The issuer and the audience of our tokens. */
@ApplicationScoped
public class Issuer {

    private final String name;
    private final String audience;

    Issuer(TokenConfig config, PublicUrl publicUrl) {
        this.name = config.issuer().orElseGet(publicUrl::origin);
        this.audience = config.audience().orElse(name);
    }

    public String name() {
        return name;
    }

    public String audience() {
        return audience;
    }
}
