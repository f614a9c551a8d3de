package dev.latchkey.platform.http;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The web origins (RFC 6454) whose pages may act for their signed-in users: the public URL's and the configured ones. */
public final class TrustedOrigins {

    private final Set<Origin> origins;

    private TrustedOrigins(Set<Origin> origins) {
        this.origins = Set.copyOf(origins);
    }

    /**
     * Trusts the public URL's origin and the given ones; blank entries are skipped.
     *
     * @throws IllegalArgumentException if one is no exact origin, with words for whoever configured it
     */
    public static TrustedOrigins of(PublicUrl publicUrl, List<String> entries) {
        Set<Origin> origins = new HashSet<>();
        origins.add(Origin.parse(publicUrl.origin()).orElseThrow());
        for (String entry : entries) {
            if (!entry.isBlank()) {
                origins.add(Origin.parse(entry.strip())
                        .orElseThrow(() -> new IllegalArgumentException(
                                "LATCHKEY_TRUSTED_ORIGINS: \"%s\": not an origin such as https://app.example.com (no path, not even a slash, no wildcard)"
                                        .formatted(entry.strip()))));
            }
        }
        return new TrustedOrigins(origins);
    }

    /** Whether an {@code Origin} header's value is a trusted origin; {@code null}, several values and garbage are not. */
    public boolean contains(String originHeader) {
        return Origin.parse(originHeader).filter(origins::contains).isPresent();
    }

    /**
     * Whether the page that sent a request is trusted: by its {@code Origin}, and only where there is none, by its
     * {@code Referer}. Of a header that came several times the values are to be passed joined by commas, which refuses.
     */
    public boolean trusts(@Nullable String origin, @Nullable String referer) {
        // Security: an Origin that is there and bad is not overruled by a good Referer.
        if (origin != null) {
            return contains(origin);
        }
        return referer != null
                && Origin.ofUrl(referer).filter(origins::contains).isPresent();
    }
}
