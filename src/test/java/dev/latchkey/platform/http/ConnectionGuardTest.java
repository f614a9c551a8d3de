package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionGuardTest {

    private static final String CLIENT = "192.0.2.1";
    private static final String PROXY = "198.51.100.1";
    private static final String HEAD = "GET /api/auth/session HTTP/1.1\r\nHost: id.example.com\r\n\r\n";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_CONNECTIONS = 40;
    private static final int MAX_MEMORY = 10_000;

    private final ConnectionLimits limits =
            new ConnectionLimits(TrustedProxies.of(List.of(PROXY)), MAX_CONNECTIONS, TIMEOUT, MAX_MEMORY);
    private final List<EmbeddedChannel> opened = new ArrayList<>();

    @AfterEach
    void giveEverythingBack() {
        opened.forEach(EmbeddedChannel::finishAndReleaseAll);
        assertEquals(0, limits.memory());
        assertEquals(0, limits.connections(CLIENT));
    }

    @Test
    void isFoundByNetty() {
        assertTrue(ServiceLoader.load(ChannelInitializerExtension.class).stream()
                .anyMatch(provider -> provider.type() == ConnectionGuard.class));
    }

    @Test
    void closesAConnectionWithoutARequest() {
        EmbeddedChannel silent = connect(CLIENT);

        advance(silent, TIMEOUT.minusMillis(100));
        assertTrue(silent.isOpen());
        advance(silent, Duration.ofMillis(200));

        assertFalse(silent.isOpen());
        assertNull(silent.readOutbound());
    }

    @Test
    void refusesAHeadThatTricklesIn() {
        EmbeddedChannel slow = connect(CLIENT);
        for (int second = 0; second < 9; second++) {
            send(slow, HEAD.substring(second, second + 1));
            advance(slow, Duration.ofSeconds(1));
        }
        assertTrue(slow.isOpen());

        advance(slow, Duration.ofMillis(1_100));

        assertFalse(slow.isOpen());
        assertTrue(response(slow).startsWith("HTTP/1.1 408 "));
    }

    @Test
    void refusesAFurtherHeadThatTricklesIn() {
        EmbeddedChannel slow = connect(CLIENT);
        send(slow, HEAD);
        respond(slow);
        advance(slow, Duration.ofSeconds(60));
        assertTrue(slow.isOpen());

        send(slow, "GET ");
        advance(slow, TIMEOUT.plusMillis(100));

        assertFalse(slow.isOpen());
    }

    @Test
    void doesNotLimitTheTimeOfBodyAndResponse() {
        EmbeddedChannel client = connect(CLIENT);
        send(client, "POST /api/auth/login HTTP/1.1\r\nHost: id.example.com\r\nContent-Length: 4\r\n\r\n");
        client.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        advance(client, TIMEOUT);
        send(client, "bo");
        advance(client, TIMEOUT.plusSeconds(1));
        send(client, "dy");
        advance(client, TIMEOUT.plusSeconds(1));

        assertTrue(client.isOpen());
    }

    @Test
    void acceptsRequestsThatArriveTogether() {
        EmbeddedChannel client = connect(CLIENT);
        send(client, HEAD + HEAD);
        respond(client);
        advance(client, TIMEOUT.plusSeconds(1));
        respond(client);
        send(client, HEAD);

        assertTrue(client.isOpen());
    }

    @Test
    void letsOneClientHaveATenthOfTheConnectionsForLongerThanASecond() {
        List<EmbeddedChannel> slow = new ArrayList<>();
        for (int i = 0; i < MAX_CONNECTIONS / 2; i++) {
            slow.add(connect(CLIENT));
        }
        slow.forEach(channel -> advance(channel, Duration.ofMillis(1_100)));

        assertEquals(
                MAX_CONNECTIONS / 10,
                slow.stream().filter(EmbeddedChannel::isOpen).count());
        EmbeddedChannel other = connect("192.0.2.2");
        advance(other, Duration.ofMillis(1_100));
        assertTrue(other.isOpen());
    }

    @Test
    void givesTheShareOfSlowConnectionsBack() {
        for (int i = 0; i < MAX_CONNECTIONS; i++) {
            EmbeddedChannel slow = connect(CLIENT);
            advance(slow, Duration.ofMillis(1_100));
            assertTrue(slow.isOpen(), "connection " + i);
            if (i % 2 == 0) {
                send(slow, HEAD);
            }
            slow.close();
        }
    }

    @Test
    void letsOneClientHaveHalfOfAllConnections() {
        for (int i = 0; i < MAX_CONNECTIONS / 2; i++) {
            EmbeddedChannel channel = connect(CLIENT);
            send(channel, HEAD);
            assertTrue(channel.isOpen());
        }

        assertFalse(connect(CLIENT).isOpen());
        assertTrue(connect("192.0.2.2").isOpen());
    }

    /** The addresses of one subscriber are one client. */
    @Test
    void countsIpv6ClientsByNetwork() {
        for (int i = 0; i < MAX_CONNECTIONS / 2; i++) {
            assertTrue(connect("2001:db8::" + Integer.toHexString(i + 1)).isOpen());
        }

        assertFalse(connect("2001:db8::ffff").isOpen());
        assertTrue(connect("2001:db8:0:1::1").isOpen());
    }

    @Test
    void doesNotCountTheConnectionsOfATrustedProxy() {
        for (int i = 0; i < MAX_CONNECTIONS; i++) {
            EmbeddedChannel channel = connect(PROXY);
            advance(channel, Duration.ofMillis(1_100));
            assertTrue(channel.isOpen());
        }
    }

    @Test
    void limitsTheMemoryOfUnfinishedHeads() {
        String half = "GET / HTTP/1.1\r\nX-Filler: " + "x".repeat(MAX_MEMORY / 2);
        EmbeddedChannel first = connect(CLIENT);
        EmbeddedChannel second = connect("192.0.2.2");
        EmbeddedChannel small = connect("192.0.2.3");
        send(first, half);
        send(second, half);
        send(small, HEAD);

        assertTrue(first.isOpen());
        assertFalse(second.isOpen());
        assertTrue(response(second).startsWith("HTTP/1.1 503 "));
        assertTrue(small.isOpen());
    }

    /** The decoder keeps a buffer of the largest head as long as the connection lasts. */
    @Test
    void countsTheLargestHeadUntilTheConnectionEnds() {
        EmbeddedChannel client = connect(CLIENT);
        send(client, "GET / HTTP/1.1\r\nX-Filler: " + "x".repeat(5_000) + "\r\n\r\n");
        respond(client);
        send(client, HEAD);
        respond(client);

        assertTrue(limits.memory() > 5_000 && limits.memory() < 5_100, "counted: " + limits.memory());
        client.close();
        assertEquals(0, limits.memory());
    }

    /** The management interface may be asked for HTTP/2, so that its connections have no encoder yet. */
    @Test
    void leavesAConnectionAloneThatIsNotYetOneOfHttp() {
        EmbeddedChannel channel = new EmbeddedChannel(new ConnectionGuard.Heads(limits));
        opened.add(channel);
        channel.freezeTime();
        channel.pipeline().fireChannelActive();

        send(channel, HEAD);
        advance(channel, TIMEOUT.plusSeconds(1));

        assertTrue(channel.isOpen());
        assertNull(channel.readOutbound());
        assertEquals(0, limits.memory());
    }

    private EmbeddedChannel connect(String address) {
        EmbeddedChannel channel = new EmbeddedChannel() {
            @Override
            protected SocketAddress remoteAddress0() {
                return new InetSocketAddress(address, 40_000);
            }
        };
        channel.freezeTime();
        channel.pipeline()
                .addLast(
                        new ConnectionGuard.Heads(limits),
                        new HttpRequestDecoder(10_240, 32_768, 8_192),
                        new HttpResponseEncoder());
        channel.pipeline().fireChannelActive();
        opened.add(channel);
        return channel;
    }

    private static void advance(EmbeddedChannel channel, Duration time) {
        // In steps, since what is scheduled by a scheduled task begins when that one runs.
        for (long passed = 0; passed < time.toMillis(); passed += 100) {
            channel.advanceTimeBy(100, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    private static void send(EmbeddedChannel channel, String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
        channel.releaseInbound();
    }

    private static void respond(EmbeddedChannel channel) {
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NO_CONTENT));
        channel.releaseOutbound();
    }

    private static String response(EmbeddedChannel channel) {
        ByteBuf sent = channel.readOutbound();
        try {
            return sent == null ? "" : sent.toString(StandardCharsets.US_ASCII);
        } finally {
            if (sent != null) {
                sent.release();
            }
        }
    }
}
