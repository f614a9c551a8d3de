package dev.latchkey.platform.http;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
    public static TrustedOrigins of(URI publicUrl, List<String> entries) {
        Set<Origin> origins = new HashSet<>();
        origins.add(Origin.ofUrl(publicUrl.toString())
                .orElseThrow(() -> new IllegalArgumentException(
                        "LATCHKEY_PUBLIC_URL: \"%s\": not an http or https URL".formatted(publicUrl))));
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

    private record Origin(String scheme, String host, int port) {

        /** Reads {@code scheme://host[:port]} and nothing more; not java.net.URI, which is laxer and knows no underscore. */
        static Optional<Origin> parse(String text) {
            int mark = text.indexOf("://");
            if (mark < 0) {
                return Optional.empty();
            }
            String scheme = text.substring(0, mark).toLowerCase(Locale.ROOT);
            int defaultPort = switch (scheme) {
                case "https" -> 443;
                case "http" -> 80;
                default -> -1;
            };
            String authority = text.substring(mark + 3);
            int colon = authority.indexOf(':', Math.max(authority.lastIndexOf(']'), 0));
            int port = colon < 0 ? defaultPort : IpAddresses.decimal(authority.substring(colon + 1), 65_535);
            Optional<String> host = host(colon < 0 ? authority : authority.substring(0, colon));
            return defaultPort < 0 || port < 1 || host.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Origin(scheme, host.get(), port));
        }

        /** The origin of a URL, whose path and query are cut off. */
        static Optional<Origin> ofUrl(String url) {
            int mark = url.indexOf("://");
            if (mark < 0) {
                return Optional.empty();
            }
            int end = mark + 3;
            while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
                end++;
            }
            return parse(url.substring(0, end));
        }

        private static Optional<String> host(String text) {
            if (text.startsWith("[") && text.endsWith("]") && text.indexOf(':') >= 0) {
                return IpAddresses.parse(text.substring(1, text.length() - 1))
                        .map(a -> "[" + IpAddresses.text(a) + "]");
            }
            // ASCII only: browsers send a name in Punycode. Neither user info nor a wildcard has its characters here.
            boolean name = !text.isEmpty()
                    && text.chars()
                            .allMatch(c -> (c >= 'a' && c <= 'z')
                                    || (c >= 'A' && c <= 'Z')
                                    || (c >= '0' && c <= '9')
                                    || c == '-'
                                    || c == '.'
                                    || c == '_');
            return name ? Optional.of(text.toLowerCase(Locale.ROOT)) : Optional.empty();
        }
    }
}
