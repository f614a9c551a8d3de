package dev.latchkey.platform.http;

import java.util.Locale;
import java.util.Optional;

/**
 * A web origin (RFC 6454): scheme, host and port, in the one form in which two of them can be compared.
 *
 * @param host in lower case; an IPv6 address in brackets and in its canonical form
 * @param port also where it is the scheme's usual one
 */
public record Origin(String scheme, String host, int port) {

    private static final String HTTPS = "https";

    /** Reads {@code scheme://host[:port]} and nothing more; not java.net.URI, which is laxer and knows no underscore. */
    public static Optional<Origin> parse(String text) {
        int mark = text.indexOf("://");
        if (mark < 0) {
            return Optional.empty();
        }
        String scheme = text.substring(0, mark).toLowerCase(Locale.ROOT);
        int defaultPort = switch (scheme) {
            case HTTPS -> 443;
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
    public static Optional<Origin> ofUrl(String url) {
        return parse(withoutPath(url));
    }

    /** The part of a URL in which its origin stands, as it is written there; the whole text if it is no URL. */
    public static String withoutPath(String url) {
        int mark = url.indexOf("://");
        if (mark < 0) {
            return url;
        }
        int end = mark + 3;
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        return url.substring(0, end);
    }

    public boolean isHttps() {
        return scheme.equals(HTTPS);
    }

    /** Returns whether only clients on the same machine can reach it. */
    public boolean isLoopback() {
        return IpAddresses.isLoopback(host);
    }

    private static Optional<String> host(String text) {
        if (text.startsWith("[") && text.endsWith("]") && text.indexOf(':') >= 0) {
            return IpAddresses.parse(text.substring(1, text.length() - 1)).map(a -> "[" + IpAddresses.text(a) + "]");
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
