package dev.latchkey.platform.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The heads of the requests of one connection as they arrive; all calls are on its event loop. */
final class RequestHeads extends ChannelInboundHandlerAdapter {

    /** What the line ends and blanks of a head may come to that are not in what the decoder makes of it. */
    private static final int UNCLEAR = 512;

    /** The least that separates two headers, or two chunks. */
    private static final int SEPARATOR = 2;

    private final ConnectionLimits limits;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Future<?> timer;
    private @Nullable String network;
    private boolean watchesRequests;
    private boolean slow;
    private boolean refused;
    /** Requests whose head has arrived and whose response has not ended: several if the client does not wait. */
    private int open;
    /** Whether the head of a request has arrived and its body has not. */
    private boolean inBody;
    /** The bytes since the end of the request before, and what of them belongs to the present one at least. */
    private long received;

    private long claimed;
    /** The bytes that arrived last, at once. */
    private long segment;
    /** The bytes of the head that is arriving. */
    private long arriving;
    /** The largest head so far: the decoder keeps a buffer of this size as long as the connection lasts. */
    private long largest;

    RequestHeads(ConnectionLimits limits) {
        this.limits = limits;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        String peer =
                context.channel().remoteAddress() instanceof InetSocketAddress address && address.getAddress() != null
                        ? limits.network(address.getAddress())
                        : ConnectionLimits.EXEMPT;
        network = peer;
        if (limits.open(peer)) {
            startTimer(context);
        } else {
            close(context);
        }
        context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (refused) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (!watchRequests(context)) {
            leave(context);
            context.fireChannelRead(message);
            return;
        }
        if (message instanceof ByteBuf bytes) {
            segment = bytes.readableBytes();
            received += segment;
            if (!inBody && !hasRoom(segment)) {
                ReferenceCountUtil.release(message);
                refuse(context, "503 Service Unavailable\r\nRetry-After: 1");
                return;
            }
        }
        context.fireChannelRead(message);
    }

    /** Counts bytes of the head that is arriving; false if there is no room for them, unless they are few. */
    private boolean hasRoom(long bytes) {
        arriving += bytes;
        return network == null || limits.take(network, bytes, 0) || largest + arriving <= ConnectionLimits.SMALL;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        startTimerOfFurtherHead(context);
        context.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stopTimer();
        if (network != null) {
            limits.take(network, -arriving, -largest);
            limits.close(network);
            network = null;
        }
        arriving = 0;
        largest = 0;
        context.fireChannelInactive();
    }

    /**
     * Begins to watch for requests with the first bytes; false on the management port, whose server speaks HTTP/2 as well
     * and decides by these bytes. It is not for clients, and probes must never be refused for them.
     */
    private boolean watchRequests(ChannelHandlerContext context) {
        if (!watchesRequests) {
            ChannelHandlerContext encoder = context.pipeline().context(HttpResponseEncoder.class);
            if (encoder == null) {
                return false;
            }
            watchesRequests = true;
            context.pipeline().addAfter(encoder.name(), null, new Requests(this));
        }
        return true;
    }

    /** Stops watching this connection. */
    private void leave(ChannelHandlerContext context) {
        stopTimer();
        if (network != null) {
            limits.close(network);
            network = null;
        }
        context.pipeline().remove(this);
    }

    private void headArrived(HttpRequest request) {
        if (network == null) {
            // The decoder passes on what it has when the connection ends.
            return;
        }
        stopTimer();
        open++;
        inBody = true;
        long size = request.uri().length();
        claimed = size;
        for (Map.Entry<String, String> header : request.headers()) {
            long length = header.getKey().length() + header.getValue().length();
            size += length;
            claimed += length + SEPARATOR;
        }
        long kept = Math.max(largest, size);
        boolean unused = limits.take(network, -arriving, kept - largest);
        largest = kept;
        arriving = 0;
        if (open > ConnectionLimits.MAX_PIPELINED && context != null) {
            close(context);
        }
    }

