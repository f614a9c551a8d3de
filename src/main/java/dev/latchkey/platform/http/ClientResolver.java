package dev.latchkey.platform.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the client of a request. */
@ApplicationScoped
public class ClientResolver {

    private final TrustedProxies proxies;
    private final ForwardedHeadersCheck forwardedHeaders;
    private final DeviceCookie deviceCookie;

    ClientResolver(TrustedProxies proxies, ForwardedHeadersCheck forwardedHeaders, DeviceCookie deviceCookie) {
        this.proxies = proxies;
        this.forwardedHeaders = forwardedHeaders;
        this.deviceCookie = deviceCookie;
    }

    /** The request's client. */
    public Client of(HttpServerRequest request) {
        InetAddress peer = peer(request).orElse(null);
        List<String> forwardedFor = request.headers().getAll("X-Forwarded-For");
        if (peer != null && !forwardedFor.isEmpty() && !proxies.contains(peer)) {
            forwardedHeaders.ignored(peer);
        }
        return client(peer, forwardedFor, request.getHeader("User-Agent"), proxies)
                .with(deviceCookie.in(request), languages(request));
    }

    /** The languages that the request's user prefers. */
    public static PreferredLanguages languages(HttpServerRequest request) {
        return PreferredLanguages.of(request.getHeader("Accept-Language"));
    }

    /** The other end of the connection; none when it has no address (a Unix socket). */
    public static Optional<InetAddress> peer(HttpServerRequest request) {
        // Security: the connection's own peer; the request's may have been replaced from a header that anyone can send.
        SocketAddress peer = request.connection().remoteAddress();
        return peer == null ? Optional.empty() : address(peer.hostAddress());
    }

    /** An address as text, possibly with an IPv6 zone. */
    static Optional<InetAddress> address(@Nullable String text) {
        int zone = text == null ? -1 : text.indexOf('%');
        return text == null ? Optional.empty() : IpAddresses.parse(zone < 0 ? text : text.substring(0, zone));
    }

    /** The pure part. */
    static Client client(
            @Nullable InetAddress peer, List<String> forwardedFor, @Nullable String userAgent, TrustedProxies proxies) {
        String ip = peer == null ? "" : ClientAddress.of(peer, forwardedFor, proxies);
        return Client.of(ip, userAgent);
    }
}
