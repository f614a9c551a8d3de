package dev.latchkey.gate;

import dev.latchkey.audit.Client;
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
record Question(@Nullable InetAddress peer, String method, String target, MultiMap headers, Client client) {

    static Question of(HttpServerRequest request, ClientSource clients) {
        return new Question(
                ClientSource.peer(request).orElse(null),
                request.method().name(),
                request.uri(),
                request.headers(),
                clients.of(request));
    }
}
