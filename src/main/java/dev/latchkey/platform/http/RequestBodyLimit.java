package dev.latchkey.platform.http;

import static dev.latchkey.platform.http.FilterOrder.BODY;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.vertx.http.runtime.filters.QuarkusRequestWrapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads a request's body, bounded in size and time, before anything else happens to the request.
 *
 * <p>HTTP/1.1 only: the resource layer cannot take over a request of HTTP/2 whose body has been read.
 *
 * <p>Security: read where it is needed, a body that trickles in would hold a worker thread for each slow client. Here it
 * holds at most the body limit of memory. How many are read at once, how many of them one client network may hold, and what
 * all of them take together until their responses end, is bounded too.
 *
 * <p>Not Vert.x' {@code BodyHandler}, which knows neither a timeout nor a bound on concurrent bodies, goes on reading what
 * it has refused, and parses forms and uploads. As it does, this hands the body over by {@code RoutingContextInternal}:
 * the public interface has no way to.
 */
@Singleton
class RequestBodyLimit {

    /** The size of bodies that are accepted whatever the others take: any sign-in, at no more than 4 MB for 1,000 of them. */
    private static final int SMALL = 4096;

    private final long limit;
    private final long timeoutMillis;
    private final long startTimeoutMillis;
    private final long slowAfterMillis;
    private final int maxConcurrent;
    private final long maxMemory;
    private final ClientResolver clients;
    private final AtomicInteger reading = new AtomicInteger();
    private final AtomicLong memory = new AtomicLong();
    private final NetworkCounts networks = new NetworkCounts();
    private final NetworkCounts slow = new NetworkCounts();

    RequestBodyLimit(HttpConfig config, ClientResolver clients) {
        this.limit = config.body().limit().asLongValue();
        this.timeoutMillis = config.body().timeout().toMillis();
        this.startTimeoutMillis = Math.min(config.body().startTimeout().toMillis(), timeoutMillis);
        this.slowAfterMillis = Math.min(ConnectionLimits.SLOW_AFTER.toMillis(), startTimeoutMillis);
        this.maxConcurrent = config.body().maxConcurrent();
        this.maxMemory = config.body().memory().asLongValue();
        this.clients = clients;
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
        } else {
            String network = clients.of(request).network();
            if (hasPlace(network)) {
                new Reading(context, network).begin();
            } else {
                refuse(context, ProblemResponse.BUSY);
            }
        }
    }

    /** Takes a place if there is one. Security: half of them are out of reach for any one network, however fast it renews. */
    private boolean hasPlace(String network) {
        int all = reading.incrementAndGet();
        long own = networks.add(network);
        if (all <= maxConcurrent && own <= Math.max(1, maxConcurrent / 2)) {
            return true;
        }
        release(network);
        return false;
    }

    private void release(String network) {
        reading.decrementAndGet();
        networks.remove(network);
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
    static void refuse(RoutingContext context, ProblemResponse problem) {
        context.response().putHeader("Connection", "close");
        context.addEndHandler(done -> context.request().connection().close());
        problem.send(context);
    }

    /** One body that is being read, all of it on the connection's event loop. */
    private final class Reading {

        private final RoutingContext context;
        private final String network;
        private Buffer body = Buffer.buffer();
        private long timer;
        private boolean isSlow;
        private boolean done;

        Reading(RoutingContext context, String network) {
            this.context = context;
            this.network = network;
            // Once more at once: what has arrived while the service was busy is read before a timer that a timer sets.
            this.timer = context.vertx()
                    .setTimer(slowAfterMillis, over -> timer = context.vertx().setTimer(1, unread -> becomeSlow()));
            // Called for whatever ends the request, and for invalid HTTP before the handler of exceptions below.
            QuarkusRequestWrapper.get(context.request()).addRequestDoneHandler(over -> {
                abort();
                discard();
            });
        }

        /** Lets slow bodies have a tenth of the places for each network. */
        private void becomeSlow() {
            isSlow = true;
            if (slow.add(network) > Math.max(1, maxConcurrent / 10)) {
                refuseRest(ProblemResponse.BUSY);
            } else {
                timer = context.vertx()
                        .setTimer(Math.max(1, startTimeoutMillis - slowAfterMillis), late -> requireFirstByte());
            }
        }

        private void requireFirstByte() {
            if (body.length() == 0) {
                refuseRest(ProblemResponse.REQUEST_TIMEOUT);
            } else {
                timer = context.vertx()
                        .setTimer(
                                Math.max(1, timeoutMillis - startTimeoutMillis),
                                late -> refuseRest(ProblemResponse.REQUEST_TIMEOUT));
            }
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
                long length = body.length() + (long) part.length();
                long all = memory.addAndGet(part.length());
                if (length > limit || (all > maxMemory && length > SMALL)) {
                    memory.addAndGet(-part.length());
                    refuseRest(length > limit ? ProblemResponse.BODY_TOO_LARGE : ProblemResponse.BUSY);
                } else {
                    body.appendBuffer(part);
                }
            }
        }

        /** Gives up what has been read: a client that does not take its refusal would hold it until the connection ends. */
        private void discard() {
            memory.addAndGet(-body.length());
            body = Buffer.buffer();
        }

        private void proceed() {
            if (end()) {
                ((RoutingContextInternal) context).setBody(body);
                context.next();
            }
        }

        private void refuseRest(ProblemResponse problem) {
            if (end()) {
                discard();
                refuse(context, problem);
            }
        }

        /** Ends a body whose client disconnected or sent invalid HTTP; nothing is left to do once there is a response. */
        private void abort() {
            if (context.response().closed() || context.response().ended()) {
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
            release(network);
            if (isSlow) {
                slow.remove(network);
            }
            return true;
        }
    }
}
