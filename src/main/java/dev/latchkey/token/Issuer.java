package dev.latchkey.token;

import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Locale;

/** In whose name tokens are issued and for whom. */
@ApplicationScoped
public class Issuer {

    private final URI publicUrl;
    private final String name;
    private final String audience;

    Issuer(TokenConfig config) {
        this.publicUrl = config.publicUrl()
                .orElseThrow(() -> new IllegalArgumentException(
                        "LATCHKEY_PUBLIC_URL is not set: it is the origin under which clients reach the service"));
        this.name = config.issuer().orElseGet(() -> origin(publicUrl));
        this.audience = config.audience().orElse(name);
    }

    /** The origin under which clients reach the service. */
    public URI publicUrl() {
        return publicUrl;
    }

    /** The same as a browser writes an origin. */
    public String origin() {
        return origin(publicUrl);
    }

    /** Whether clients come by HTTPS, so that cookies are for HTTPS only. */
    public boolean secure() {
        return "https".equalsIgnoreCase(publicUrl.getScheme());
    }

    public String name() {
        return name;
    }

    public String audience() {
        return audience;
    }

    private static String origin(URI url) {
        String host = url.getScheme() + "://" + url.getHost();
        return (url.getPort() < 0 ? host : host + ":" + url.getPort()).toLowerCase(Locale.ROOT);
    }
}
