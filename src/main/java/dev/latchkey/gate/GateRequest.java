package dev.latchkey.gate;

import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.ClientResolver;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the gate is asked, and by whom. Its body is none of the gate's business.
 *
 * @param peer the other end of the connection; null when it has no address
 * @param target as it stands in the request line
 * @param client whose request it is about, for the record
 */
record GateRequest(@Nullable InetAddress peer, String method, String target, MultiMap headers, Client client) {

    static GateRequest of(HttpServerRequest request, ClientResolver clients) {
        return new GateRequest(
                ClientResolver.peer(request).orElse(null),
                request.method().name(),
                request.uri(),
                request.headers(),
                clients.of(request));
    }
}