    /** Counts a part of a request's body. */
    private void bodyArrived(long bytes) {
        claimed += bytes + SEPARATOR;
    }

    /**
     * Counts what has arrived behind the end of a request together with it: a part of the next head, which the decoder holds.
     * How much it is follows from what the decoder has made of the request, a little too much rather than too little.
     */
    private void requestArrived() {
        inBody = false;
        long rest = Math.clamp(received - claimed, 0, segment);
        received = rest <= UNCLEAR ? 0 : rest;
        claimed = 0;
        if (received > 0 && !hasRoom(received) && context != null) {
            // Without a response, which the client would take for that to the request before.
            close(context);
        }
    }

    private boolean isRefused() {
        return refused;
    }

    private void responseEnded() {
        if (open > 0) {
            open--;
        }
        if (context != null) {
            startTimerOfFurtherHead(context);
        }
    }

    /** Begins to measure the time of a further head that has not arrived at once, when it may arrive. */
    private void startTimerOfFurtherHead(ChannelHandlerContext context) {
        if (arriving > 0 && open == 0 && timer == null && !refused) {
            startTimer(context);
        }
    }

    private void startTimer(ChannelHandlerContext context) {
        Duration limit = limits.headTimeout();
        startTimer(
                context,
                limit.compareTo(ConnectionLimits.SLOW_AFTER) < 0 ? limit : ConnectionLimits.SLOW_AFTER,
                this::becomeSlow);
    }

    /**
     * Lets something happen unless the head arrives in time.
     *
     * <p>It happens in a turn of the event loop after the one in which the time is over, and each turn begins with what has
     * arrived: a client is not slow because the service is.
     */
    private void startTimer(ChannelHandlerContext context, Duration time, Consumer<ChannelHandlerContext> late) {
        timer = context.executor()
                .schedule(
                        () -> {
                            timer = context.executor().schedule(() -> late.accept(context), 1, TimeUnit.MILLISECONDS);
                        },
                        time.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void becomeSlow(ChannelHandlerContext context) {
        if (network == null) {
            return;
        }
        slow = true;
        if (limits.becomeSlow(network)) {
            startTimer(context, limits.headTimeout().minus(ConnectionLimits.SLOW_AFTER), this::expire);
        } else {
            close(context);
        }
    }

    private void expire(ChannelHandlerContext context) {
        if (arriving > 0 && open == 0) {
            refuse(context, "408 Request Timeout");
        } else {
            close(context);
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        if (slow && network != null) {
            limits.endSlow(network);
        }
        slow = false;
    }

    private void close(ChannelHandlerContext context) {
        refused = true;
        var unused = context.close();
    }

    /** Responds without the encoder, which knows of no request yet. */
    private void refuse(ChannelHandlerContext context, String status) {
        refused = true;
        if (open > 0) {
            // The client would take it for the response to a request before.
            var unused = context.close();
            return;
        }
        String response = "HTTP/1.1 " + status
                + "\r\nConnection: close\r\nContent-Length: 0\r\nX-Content-Type-Options: nosniff\r\n\r\n";
        context.writeAndFlush(Unpooled.copiedBuffer(response, StandardCharsets.US_ASCII))
                .addListener(ChannelFutureListener.CLOSE);
    }

    /** The requests and responses of one connection. */
    private static final class Requests extends ChannelDuplexHandler {

        private final RequestHeads heads;

        Requests(RequestHeads heads) {
            this.heads = heads;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (heads.isRefused()) {
                ReferenceCountUtil.release(message);
                return;
            }
            if (message instanceof HttpRequest request) {
                heads.headArrived(request);
            }
            if (message instanceof HttpContent content) {
                heads.bodyArrived(content.content().readableBytes());
            }
            if (message instanceof LastHttpContent) {
                heads.requestArrived();
            }
            context.fireChannelRead(message);
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            boolean informational = message instanceof HttpResponse response
                    && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            if (message instanceof LastHttpContent && !informational) {
                heads.responseEnded();
            }
            var unused = context.write(message, promise);
        }
    }
}
