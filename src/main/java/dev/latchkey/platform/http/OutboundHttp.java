package dev.latchkey.platform.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;

/** HTTP requests of this service to others. */
public final class OutboundHttp {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private OutboundHttp() {}

    /** Returns a new client. */
    public static HttpClient client() {
        // Security: the address was checked; what it may redirect to, and a proxy of the JVM's properties, were not.
        return HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    /** Returns whether what is read from a URL cannot be altered under way: by https, or from a loopback address. */
    public static boolean isProtected(URI url) {
        boolean secure = "https".equalsIgnoreCase(url.getScheme());
        boolean local =
                "http".equalsIgnoreCase(url.getScheme()) && IpAddresses.isLoopback(String.valueOf(url.getHost()));
        return url.getHost() != null && (secure || local);
    }
}
