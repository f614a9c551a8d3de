package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Eventually;
import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionGuardTest {

    private static final String CLIENT = "192.0.2.1";
    private static final String PROXY = "198.51.100.1";
    private static final String HEAD = "GET /api/auth/session HTTP/1.1\r\nHost: id.example.com\r\n\r\n";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_CONNECTIONS = 40;
    private static final int MAX_MEMORY = 1_000_000;
    /** Half of the largest head that the decoder accepts. */
    private static final int LARGE = 16_000;

    private final ConnectionLimits limits =
            new ConnectionLimits(TrustedProxies.of(List.of(PROXY)), MAX_CONNECTIONS, TIMEOUT, MAX_MEMORY);
    private final List<EmbeddedChannel> opened = new ArrayList<>();

    @AfterEach
    void giveEverythingBack() {
        opened.forEach(EmbeddedChannel::finishAndReleaseAll);
        assertEquals(0, limits.memory());
        assertEquals(0, limits.memory(CLIENT));
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
    void letsOneClientHaveATenthOfTheConnectionsForLong() {
        List<EmbeddedChannel> slow = new ArrayList<>();
        for (int i = 0; i < MAX_CONNECTIONS / 2; i++) {
            slow.add(connect(CLIENT));
        }
        slow.forEach(channel -> advance(channel, ConnectionLimits.SLOW_AFTER.plusMillis(100)));

        assertEquals(
                MAX_CONNECTIONS / 10,
                slow.stream().filter(EmbeddedChannel::isOpen).count());
        EmbeddedChannel other = connect("192.0.2.2");
        advance(other, ConnectionLimits.SLOW_AFTER.plusMillis(100));
        assertTrue(other.isOpen());
    }

    /** The heads of a burst wait in their sockets while the service is busy: here with one request for too long. */
    @Test
    void takesNoClientForSlowWhoseHeadItHasNotRead() throws Exception {
        try (Server server = new Server(limits)) {
            List<Socket> burst = new ArrayList<>();
            for (int i = 0; i < MAX_CONNECTIONS / 2; i++) {
                burst.add(server.connect("127.0.0.2"));
            }
            Eventually.holds("they are accepted", () -> limits.connections("127.0.0.2") == burst.size());
            write(server.connect("127.0.0.3"), "GET " + Responder.BUSY + " HTTP/1.1\r\n\r\n");
            Responder.isBusy.await();
            for (Socket client : burst) {
                write(client, "GET / HTTP/1.1\r\nX-Filler: x\r\n\r\n");
            }

            for (Socket client : burst) {
                assertTrue(read(client).startsWith("HTTP/1.1 204 "));
            }
        }
        Eventually.holds("everything is given back", () -> limits.memory() == 0);
    }

    @Test
    void givesTheShareOfSlowConnectionsBack() {
        for (int i = 0; i < MAX_CONNECTIONS; i++) {
            EmbeddedChannel slow = connect(CLIENT);
            advance(slow, ConnectionLimits.SLOW_AFTER.plusMillis(100));
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
            advance(channel, ConnectionLimits.SLOW_AFTER.plusMillis(100));
            assertTrue(channel.isOpen());
        }
    }

    @Test
    void limitsTheMemoryOfUnfinishedHeads() {
        // Each client less than its share.
        int clients = 0;
        while (limits.memory() + 5 * LARGE <= MAX_MEMORY) {
            clients++;
            for (int i = 0; i < 5; i++) {
                assertTrue(beginLargeHead("192.0.3." + clients).isOpen());
            }
        }
        for (int i = 0; i < 5; i++) {
            send(connect("192.0.2.2"), partOfHead());
        }

        EmbeddedChannel large = beginLargeHead(CLIENT);
        EmbeddedChannel small = connect(CLIENT);
        send(small, HEAD);

        assertFalse(large.isOpen());
        assertTrue(response(large).startsWith("HTTP/1.1 503 "));
        assertTrue(small.isOpen());
    }

    @Test
    void letsTheUnfinishedHeadsOfOneClientTakeATenthOfTheMemory() {
        List<EmbeddedChannel> large = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            large.add(beginLargeHead(CLIENT));
        }

        assertEquals(
                MAX_MEMORY / 10 / LARGE,
                large.stream().filter(EmbeddedChannel::isOpen).count());
        assertTrue(response(large.getLast()).startsWith("HTTP/1.1 503 "));
        assertTrue(beginLargeHead("192.0.2.2").isOpen());
        assertTrue(connectAndSend(CLIENT, HEAD).isOpen());
    }

    /** Security: a client cannot keep the share of those that send their heads at once by sending whole ones itself. */
    @Test
    void letsTheHeadsOfOneClientTakeHalfOfTheMemory() {
        int accepted = 0;
        EmbeddedChannel last = connect(CLIENT);
        for (int i = 0; i < 18; i++) {
            last = connectAndSend(CLIENT, "GET / HTTP/1.1\r\nX-A: " + "x".repeat(30_000) + "\r\n\r\n");
            accepted += last.isOpen() ? 1 : 0;
        }

        assertEquals(MAX_MEMORY / 2 / 30_000, accepted);
        assertTrue(response(last).startsWith("HTTP/1.1 503 "));
        assertTrue(beginLargeHead("192.0.2.2").isOpen());
    }

    @Test
    void givesTheShareOfUnfinishedHeadsBack() {
        for (int i = 0; i < 20; i++) {
            EmbeddedChannel client = beginLargeHead(CLIENT);
            assertTrue(client.isOpen(), "connection " + i);
            if (i % 2 == 0) {
                send(client, "\r\n\r\n");
                respond(client);
            }
            client.close();
        }
    }

    /** Security: it takes the memory of the decoder as any other. */
    @Test
    void countsAHeadThatFollowsARequestAtOnce() {
        EmbeddedChannel client = connectAndSend(CLIENT, HEAD + partOfHead());

        assertTrue(limits.memory() > LARGE && limits.memory() < LARGE + 600, "counted: " + limits.memory());
        respond(client);
        assertTrue(limits.memory() > LARGE, "counted: " + limits.memory());
    }

    @Test
    void countsAHeadThatFollowsABodyAtOnce() {
        connectAndSend(
                CLIENT,
                "POST / HTTP/1.1\r\nHost: id.example.com\r\nContent-Length: 6000\r\n\r\n" + "b".repeat(6_000)
                        + partOfHead());
        EmbeddedChannel chunked = connectAndSend(
                "192.0.2.2", "POST / HTTP/1.1\r\nHost: id.example.com\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n");
        send(chunked, "1\r\nb\r\n0\r\n\r\n" + partOfHead());

        assertTrue(limits.memory() > 2 * LARGE && limits.memory() < 2 * LARGE + 1_200, "counted: " + limits.memory());
    }

    @Test
    void countsAHeadThatArrivesBeforeTheResponseToTheRequestBefore() {
        EmbeddedChannel client = connectAndSend(CLIENT, HEAD);
        send(client, partOfHead());

        assertTrue(limits.memory() > LARGE, "counted: " + limits.memory());
    }

    /** Without a response, since the client would take it for that to its first request. */
    @Test
    void closesConnectionsWhoseFurtherHeadsTakeTooMuch() {
        List<EmbeddedChannel> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            EmbeddedChannel client = connectAndSend(CLIENT, HEAD);
            send(client, partOfHead());
            clients.add(client);
        }

        assertTrue(clients.getFirst().isOpen());
        assertFalse(clients.getLast().isOpen());
        assertEquals("", response(clients.getLast()));
    }

    @Test
    void limitsTheTimeOfAHeadThatFollowsARequestAtOnce() {
        EmbeddedChannel client = connectAndSend(CLIENT, HEAD + partOfHead());
        advance(client, TIMEOUT.plusSeconds(1));
        assertTrue(client.isOpen());

        respond(client);
        advance(client, TIMEOUT.plusSeconds(1));

        assertFalse(client.isOpen());
    }

    @Test
    void countsNothingBehindWholeRequests() {
        EmbeddedChannel client = connect(CLIENT);
        for (int i = 0; i < 50; i++) {
            send(client, HEAD);
            send(client, "POST / HTTP/1.1\r\nHost: id.example.com\r\nContent-Length: 4\r\n\r\nbody");
            send(
                    client,
                    "POST / HTTP/1.1\r\nHost: id.example.com\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n");
            respond(client);
            respond(client);
            respond(client);
        }
        advance(client, TIMEOUT.plusSeconds(1));

        assertTrue(client.isOpen());
        assertTrue(limits.memory() < 200, "counted: " + limits.memory());
    }

    /** Each of them takes many times the memory of its bytes, before any filter sees it. */
    @Test
    void limitsTheRequestsThatAreSentAheadOfTheirResponses() {
        EmbeddedChannel patient = connect(CLIENT);
        send(patient, HEAD.repeat(ConnectionLimits.MAX_PIPELINED));
        assertTrue(patient.isOpen());
        EmbeddedChannel hasty = connect(CLIENT);
        send(hasty, HEAD.repeat(ConnectionLimits.MAX_PIPELINED + 50));

        assertFalse(hasty.isOpen());
    }

    @Test
    void limitsTheMemoryOfConnectionsOfANetwork() throws Exception {
        try (Server server = new Server(limits)) {
            try (Socket first = server.connect("127.0.0.2");
                    Socket other = server.connect("127.0.0.3")) {
                for (int i = 0; i < 6; i++) {
                    write(server.connect("127.0.0.2"), HEAD + partOfHead());
                }
                Eventually.holds("it counts them", () -> limits.memory() > MAX_MEMORY / 10 - LARGE);
                write(first, partOfHead());
                assertTrue(read(first).startsWith("HTTP/1.1 503 "));

                write(other, partOfHead() + "\r\n\r\n");
                assertTrue(read(other).startsWith("HTTP/1.1 204 "));
            }
        }
        Eventually.holds("everything is given back", () -> limits.memory() == 0);
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
        EmbeddedChannel channel = new EmbeddedChannel(new RequestHeads(limits));
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
                        new RequestHeads(limits),
                        new HttpRequestDecoder(10_240, 32_768, 8_192),
                        new HttpResponseEncoder());
        channel.pipeline().fireChannelActive();
        opened.add(channel);
        return channel;
    }

    private EmbeddedChannel connectAndSend(String address, String text) {
        EmbeddedChannel channel = connect(address);
        send(channel, text);
        return channel;
    }

    private EmbeddedChannel beginLargeHead(String address) {
        return connectAndSend(address, partOfHead());
    }

    private static String partOfHead() {
        String beginning = "GET / HTTP/1.1\r\nHost: id.example.com\r\nX-Filler: ";
        return beginning + "x".repeat(LARGE - beginning.length() + 20);
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    /** Reads what comes first. */
    private static String read(Socket socket) throws IOException {
        byte[] octets = socket.getInputStream().readNBytes(20);
        return new String(octets, StandardCharsets.US_ASCII);
    }

    /** A server on the loopback network that responds to nothing but large requests. */
    private static final class Server implements AutoCloseable {

        private final EventLoopGroup threads = new NioEventLoopGroup(1);
        private final List<Socket> clients = new ArrayList<>();
        private final Channel listening;

        Server(ConnectionLimits limits) {
            listening = new ServerBootstrap()
                    .group(threads)
                    .channel(NioServerSocketChannel.class)
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline()
                                    .addLast(
                                            new RequestHeads(limits),
                                            new HttpRequestDecoder(10_240, 32_768, 8_192),
                                            new HttpResponseEncoder(),
                                            new Responder());
                        }
                    })
                    .bind("127.0.0.1", 0)
                    .syncUninterruptibly()
                    .channel();
        }

        Socket connect(String client) throws IOException {
            Socket socket = new Socket();
            socket.bind(new InetSocketAddress(client, 0));
            socket.connect(listening.localAddress());
            socket.setSoTimeout(10_000);
            clients.add(socket);
            return socket;
        }

        @Override
        public void close() throws IOException {
            for (Socket client : clients) {
                client.close();
            }
            listening.close().syncUninterruptibly();
            threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private static final class Responder extends ChannelInboundHandlerAdapter {

        /** A path that keeps the event loop from reading anything else. */
        static final String BUSY = "/busy";

        static final CountDownLatch isBusy = new CountDownLatch(1);

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest request && request.uri().equals(BUSY)) {
                isBusy.countDown();
                LockSupport.parkNanos(
                        ConnectionLimits.SLOW_AFTER.plusMillis(500).toNanos());
            }
            if (message instanceof HttpRequest request && request.headers().contains("X-Filler")) {
                context.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NO_CONTENT));
            }
            ReferenceCountUtil.release(message);
        }
    }

    private static void advance(EmbeddedChannel channel, Duration time) {
        // In steps, since what is scheduled by a scheduled task begins when that one runs.
        for (long passed = 0; passed < time.toMillis(); passed += 10) {
            channel.advanceTimeBy(10, TimeUnit.MILLISECONDS);
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
