package dev.latchkey.platform.http;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches each connection until the head of its request has arrived, and applies {@link ConnectionLimits}.
 *
 * <p>Security: filters see a request when its head is complete. Without this, a client that sends a byte a minute holds a
 * connection for hours, and ten thousand of them hold what their headers take.
 *
 * <p>An extension of Netty, which loads it by {@link java.util.ServiceLoader} when {@link #enable} has been called: neither
 * Quarkus nor Vert.x can call something of ours for a connection without a request, and the idle timeout begins anew with
 * every byte.
 */
@RegisterForReflection
public final class ConnectionGuard extends ChannelInitializerExtension {

    private static volatile @Nullable ConnectionLimits limits;
    private static volatile boolean loaded;

    @SuppressWarnings("StaticAssignmentInConstructor") // whether Netty has made one is all that anybody asks
    public ConnectionGuard() {
        loaded = true;
    }

    /** Lets Netty load extensions; to be called before the first connection of any kind is made. */
    public static void enable() {
        System.setProperty(EXTENSIONS_SYSTEM_PROPERTY, "serviceload");
    }

    static boolean isEnabled() {
        return "serviceload".equals(System.getProperty(EXTENSIONS_SYSTEM_PROPERTY));
    }

    static boolean isLoaded() {
        return loaded;
    }

    static void apply(ConnectionLimits toConnections) {
        limits = toConnections;
    }

    @Override
    public void postInitializeServerChildChannel(Channel channel) {
        ConnectionLimits current = limits;
        if (current != null) {
            // In front of the handlers that Vert.x is about to add.
            channel.pipeline().addFirst(new Heads(current));
        }
    }

    /** The bytes of one connection as they arrive; all calls are on its event loop. */
    static final class Heads extends ChannelInboundHandlerAdapter {

        private final ConnectionLimits limits;
        private @Nullable Future<?> timer;
        private @Nullable String network;
        private boolean watchesRequests;
        private boolean slow;
        private boolean refused;
        /** Requests whose head has arrived and whose response has not ended: several if the client does not wait. */
        private int open;
        /** The bytes of the head that is arriving. */
        private long arriving;
        /** The largest head so far: the decoder keeps a buffer of this size as long as the connection lasts. */
        private long largest;

        Heads(ConnectionLimits limits) {
            this.limits = limits;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            String peer = context.channel().remoteAddress() instanceof InetSocketAddress address
                            && address.getAddress() != null
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
            if (open == 0 && message instanceof ByteBuf bytes) {
                arriving += bytes.readableBytes();
                if (!limits.take(bytes.readableBytes()) && largest + arriving > ConnectionLimits.SMALL) {
                    ReferenceCountUtil.release(message);
                    refuse(context, "503 Service Unavailable\r\nRetry-After: 1");
                    return;
                }
            }
            context.fireChannelRead(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (arriving > 0 && open == 0 && timer == null && !refused) {
                // A further request of this connection, whose head has not arrived at once.
                startTimer(context);
            }
            context.fireChannelReadComplete();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            stopTimer();
            limits.take(-(arriving + largest));
            arriving = 0;
            largest = 0;
            if (network != null) {
                limits.close(network);
                network = null;
            }
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
            long size = request.uri().length();
            for (Map.Entry<String, String> header : request.headers()) {
                size += header.getKey().length() + header.getValue().length();
            }
            long kept = Math.max(largest, size);
            boolean unused = limits.take(kept - largest - arriving);
            largest = kept;
            arriving = 0;
        }

        private void responseEnded() {
            if (open > 0) {
                open--;
            }
        }

        private void startTimer(ChannelHandlerContext context) {
            timer = context.executor()
                    .schedule(
                            () -> becomeSlow(context),
                            Math.min(
                                    ConnectionLimits.SLOW_AFTER.toMillis(),
                                    limits.headTimeout().toMillis()),
                            TimeUnit.MILLISECONDS);
        }

        private void becomeSlow(ChannelHandlerContext context) {
            if (network == null) {
                return;
            }
            slow = true;
            if (limits.becomeSlow(network)) {
                timer = context.executor()
                        .schedule(
                                () -> expire(context),
                                Math.max(
                                        1,
                                        limits.headTimeout()
                                                .minus(ConnectionLimits.SLOW_AFTER)
                                                .toMillis()),
                                TimeUnit.MILLISECONDS);
            } else {
                close(context);
            }
        }

        private void expire(ChannelHandlerContext context) {
            if (arriving > 0) {
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
            String response = "HTTP/1.1 " + status
                    + "\r\nConnection: close\r\nContent-Length: 0\r\nX-Content-Type-Options: nosniff\r\n\r\n";
            context.writeAndFlush(Unpooled.copiedBuffer(response, StandardCharsets.US_ASCII))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** The requests and responses of one connection. */
    private static final class Requests extends ChannelDuplexHandler {

        private final Heads heads;

        Requests(Heads heads) {
            this.heads = heads;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest request) {
                heads.headArrived(request);
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
