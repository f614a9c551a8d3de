package dev.latchkey.gate;

import dev.latchkey.audit.Client;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells of a request where it came from. */
@ApplicationScoped
@Startup // A proxy setting that cannot be read stops the boot, not the first request.
public class ClientSource {

    private static final int USER_AGENT_LENGTH = 300;

    private final TrustedProxies proxies;

    ClientSource(GateConfig config) {
        try {
            this.proxies = TrustedProxies.of(config.trustedProxies().orElse(List.of()));
        } catch (IllegalArgumentException unreadable) {
            // Without the cause, so that the boot ends with this sentence and no stack trace.
            throw new ConfigurationException(unreadable.getMessage());
        }
    }

    /** The request's client. */
    public Client of(HttpServerRequest request) {
        // Security: the connection's own peer; the request's may have been replaced from a header that anyone can send.
        SocketAddress peer = request.connection().remoteAddress();
        return client(
                peer == null ? null : peer.hostAddress(),
                request.headers().getAll("X-Forwarded-For"),
                request.getHeader("User-Agent"),
                proxies);
    }

    /**
     * The pure part.
     *
     * @param peer the peer's address as text, possibly with an IPv6 zone; null when the connection has none (a Unix socket)
     */
    static Client client(
            @Nullable String peer, List<String> forwardedFor, @Nullable String userAgent, TrustedProxies proxies) {
        int zone = peer == null ? -1 : peer.indexOf('%');
        String literal = peer == null ? "" : zone < 0 ? peer : peer.substring(0, zone);
        String ip = IpLiteral.parse(literal)
                .map(address -> ClientAddress.of(address, forwardedFor, proxies))
                .orElse("");
        return new Client(ip, userAgent == null ? "" : shown(userAgent));
    }

    /** The text without what a log, a page or PostgreSQL would choke on, cut between characters. */
    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length() && shown.length() < USER_AGENT_LENGTH; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            boolean fits = shown.length() + Character.charCount(c) <= USER_AGENT_LENGTH;
            if (fits && !Character.isISOControl(c) && Character.getType(c) != Character.SURROGATE) {
                shown.appendCodePoint(c);
            }
        }
        return shown.toString();
    }
}
