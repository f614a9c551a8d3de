package dev.latchkey.platform.http;

import dev.latchkey.platform.boot.ConfigurationProblem;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Judges the origins that a deployment names: its own and those of its front ends. */
public final class OriginSettings {

    static final String PUBLIC_URL = "LATCHKEY_PUBLIC_URL";
    static final String TRUSTED_ORIGINS = "LATCHKEY_TRUSTED_ORIGINS";

    private static final Pattern LOOPBACK_V4 = Pattern.compile("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");

    private OriginSettings() {}

    public static List<ConfigurationProblem> checkPublicUrl(String url) {
        if (url.isEmpty()) {
            return List.of(
                    ConfigurationProblem.errorInProduction(
                            PUBLIC_URL,
                            "is missing; set it to the origin under which clients reach the service, such as https://id.example.com"));
        }
        URI uri = parse(url);
        if (uri == null) {
            return List.of(ConfigurationProblem.error(
                    PUBLIC_URL,
                    "is not an origin; it must be https:// and a host, with a port if need be, and nothing behind"));
        }
        if (isHttps(uri)) {
            return List.of();
        }
        return List.of(
                isLoopback(uri)
                        ? ConfigurationProblem.warning(
                                PUBLIC_URL,
                                "is plain http, so cookies are not marked secure; fine on this machine only")
                        : ConfigurationProblem.errorInProduction(
                                PUBLIC_URL, "is plain http; use https, the proxy in front may terminate it"));
    }

    public static List<ConfigurationProblem> checkTrusted(List<String> origins) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        for (String origin : origins) {
            URI uri = parse(origin);
            if (origin.contains("*")) {
                problems.add(ConfigurationProblem.error(
                        TRUSTED_ORIGINS,
                        "holds the wildcard " + origin
                                + "; name each origin, for a script of any of them acts as its user"));
            } else if (uri == null) {
                problems.add(
                        ConfigurationProblem.error(
                                TRUSTED_ORIGINS,
                                "holds " + origin
                                        + ", which is no origin; write https:// and a host, in lower case, with a port if need be, and nothing behind"));
            } else if (!isHttps(uri) && !isLoopback(uri)) {
                problems.add(
                        ConfigurationProblem.error(
                                TRUSTED_ORIGINS,
                                "holds " + origin
                                        + ", which is plain http: whoever is on its network path can act as its users; use https"));
            }
        }
        return problems;
    }

    /** Whether only clients of the same machine can mean this origin. */
    public static boolean isOnThisMachine(String origin) {
        URI uri = parse(origin);
        return uri != null && isLoopback(uri);
    }

    /** As a browser writes one in an Origin header, since that is what it is compared with. */
    private static @Nullable URI parse(String origin) {
        try {
            URI uri = new URI(origin);
            boolean exact = uri.getHost() != null && origin.equals(uri.getScheme() + "://" + hostAndPort(uri));
            boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            return exact && web ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static String hostAndPort(URI uri) {
        return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }

    private static boolean isHttps(URI uri) {
        return "https".equals(uri.getScheme());
    }

    private static boolean isLoopback(URI uri) {
        String host = uri.getHost();
        return host.equals("localhost")
                || host.equals("[::1]")
                || LOOPBACK_V4.matcher(host).matches();
    }
}
