package dev.latchkey.gatecheck;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where the deployment is that is tried.
 *
 * @param host a name or an address, an IPv6 one in brackets
 */
public record Deployment(boolean secure, String host, int port) {

    /** Reads an origin: what is tried below it is said elsewhere. */
    public static Parsed<Deployment> parse(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException notOne) {
            return new Parsed.Invalid<>("The URL is none.");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("https");
        if (!secure && !scheme.equals("http")) {
            return new Parsed.Invalid<>("The URL has to begin with https:// or http://.");
        }
        if (uri.getHost() == null || uri.getHost().endsWith(".") || uri.getPort() > 65_535 || uri.getPort() == 0) {
            return new Parsed.Invalid<>("The URL names no host and port that one could connect to.");
        }
        if (uri.getRawUserInfo() != null) {
            return new Parsed.Invalid<>("The URL must not hold a user or a password.");
        }
        String path = uri.getRawPath();
        boolean isOrigin =
                (path.isEmpty() || path.equals("/")) && uri.getRawQuery() == null && uri.getRawFragment() == null;
        if (!isOrigin) {
            return new Parsed.Invalid<>("The URL ends with the host or its port; what follows belongs into --own.");
        }
        int usual = secure ? 443 : 80;
        return new Parsed.Valid<>(new Deployment(secure, uri.getHost(), uri.getPort() < 0 ? usual : uri.getPort()));
    }

    /** Whether the token goes over a network as it is. */
    public boolean exposesToken() {
        return !secure
                && !host.equalsIgnoreCase("localhost")
                && !host.matches("127\\.[0-9]+\\.[0-9]+\\.[0-9]+")
                && !host.equals("[::1]");
    }

    /** As a {@code Host} header has it. */
    String authority() {
        return port == (secure ? 443 : 80) ? host : host + ":" + port;
    }

    String origin() {
        return (secure ? "https://" : "http://") + authority();
    }

    /** Whether it has a name, which TLS tells the server; addresses are not told. */
    boolean isNamed() {
        return !host.startsWith("[") && !host.matches("[0-9.]+");
    }

    /** As a resolver and a certificate have it. */
    String hostname() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
