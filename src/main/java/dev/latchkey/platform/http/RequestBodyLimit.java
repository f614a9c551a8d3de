package dev.latchkey.platform.http;

import static dev.latchkey.platform.http.FilterOrder.BODY;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes a request's body in, bounded in size and time, before anything else happens to the request.
 *
 * <p>HTTP/1.1 only: the resource layer cannot take over a request of HTTP/2 whose body has been read.
 *
 * <p>Security: read where it is needed, a body that trickles in would hold a worker thread for each client that cares to
 * be slow. Here it holds at most the body limit of memory, and the number of bodies under way is bounded too.
 */
@Singleton
class RequestBodyLimit {

    private final long limit;
    private final long patienceMillis;
    private final int mostArrivals;
    private final AtomicInteger arrivals = new AtomicInteger();

    RequestBodyLimit(HttpConfig config) {
        this.limit = config.body().limit().asLongValue();
        this.patienceMillis = config.body().timeout().toMillis();
        this.mostArrivals = config.body().maxConcurrent();
    }

    void register(@Observes Filters filters) {
        filters.register(this::takeIn, BODY);
    }

    private void takeIn(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (hasNoBody(request)) {
            context.next();
        } else if (declaredLength(request) > limit) {
            refuse(context, ProblemResponse.BODY_TOO_LARGE);
        } else if (arrivals.incrementAndGet() > mostArrivals) {
            arrivals.decrementAndGet();
            refuse(context, ProblemResponse.BUSY);
        } else {
            new Arrival(context).begin();
        }
    }

    private static boolean hasNoBody(HttpServerRequest request) {
        return request.isEnded()
                || (declaredLength(request) == 0 && !request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING));
    }

    private static long declaredLength(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaderNames.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    /** What is still on its way is not waited for: the connection ends with the answer. */
    private static void refuse(RoutingContext context, ProblemResponse problem) {
        context.response().putHeader("Connection", "close");
        context.addEndHandler(done -> context.request().connection().close());
        problem.send(context);
    }

    /** One body on its way. All of it happens on the connection's event loop. */
    private final class Arrival {

        private final RoutingContext context;
        private final Buffer body = Buffer.buffer();
        private final long timer;
        private boolean over;

        Arrival(RoutingContext context) {
            this.context = context;
            this.timer = context.vertx().setTimer(patienceMillis, late -> refuseRest(ProblemResponse.SLOW));
        }

        void begin() {
            HttpServerRequest request = context.request();
            if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaderNames.EXPECT))
                    && request.version() != HttpVersion.HTTP_1_0) {
                context.response().writeContinue();
                // Answered once; the resource layer would do it again.
                request.headers().remove(HttpHeaderNames.EXPECT);
            }
            request.exceptionHandler(broken -> giveUp());
            request.handler(this::take).endHandler(all -> goOn()).resume();
        }

        private void take(Buffer part) {
            if (!over) {
                body.appendBuffer(part);
                if (body.length() > limit) {
                    refuseRest(ProblemResponse.BODY_TOO_LARGE);
                }
            }
        }

        private void goOn() {
            if (end()) {
                ((RoutingContextInternal) context).setBody(body);
                context.next();
            }
        }

        private void refuseRest(ProblemResponse problem) {
            if (end()) {
                refuse(context, problem);
            }
        }

        /** The client went away, or sent what is no body. */
        private void giveUp() {
            if (context.response().closed()) {
                end();
            } else {
                refuseRest(ProblemResponse.MALFORMED);
            }
        }

        private boolean end() {
            if (over) {
                return false;
            }
            over = true;
            context.vertx().cancelTimer(timer);
            arrivals.decrementAndGet();
            return true;
        }
    }
}
