package dev.latchkey.platform.http;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The web origins (RFC 6454) whose pages may act for their signed-in users: the public URL's and the configured ones. */
@Singleton
public final class TrustedOrigins {

    private final Set<Origin> origins;

    @Inject
    TrustedOrigins(PublicUrl publicUrl, HttpConfig config) {
        this(publicUrl, config.trustedOrigins().orElse(List.of()));
    }

    private TrustedOrigins(PublicUrl publicUrl, List<String> entries) {
        this.origins = Stream.concat(
                        Stream.of(publicUrl.origin()),
                        entries.stream().map(String::strip).filter(entry -> !entry.isEmpty()))
                .map(TrustedOrigins::parse)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Trusts the public URL's origin and the given ones; blank entries are skipped.
     *
     * @throws IllegalArgumentException if one is no exact origin, with a message for the operator
     */
    public static TrustedOrigins of(PublicUrl publicUrl, List<String> entries) {
        return new TrustedOrigins(publicUrl, entries);
    }

    private static Origin parse(String entry) {
        return Origin.parse(entry)
                .orElseThrow(() -> new IllegalArgumentException(
                        "LATCHKEY_TRUSTED_ORIGINS: \"%s\": not an origin such as https://app.example.com (no path, not even a slash, no wildcard)"
                                .formatted(entry)));
    }

    /** Returns whether an {@code Origin} header's value is a trusted origin; {@code null}, several values and garbage are not. */
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
