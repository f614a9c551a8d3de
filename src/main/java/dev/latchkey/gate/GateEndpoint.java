package dev.latchkey.gate;

import static dev.latchkey.platform.http.FilterOrder.GATE;

import dev.latchkey.platform.http.ProblemResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * The gate's endpoint, {@code /api/auth/verify}: 200 with the caller's identity, 401 with a challenge, or 403, and nothing
 * else.
 *
 * <p>A filter and no resource, since the forwarded request must be read before anything routes or normalises it, and nothing
 * else about the gate request, such as its method, {@code Accept} or {@code Origin}, may change the response.
 */
@Singleton
class GateEndpoint {

    private final GateDecisions gate;

    GateEndpoint(GateDecisions gate) {
        this.gate = gate;
    }

    void register(@Observes Filters filters) {
        filters.register(this::handle, GATE);
    }

    private void handle(RoutingContext context) {
        if (!ForwardedRequest.isForGate(context.request().uri())) {
            context.next();
            return;
        }
        Context eventLoop = context.vertx().getOrCreateContext();
        gate.decide(context.request()).thenAccept(decision -> eventLoop.runOnContext(there -> send(context, decision)));
    }

    private static void send(RoutingContext context, GateDecision decision) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        if (announcesBody(context.request())) {
            // Security: it is not read, and its bytes must not be taken for the next request.
            response.putHeader(HttpHeaderNames.CONNECTION, "close");
            context.addEndHandler(done -> context.request().connection().close());
        }
        switch (decision) {
            case GateDecision.Allowed(GateDecision.Identity identity) -> {
                identity.headers().forEach(response::putHeader);
                response.setStatusCode(200).end();
            }
            case GateDecision.Denied(GateDecision.Reason reason, String message) ->
                new ProblemResponse(reason.code(), message).send(context);
        }
    }

    private static boolean announcesBody(HttpServerRequest request) {
        MultiMap headers = request.headers();
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        return headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                || (length != null && !length.strip().equals("0"));
    }
}
