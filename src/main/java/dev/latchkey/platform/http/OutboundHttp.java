package dev.latchkey.platform.http;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.tracing.TracingPolicy;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** Reads documents of other services over HTTP, each within a bounded time and of a bounded size. */
@Singleton
public final class OutboundHttp {

    /** The maximum size of a body. */
    public static final int MAX_BYTES = 256 * 1024;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final int MAX_CONNECTIONS_PER_HOST = 16;

    private final HttpClient client;

    public OutboundHttp(Vertx vertx) {
        HttpClientOptions options = new HttpClientOptions()
                .setConnectTimeout((int) CONNECT_TIMEOUT.toMillis())
                // Security: a path may hold a part of a password's hash, which must not get into traces.
                .setTracingPolicy(TracingPolicy.IGNORE);
        client = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS_PER_HOST));
    }

    @PreDestroy
    void close() {
        client.close();
    }

    /** A response with any status. */
    public record Response(int status, MultiMap headers, String body) {

        public Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name));
        }
    }

    /** Returns whether what is read from a URL cannot be altered under way: by https, or from a loopback address. */
    public static boolean isProtected(URI url) {
        boolean secure = "https".equalsIgnoreCase(url.getScheme());
        boolean local =
                "http".equalsIgnoreCase(url.getScheme()) && IpAddresses.isLoopback(String.valueOf(url.getHost()));
        return url.getHost() != null && (secure || local);
    }

    /**
     * Sends a GET request. Does not block; the result comes on an event loop.
     *
     * @param timeout for all of it, until the end of the body
     * @return fails with an {@link IOException} or another exception of the network
     */
    public CompletableFuture<Response> get(URI url, Map<String, String> headers, Duration timeout) {
        Promise<Response> result = Promise.promise();
        // Security: the address was checked; one that it redirects to was not, so that redirects are not followed.
        RequestOptions options = new RequestOptions()
                .setHost(url.getHost())
                .setPort(port(url))
                .setSsl(isHttps(url))
                .setURI(target(url))
                .setFollowRedirects(false);
        headers.forEach(options::putHeader);
        Future<HttpClientRequest> connected = client.request(options);
        connected
                .compose(request -> result.future().isComplete()
                        ? Future.<Response>failedFuture("too late")
                        : request.send().compose(OutboundHttp::read))
                .onComplete(read -> {
                    if (read.succeeded()) {
                        result.tryComplete(read.result());
                    } else {
                        result.tryFail(reason(read.cause()));
                    }
                });
        return result.future()
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(failure -> {
                    result.tryFail(failure);
                    connected.onSuccess(HttpClientRequest::reset);
                })
                .toCompletionStage()
                .toCompletableFuture();
    }

    /** The client says of a handshake only that it failed; what was wrong with the certificate is in the cause. */
    private static Throwable reason(Throwable failure) {
        return failure instanceof SSLHandshakeException && failure.getCause() instanceof SSLException cause
                ? cause
                : failure;
    }

    private static Future<Response> read(HttpClientResponse response) {
        Promise<Response> result = Promise.promise();
        Buffer body = Buffer.buffer();
        response.handler(part -> {
            if (body.length() + part.length() > MAX_BYTES) {
                result.tryFail(new IOException("the response is larger than " + MAX_BYTES + " bytes"));
            } else {
                body.appendBuffer(part);
            }
        });
        response.exceptionHandler(result::tryFail);
        response.endHandler(end -> result.tryComplete(
                new Response(response.statusCode(), response.headers(), body.toString(StandardCharsets.UTF_8))));
        return result.future();
    }

    private static boolean isHttps(URI url) {
        return "https".equalsIgnoreCase(url.getScheme());
    }

    private static int port(URI url) {
        if (url.getPort() >= 0) {
            return url.getPort();
        }
        return isHttps(url) ? 443 : 80;
    }

    private static String target(URI url) {
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
    }
}
