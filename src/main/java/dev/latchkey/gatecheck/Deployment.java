package dev.latchkey.gatecheck;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * The deployment under test: the origin of its URLs.
 *
 * @param host a name or an address, an IPv6 address in brackets
 */
public record Deployment(boolean secure, String host, int port) {

    /** Parses an origin. The paths to test are given by {@link Routes}. */
    public static Parsed<Deployment> parse(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException malformed) {
            return new Parsed.Invalid<>("The URL is not valid.");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("https");
        if (!secure && !scheme.equals("http")) {
            return new Parsed.Invalid<>("The URL must start with https:// or http://.");
        }
        if (uri.getHost() == null || uri.getHost().endsWith(".") || uri.getPort() > 65_535 || uri.getPort() == 0) {
            return new Parsed.Invalid<>("The URL has no host and port to connect to.");
        }
        if (uri.getRawUserInfo() != null) {
            return new Parsed.Invalid<>("The URL must not contain a user name or a password.");
        }
        String path = uri.getRawPath();
        boolean isOrigin =
                (path.isEmpty() || path.equals("/")) && uri.getRawQuery() == null && uri.getRawFragment() == null;
        if (!isOrigin) {
            return new Parsed.Invalid<>("The URL must end with the host or its port; put the path into --own.");
        }
        int port = uri.getPort() < 0 ? defaultPort(secure) : uri.getPort();
        return new Parsed.Valid<>(new Deployment(secure, uri.getHost(), port));
    }

    private static int defaultPort(boolean secure) {
        return secure ? 443 : 80;
    }

    /** Whether the token crosses a network unencrypted. */
    public boolean exposesToken() {
        return !secure
                && !host.equalsIgnoreCase("localhost")
                && !host.matches("127\\.[0-9]+\\.[0-9]+\\.[0-9]+")
                && !host.equals("[::1]");
    }

    /** The value of a {@code Host} header. */
    String authority() {
        return port == defaultPort(secure) ? host : host + ":" + port;
    }

    String origin() {
        return (secure ? "https://" : "http://") + authority();
    }

    /** Whether the host is a name, which TLS tells the server (SNI), and not an address, which it does not. */
    boolean isNamed() {
        return !host.startsWith("[") && !host.matches("[0-9.]+");
    }

    /** The host as a resolver and a certificate have it: without brackets. */
    String hostname() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
