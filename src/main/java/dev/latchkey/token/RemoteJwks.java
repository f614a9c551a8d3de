package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.platform.http.OutboundHttp;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private final String issuer;
    private final URI source;
    private final Set<Algorithm> allowed;
    private final Duration maxAge;
    private final OutboundHttp http;
    private final Clock clock;
    private volatile Known known = new Known(List.of(), Instant.MIN);
    private Instant lastFetchAt = Instant.MIN;
    private Instant unknownKeyFetchAt = Instant.MIN;
    private volatile boolean failing;
    private volatile String failure = "";
    private @Nullable CompletableFuture<Boolean> runningFetch;

    /** The keys as they were last fetched successfully, and when that was. */
    private record Known(List<VerificationKey> keys, Instant at) {}

    /** @param maxAge how long the keys stay in use after they were last fetched successfully */
    RemoteJwks(String issuer, URI source, Set<Algorithm> allowed, Duration maxAge, OutboundHttp http, Clock clock) {
        this.issuer = issuer;
        this.source = source;
        this.allowed = allowed;
        this.maxAge = maxAge;
        this.http = http;
        this.clock = clock;
    }

    String issuer() {
        return issuer;
    }

    /**
     * Returns the keys that were last fetched successfully.
     *
     * <p>Security: not for ever, or an attacker who has the issuer's key need only keep its server from being reached, and an
     * issuer could not withdraw its last key.
     */
    List<VerificationKey> keys() {
        Known last = known;
        return isTooOld(last) ? List.of() : last.keys();
    }

    private boolean isTooOld(Known last) {
        return last.at().equals(Instant.MIN)
                || !clock.instant().isBefore(last.at().plus(maxAge));
    }

    /** Returns the time since the keys were last fetched successfully; empty before the first time. */
    Optional<Duration> age() {
        Known last = known;
        return last.at().equals(Instant.MIN)
                ? Optional.empty()
                : Optional.of(Duration.between(last.at(), clock.instant()));
    }

    /** Returns how the keys are, in words for readiness. */
    String status() {
        Known last = known;
        if (last.at().equals(Instant.MIN)) {
            return failing ? "its keys cannot be read, none are known" : "its keys have not been read yet";
        }
        if (isTooOld(last)) {
            return "its keys could not be read since %s and are no longer in use".formatted(last.at());
        }
        int count = last.keys().size();
        return failing
                ? "its keys cannot be read; %d of %s stay in use until %s"
                        .formatted(count, last.at(), last.at().plus(maxAge))
                : "%d keys".formatted(count);
    }

    /** Fetches the keys if they are due; called every few seconds. */
    synchronized void refresh() {
        Instant now = clock.instant();
        boolean due = known.at().isBefore(now.minus(REFRESH)) || failing;
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

    /** Fetches the keys and waits for them, for an operator; returns why they cannot be used, or nothing. */
    Optional<String> fetchNow() {
        CompletableFuture<Boolean> result;
        synchronized (this) {
            result = fetch(clock.instant());
        }
        return result.join() ? Optional.empty() : Optional.of(failure);
    }

    private CompletableFuture<Boolean> fetch(Instant now) {
        if (runningFetch != null) {
            return runningFetch;
        }
        lastFetchAt = now;
        Map<String, String> headers = Map.of("Accept", "application/jwk-set+json, application/json");
        CompletableFuture<Boolean> result = http.get(source, headers, TIMEOUT)
                // Not on an event loop: a set may have a hundred keys.
                .thenApplyAsync(this::readKeys)
                .handle(this::store);
        runningFetch = result.isDone() ? null : result;
        return result;
    }

    private List<VerificationKey> readKeys(OutboundHttp.Response response) {
        try {
            if (response.status() != 200) {
                throw new IOException("the response has status " + response.status());
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

    /**
     * Stores the result of a fetch. While the source fails, or has no usable key, earlier keys stay valid for a while, or its
     * outage would be ours.
     */
    private synchronized boolean store(@Nullable List<VerificationKey> keys, @Nullable Throwable thrown) {
        runningFetch = null;
        if (keys == null) {
            Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
            failure = describe(cause);
            if (!failing) {
                LOG.warnf(
                        "The keys of the trusted issuer %s cannot be read, %d are known: %s",
                        issuer, keys().size(), cause);
            }
            failing = true;
            return false;
        }
        if (failing || known.at().equals(Instant.MIN)) {
            LOG.infof("The trusted issuer %s has %d usable keys", issuer, keys.size());
        }
        failing = false;
        known = new Known(keys, clock.instant());
        return true;
    }

    /** The client's own exceptions often have no message. */
    private static String describe(@Nullable Throwable cause) {
        if (cause == null) {
            return "unknown";
        }
        String message = cause.getMessage();
        return message == null || message.isBlank()
                ? cause.getClass().getSimpleName()
                : message.replaceAll("\\s+", " ");
    }
}
