package dev.latchkey.platform.http;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.quarkus.runtime.annotations.RegisterForReflection;
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
            channel.pipeline().addFirst(new RequestHeads(current));
        }
    }
}
