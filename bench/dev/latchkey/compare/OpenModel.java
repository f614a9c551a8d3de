package dev.latchkey.compare;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Sends a request at a fixed rate, however quickly the server responds, and measures each response from when its request was due.
 * What waits for a free connection, because others are slow, counts as waiting: there is no coordinated omission.
 *
 * <p>Not Hyperfoil, which has this model too: it measures from when a request was sent (its issue 358), except behind its imitation of
 * wrk2. Netty with a request made in advance takes little of the processors, which client and server share.
 */
final class OpenModel implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** How long the last responses may take. */
    private static final Duration LAST_RESPONSES = Duration.ofSeconds(20);

    private static final long LONGEST = TimeUnit.MINUTES.toNanos(2);

    private final NioEventLoopGroup loop = new NioEventLoopGroup(1);
    private final Bootstrap client;
    private final ByteBuf request;
    private final double perSecond;
    private volatile boolean isOver;

    // The rest belongs to the event loop.
    private final Queue<Connection> idle = new ArrayDeque<>();
    private final Queue<Long> waiting = new ArrayDeque<>();
    private final Histogram latency = new Histogram(LONGEST, 3);
    private final Histogram late = new Histogram(LONGEST, 3);
    private long due;
    private long succeeded;
    private long refused;
    private long failed;

    /**
     * What came of it.
     *
     * @param due how many requests were
     * @param refused with another status than 2xx
     * @param failed without a response
     * @param nanos of each response, from when its request was due
     * @param lateNanos how much later than due a request was taken up here, which is in the other one too
     */
    record Outcome(
            Duration time, long due, long succeeded, long refused, long failed, Histogram nanos, Histogram lateNanos) {

        double perSecond(long count) {
            return count * 1e9 / time.toNanos();
        }
    }

    /** Opens the connections. */
    OpenModel(Request of, double perSecond, int connections) throws InterruptedException {
        this.perSecond = perSecond;
        URI address = URI.create(of.url());
        this.request = bytes(of, address);
        this.client = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(CONNECT_TIMEOUT.toMillis()))
                .remoteAddress(address.getHost(), address.getPort())
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new HttpResponseDecoder(), new Connection(channel));
                    }
                });
        for (int i = 0; i < connections; i++) {
            client.connect().sync();
        }
    }

    private static ByteBuf bytes(Request of, URI address) {
        byte[] body = of.body() == null ? new byte[0] : of.body().getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder()
                .append(of.body() == null ? "GET " : "POST ")
                .append(address.getRawPath())
                .append(" HTTP/1.1\r\nHost: ")
                .append(address.getRawAuthority())
                .append("\r\n");
        of.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        if (of.body() != null) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        byte[] first = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        ByteBuf bytes = Unpooled.directBuffer(first.length + body.length);
        return Unpooled.unreleasableBuffer(bytes.writeBytes(first).writeBytes(body));
    }

    /** Sends requests for so long, or until {@link #end}, and waits for their responses. */
    Outcome run(Duration time) throws InterruptedException, ExecutionException {
        long start = System.nanoTime();
        long total = Math.round(perSecond * time.toNanos() / 1e9);
        long taken = 0;
        while (taken < total && !isOver) {
            long now = System.nanoTime();
            long until = Math.min(total, (long) ((now - start) * perSecond / 1e9) + 1);
            if (until > taken) {
                long from = taken;
                loop.execute(() -> takeUp(start, from, until));
                taken = until;
            }
            LockSupport.parkNanos(dueAt(start, taken) - System.nanoTime());
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        long end = System.nanoTime() + LAST_RESPONSES.toNanos();
        while (System.nanoTime() < end && loop.submit(this::outstanding).get() > 0) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return loop.submit(() ->
                        new Outcome(took, due, succeeded, refused, failed + outstanding(), latency.copy(), late.copy()))
                .get();
    }

    /** Sends nothing more. */
    void end() {
        isOver = true;
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private long dueAt(long start, long number) {
        return start + (long) (number * 1e9 / perSecond);
    }

    private long outstanding() {
        return due - succeeded - refused - failed;
    }

    private void takeUp(long start, long from, long until) {
        long now = System.nanoTime();
        for (long number = from; number < until; number++) {
            long at = dueAt(start, number);
            late.recordValue(Math.clamp(now - at, 0, LONGEST));
            due++;
            Connection connection = idle.poll();
            if (connection == null) {
                waiting.add(at);
            } else {
                connection.send(at);
            }
        }
    }

    private final class Connection extends ChannelInboundHandlerAdapter {

        private final Channel channel;
        private long dueAt;
        private boolean isBusy;
        private boolean isSuccess;

        Connection(Channel channel) {
            this.channel = channel;
        }

        void send(long at) {
            dueAt = at;
            isBusy = true;
            channel.writeAndFlush(request.duplicate(), channel.voidPromise());
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            sendNext();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object part) {
            if (part instanceof HttpResponse response) {
                isSuccess = response.status().codeClass() == HttpStatusClass.SUCCESS;
            }
            if (part instanceof LastHttpContent) {
                latency.recordValue(Math.clamp(System.nanoTime() - dueAt, 0, LONGEST));
                if (isSuccess) {
                    succeeded++;
                } else {
                    refused++;
                }
                sendNext();
            }
            ReferenceCountUtil.release(part);
        }

        /** Servers close connections that were idle for a while, or after a refusal; another one takes the place. */
        @Override
        public void channelInactive(ChannelHandlerContext context) {
            idle.remove(this);
            if (isBusy) {
                failed++;
            }
            if (!isOver && !loop.isShuttingDown()) {
                client.connect();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        private void sendNext() {
            isBusy = false;
            Long next = waiting.poll();
            if (next == null) {
                idle.add(this);
            } else {
                send(next);
            }
        }
    }
}
