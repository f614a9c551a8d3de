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
 * Reads a request's body, bounded in size and time, before anything else happens to the request.
 *
 * <p>HTTP/1.1 only: the resource layer cannot take over a request of HTTP/2 whose body has been read.
 *
 * <p>Security: read where it is needed, a body that trickles in would hold a worker thread for each slow client. Here it
 * holds at most the body limit of memory, and the number of bodies being read at once is bounded too.
 *
 * <p>Not Vert.x' {@code BodyHandler}, which knows neither a timeout nor a bound on concurrent bodies, goes on reading what
 * it has refused, and parses forms and uploads. As it does, this hands the body over by {@code RoutingContextInternal}:
 * the public interface has no way to.
 */
@Singleton
class RequestBodyLimit {

    private final long limit;
    private final long timeoutMillis;
    private final int maxConcurrent;
    private final AtomicInteger reading = new AtomicInteger();

    RequestBodyLimit(HttpConfig config) {
        this.limit = config.body().limit().asLongValue();
        this.timeoutMillis = config.body().timeout().toMillis();
        this.maxConcurrent = config.body().maxConcurrent();
    }

    void register(@Observes Filters filters) {
        filters.register(this::read, BODY);
    }

    private void read(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (hasNoBody(request)) {
            context.next();
        } else if (declaredLength(request) > limit) {
            refuse(context, ProblemResponse.BODY_TOO_LARGE);
        } else if (reading.incrementAndGet() > maxConcurrent) {
            reading.decrementAndGet();
            refuse(context, ProblemResponse.BUSY);
        } else {
            new Reading(context).begin();
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

    /** Refuses without waiting for the rest of the body: the connection ends with the response. */
    private static void refuse(RoutingContext context, ProblemResponse problem) {
        context.response().putHeader("Connection", "close");
        context.addEndHandler(done -> context.request().connection().close());
        problem.send(context);
    }

    /** One body that is being read, all of it on the connection's event loop. */
    private final class Reading {

        private final RoutingContext context;
        private final Buffer body = Buffer.buffer();
        private final long timer;
        private boolean done;

        Reading(RoutingContext context) {
            this.context = context;
            this.timer = context.vertx().setTimer(timeoutMillis, late -> refuseRest(ProblemResponse.REQUEST_TIMEOUT));
        }

        void begin() {
            HttpServerRequest request = context.request();
            if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaderNames.EXPECT))
                    && request.version() != HttpVersion.HTTP_1_0) {
                context.response().writeContinue();
                // Sent once; the resource layer would send it again.
                request.headers().remove(HttpHeaderNames.EXPECT);
            }
            request.exceptionHandler(broken -> abort());
            request.handler(this::append).endHandler(all -> proceed()).resume();
        }

        private void append(Buffer part) {
            if (!done) {
                body.appendBuffer(part);
                if (body.length() > limit) {
                    refuseRest(ProblemResponse.BODY_TOO_LARGE);
                }
            }
        }

        private void proceed() {
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

        /** Ends a body whose client disconnected or sent invalid HTTP. */
        private void abort() {
            if (context.response().closed()) {
                end();
            } else {
                refuseRest(ProblemResponse.MALFORMED);
            }
        }

        private boolean end() {
            if (done) {
                return false;
            }
            done = true;
            context.vertx().cancelTimer(timer);
            reading.decrementAndGet();
            return true;
        }
    }
}
