package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys.VerificationKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * The keys that another issuer publishes, held in memory; only a token whose key is unknown waits for them.
 *
 * <p>Written by hand and not with jose4j's {@code HttpsJwks}, which fetches on the caller's thread: the gate verifies on the
 * event loop and must never block.
 */
final class RemoteJwks {

    private static final Logger LOG = Logger.getLogger(RemoteJwks.class);

    /** The time after which a key that the issuer has withdrawn is refused. */
    private static final Duration REFRESH = Duration.ofMinutes(5);
    /** The pause before the next attempt to fetch keys after a failure. */
    private static final Duration RETRY = Duration.ofSeconds(10);
    /** Security: any client can send a token with an unknown key, which must not overload the issuer's server. */
    private static final Duration UNKNOWN_KEY_PAUSE = Duration.ofSeconds(30);

    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    /** The maximum size of a key set; a hundred RSA keys of 4096 bits are smaller. */
    private static final int MAX_BYTES = 256 * 1024;

    private final String issuer;
    private final URI source;
    private final Set<Algorithm> allowed;
    private final HttpClient http;
    private final Clock clock;
    private volatile List<VerificationKey> known = List.of();
    private Instant lastFetchAt = Instant.MIN;
    private Instant unknownKeyFetchAt = Instant.MIN;
    private Instant loaded = Instant.MIN;
    private boolean failing;
    private @Nullable CompletableFuture<Boolean> runningFetch;

    RemoteJwks(String issuer, URI source, Set<Algorithm> allowed, HttpClient http, Clock clock) {
        this.issuer = issuer;
        this.source = source;
        this.allowed = allowed;
        this.http = http;
        this.clock = clock;
    }

    /** Returns the keys that were last fetched successfully. */
    List<VerificationKey> keys() {
        return known;
    }

    /** Fetches the keys if they are due; called every few seconds. */
    synchronized void refresh() {
        Instant now = clock.instant();
        boolean due = loaded.isBefore(now.minus(REFRESH)) || failing;
        if (due && lastFetchAt.isBefore(now.minus(RETRY))) {
            var unused = fetch(now);
        }
    }

    /** Fetches the keys for a token whose key is unknown, but seldom; true if there may be other keys now. */
    synchronized CompletableFuture<Boolean> fetchForUnknownKey() {
        if (runningFetch != null) {
            return runningFetch;
        }
        Instant now = clock.instant();
        if (!unknownKeyFetchAt.isBefore(now.minus(UNKNOWN_KEY_PAUSE))) {
            return CompletableFuture.completedFuture(false);
        }
        unknownKeyFetchAt = now;
        return fetch(now);
    }

    private CompletableFuture<Boolean> fetch(Instant now) {
        if (runningFetch != null) {
            return runningFetch;
        }
        lastFetchAt = now;
        HttpRequest request = HttpRequest.newBuilder(source)
                .timeout(TIMEOUT)
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
        CompletableFuture<Boolean> result = http.sendAsync(
                        request, BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), MAX_BYTES))
                .orTimeout(TIMEOUT.plusSeconds(1).toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                .thenApply(this::readKeys)
                .handle(this::store);
        runningFetch = result.isDone() ? null : result;
        return result;
    }

    private List<VerificationKey> readKeys(HttpResponse<String> response) {
        try {
            if (response.statusCode() != 200) {
                throw new IOException("the response has status " + response.statusCode());
            }
            List<VerificationKey> keys = JwksParser.read(response.body(), allowed);
            if (keys.isEmpty()) {
                throw new IOException("has no key that may be used");
            }
            return keys;
        } catch (IOException | JoseException unusable) {
            throw new CompletionException(unusable);
        }
    }

    /** Stores the result of a fetch. Security: while the source fails, earlier keys stay valid, or its outage would be ours. */
    private synchronized boolean store(@Nullable List<VerificationKey> keys, @Nullable Throwable failure) {
        runningFetch = null;
        if (keys == null) {
            if (!failing) {
                Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                LOG.warnf(
                        "The keys of the trusted issuer %s cannot be read, %d are known: %s",
                        issuer, known.size(), cause);
            }
            failing = true;
            return false;
        }
        if (failing || loaded.equals(Instant.MIN)) {
            LOG.infof("The trusted issuer %s has %d usable keys", issuer, keys.size());
        }
        failing = false;
        loaded = clock.instant();
        known = keys;
        return true;
    }
}
