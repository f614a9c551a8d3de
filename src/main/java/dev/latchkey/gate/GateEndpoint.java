package dev.latchkey.gate;

import static dev.latchkey.platform.http.FilterOrder.GATE;

import dev.latchkey.gate.GateDecision.Refusal;
import dev.latchkey.platform.http.ProblemCode;
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
 * The gate's decision endpoint, {@code /api/auth/verify}: 200 with the caller's identity, 401 with a challenge, or 403, and
 * nothing else.
 *
 * <p>A filter and no resource, since what it is asked about must be read before anything routes or tidies it, and nothing
 * about the question besides, such as its method, {@code Accept} or {@code Origin}, may change the answer.
 */
@Singleton
class GateEndpoint {

    private final GateDecisions gate;

    GateEndpoint(GateDecisions gate) {
        this.gate = gate;
    }

    void register(@Observes Filters filters) {
        filters.register(this::answerOrGoOn, GATE);
    }

    private void answerOrGoOn(RoutingContext request) {
        if (!GateDecisions.isAsked(request.request().uri())) {
            request.next();
            return;
        }
        Context loop = request.vertx().getOrCreateContext();
        gate.decide(request.request()).thenAccept(answer -> loop.runOnContext(there -> send(request, answer)));
    }

    private static void send(RoutingContext request, GateDecision answer) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        if (announcesBody(request.request())) {
            // Security: it is not read, and what comes of it must not be taken for the next question.
            response.putHeader(HttpHeaderNames.CONNECTION, "close");
            request.addEndHandler(done -> request.request().connection().close());
        }
        switch (answer) {
            case GateDecision.Pass(var identity) -> {
                identity.headers().forEach(response::putHeader);
                response.setStatusCode(200).end();
            }
            case GateDecision.Refused(Refusal why, String sentence) -> {
                switch (why) {
                    case NO_TOKEN -> refuse(request, ProblemCode.UNAUTHENTICATED, sentence);
                    case BAD_TOKEN -> refuse(request, ProblemCode.INVALID_TOKEN, sentence);
                    case EXPIRED_TOKEN -> refuse(request, ProblemCode.TOKEN_EXPIRED, sentence);
                    case NOT_OWNER -> refuse(request, ProblemCode.NOT_OWNER, sentence);
                    case STRANGER, UNCLEAR, AMBIGUOUS_PATH, NO_RULE, NO_ROLE, OTHER_ISSUER, UNJUDGED ->
                        refuse(request, ProblemCode.FORBIDDEN, sentence);
                }
            }
        }
    }

    private static void refuse(RoutingContext request, ProblemCode code, String sentence) {
        new ProblemResponse(code, sentence).send(request);
    }

    private static boolean announcesBody(HttpServerRequest request) {
        MultiMap headers = request.headers();
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        return headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                || (length != null && !length.strip().equals("0"));
    }
}
