package dev.latchkey.password;

import dev.latchkey.platform.http.OutboundHttp;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Looks passwords up with a range API of those known from a breach, as <a
 * href="https://haveibeenpwned.com/API/v3#PwnedPasswords">Have I Been Pwned</a> offers it.
 *
 * <p>The API gets the first five hexadecimal digits of the password's SHA-1 hash and lists the other digits of every breached
 * password that has the same ones, some hundreds (k-anonymity). If it fails, a password counts as not breached, so that no
 * sign-up depends on another service.
 *
 * <p>Security: nothing of a password or its hash is logged. Error messages of the HTTP client may hold the URL, so they are not
 * logged either.
 */
@Singleton
class BreachedPasswords {

    /** How many digits the API gets; one of a million hashes has the same. */
    private static final int PREFIX_LENGTH = 5;

    /** Security: each waits on one of the 200 threads of requests; a slow API must not take them all. */
    static final int MAX_CONCURRENT = 16;

    /** A line of a response: the rest of a hash, and how often it was found. */
    private static final Pattern LINE = Pattern.compile("([0-9A-Fa-f]{35}):([0-9]{1,18})");

    private static final Logger LOG = Logger.getLogger(BreachedPasswords.class);

    private final @Nullable URI api;
    private final Duration timeout;
    private final OutboundHttp http;
    private final Outage outage;
    private final Semaphore permits = new Semaphore(MAX_CONCURRENT);
    private final MeterRegistry meters;

    BreachedPasswords(PasswordConfig config, OutboundHttp http, Clock clock, MeterRegistry meters) {
        this.api = config.breachCheckUrl().orElse(null);
        this.timeout = config.breachCheckTimeout();
        this.http = http;
        this.outage = new Outage(clock);
        this.meters = meters;
        if (api != null) {
            // From the start, so that the first failure is an increase.
            for (Outcome outcome : Outcome.values()) {
                counter(outcome);
            }
        }
    }

    /** What the check came to, as the metric names it. */
    private enum Outcome {
        CLEAN,
        BREACHED,
        FAILED,
        /** The API has failed before, or too many passwords are being checked, or the service is about to stop. */
        SKIPPED
    }

    /** Returns what is wrong with a URL to which a prefix is to be appended. */
    static Optional<String> urlError(URI url) {
        if (!OutboundHttp.isProtected(url)) {
            // Security: an attacker on the way would learn the prefix, and could have breached passwords accepted.
            return Optional.of("must be an https address (plain http on a loopback address only)");
        }
        if (url.getUserInfo() != null || url.getFragment() != null) {
            return Optional.of("must have no user information and no fragment");
        }
        return url.toString().endsWith("/") || url.toString().endsWith("=")
                ? Optional.empty()
                : Optional.of("must end with /, since five digits are appended to it");
    }

    /**
     * Returns whether a password is known to be breached; false if that cannot be found out in time, or is not to be.
     *
     * <p>Waits for another service: call it without a transaction.
     */
    boolean contains(Password password) {
        if (api == null) {
            return false;
        }
        Outcome outcome = check(api, sha1(password));
        counter(outcome).increment();
        return outcome == Outcome.BREACHED;
    }

    private Counter counter(Outcome outcome) {
        return meters.counter(
                "latchkey.password.breach.checks", "outcome", outcome.name().toLowerCase(Locale.ROOT));
    }

    private Outcome check(URI api, String hash) {
        if (!permits.tryAcquire()) {
            return Outcome.SKIPPED;
        }
        try {
            if (!outage.allowsRequest()) {
                return Outcome.SKIPPED;
            }
            Outcome outcome =
                    find(hash.substring(PREFIX_LENGTH), body(URI.create(api + hash.substring(0, PREFIX_LENGTH))));
            outage.succeeded();
            return outcome;
        } catch (IOException failure) {
            outage.failed(failure.getMessage());
            return Outcome.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Outcome.SKIPPED;
        } finally {
            permits.release();
        }
    }

    /** @throws IOException with a message that has no part of the request */
    private String body(URI range) throws IOException, InterruptedException {
        // Responses of one size do not tell an observer of the connection which one it was.
        Map<String, String> headers = Map.of("Add-Padding", "true", "User-Agent", "Latchkey");
        try {
            OutboundHttp.Response response = http.get(range, headers, timeout).get();
            if (response.status() != 200) {
                throw new IOException("status " + response.status());
            }
            return response.body();
        } catch (ExecutionException failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            throw new IOException(cause.getClass().getSimpleName());
        }
    }

    private static Outcome find(String rest, String body) throws IOException {
        boolean malformed = false;
        for (String text : body.split("\r?\n", -1)) {
            Matcher line = LINE.matcher(text);
            if (line.matches()) {
                // A count of zero is padding.
                if (line.group(1).equalsIgnoreCase(rest) && Long.parseLong(line.group(2)) > 0) {
                    return Outcome.BREACHED;
                }
            } else if (!text.isBlank()) {
                malformed = true;
            }
        }
        if (malformed) {
            throw new IOException("lines that are not those of a range API");
        }
        return Outcome.CLEAN;
    }

    /** The hash by which breached passwords are published; it protects nothing here. */
    private static String sha1(Password password) {
        byte[] bytes = password.utf8();
        try {
            return HexFormat.of()
                    .withUpperCase()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-1", impossible);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * Whether the API is failing. Then it gets a request now and then only: sign-ups would otherwise wait for the timeout, one
     * after the other.
     */
    static final class Outage {

        /** One or two failures are no outage. */
        static final int FAILURES = 5;

        static final Duration PAUSE = Duration.ofSeconds(30);

        private final Clock clock;
        private int failures;
        private Instant nextAt = Instant.EPOCH;

        Outage(Clock clock) {
            this.clock = clock;
        }

        /** Returns whether to send a request; during an outage, one in each pause finds out whether it is over. */
        synchronized boolean allowsRequest() {
            if (failures < FAILURES) {
                return true;
            }
            Instant now = clock.instant();
            // A clock that was put back must not make the pause longer.
            if (now.isBefore(nextAt) && !now.isBefore(nextAt.minus(PAUSE))) {
                return false;
            }
            nextAt = now.plus(PAUSE);
            return true;
        }

        synchronized void succeeded() {
            if (failures >= FAILURES) {
                LOG.info("latchkey.password.breach-check-url responds again");
            }
            failures = 0;
        }

        synchronized void failed(@Nullable String reason) {
            failures++;
            if (failures == FAILURES) {
                nextAt = clock.instant().plus(PAUSE);
                LOG.warnf(
                        "latchkey.password.breach-check-url fails (%s): it gets a request every %d seconds until it responds, and"
                                + " passwords are accepted that breaches may know",
                        reason, PAUSE.toSeconds());
            }
        }
    }
}
