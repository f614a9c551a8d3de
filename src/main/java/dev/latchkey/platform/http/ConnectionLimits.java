package dev.latchkey.platform.http;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.quarkus.vertx.http.HttpServerStart;
import io.vertx.core.http.HttpServerOptions;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Limits what connections may hold before their requests reach any filter: time, memory and a share of the connections for
 * each client network. {@link ConnectionGuard} applies them to each connection.
 *
 * <p>The network is that of the TCP peer; trusted proxies have no share, since they carry the connections of all clients.
 */
@Singleton
class ConnectionLimits implements HttpServerOptionsCustomizer {

    private static final Logger LOG = Logger.getLogger(ConnectionLimits.class);

    /** After this time a head or a body that is not complete counts as slow. A lost packet is sent again after a second. */
    static final Duration SLOW_AFTER = Duration.ofSeconds(2);

    /** The size of heads that are accepted whatever the others take: that of most requests of browsers. */
    static final int SMALL = 2048;

    /** More than the largest head that is accepted: one at a time is let through, however little memory all may take. */
    private static final int ONE_HEAD = 48 * 1024;

    /** How many requests a connection may send ahead of their responses; browsers send none. */
    static final int MAX_PIPELINED = 100;

    /** The name of no network: its connections are not counted. */
    static final String EXEMPT = "";

    private final TrustedProxies proxies;
    private final int maxConnections;
    private final Duration headTimeout;
    private final long maxMemory;
    private final AtomicLong memory = new AtomicLong();
    private final NetworkCounts connections = new NetworkCounts();
    private final NetworkCounts slow = new NetworkCounts();
    private final NetworkCounts networkMemory = new NetworkCounts();
    private final NetworkCounts unfinished = new NetworkCounts();

    @Inject
    ConnectionLimits(
            TrustedProxies proxies,
            HttpConfig config,
            @ConfigProperty(name = "quarkus.http.limits.max-connections", defaultValue = "4000") int maxConnections) {
        this(
                proxies,
                maxConnections,
                config.head().timeout(),
                config.head().memory().asLongValue());
    }

    ConnectionLimits(TrustedProxies proxies, int maxConnections, Duration headTimeout, long maxMemory) {
        this.proxies = proxies;
        this.maxConnections = maxConnections;
        this.headTimeout = headTimeout;
        this.maxMemory = maxMemory;
    }

    /** Called before the server listens. */
    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        // A server that may be asked for another protocol decides on the first bytes, too late for the guard.
        options.setHttp2ClearTextEnabled(false);
        ConnectionGuard.apply(this);
    }

    void warn(@ObservesAsync HttpServerStart listening) {
        if (ConnectionGuard.isEnabled() && !ConnectionGuard.isLoaded()) {
            LOG.error("Slow request heads are not limited: the HTTP server has not loaded ConnectionGuard");
        }
    }

    Duration headTimeout() {
        return headTimeout;
    }

    String network(InetAddress peer) {
        return proxies.contains(peer)
                ? EXEMPT
                : Client.of(IpAddresses.text(peer), null).network();
    }

    /** Counts a new connection; false if its network has half of all connections already. */
    boolean open(String network) {
        return network.equals(EXEMPT) || connections.add(network) <= Math.max(1, maxConnections / 2);
    }

    void close(String network) {
        if (!network.equals(EXEMPT)) {
            connections.remove(network);
        }
    }

    /** Counts a connection as slow; false if its network has a tenth of all connections as slow ones already. */
    boolean becomeSlow(String network) {
        return network.equals(EXEMPT) || slow.add(network) <= Math.max(1, maxConnections / 10);
    }

    void endSlow(String network) {
        if (!network.equals(EXEMPT)) {
            slow.remove(network);
        }
    }

    /**
     * Counts memory of heads of one network, either of which may be negative; false if it is more than all connections may take,
     * half of that for the heads of one network, or a tenth for those that have not arrived as a whole.
     *
     * @param arriving of heads that have not ended
     * @param kept of heads that have
     */
    boolean take(String network, long arriving, long kept) {
        boolean fits = memory.addAndGet(arriving + kept) <= maxMemory;
        if (network.equals(EXEMPT)) {
            return fits;
        }
        // Each of them, whatever the others say: all are given back.
        boolean hasShare = networkMemory.add(network, arriving + kept) <= Math.max(ONE_HEAD, maxMemory / 2);
        boolean hasShareOfUnfinished = unfinished.add(network, arriving) <= Math.max(ONE_HEAD, maxMemory / 10);
        return fits && hasShare && hasShareOfUnfinished;
    }

    long memory() {
        return memory.get();
    }

    long memory(String network) {
        return networkMemory.of(network) + unfinished.of(network);
    }

    long connections(String network) {
        return connections.of(network);
    }
}
