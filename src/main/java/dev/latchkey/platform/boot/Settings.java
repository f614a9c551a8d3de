package dev.latchkey.platform.boot;

import java.time.Duration;
import java.util.List;

/**
 * What the boot checks and the HTTP filters look at, as plain values; an empty text is a setting that was not given.
 */
public record Settings(
        String publicUrl,
        List<String> trustedOrigins,
        String jdbcUrl,
        Secret secret,
        Secret jwtSecret,
        Secret previousJwtSecret,
        Secret betterAuthSecret,
        boolean throttling,
        boolean http2,
        Lifetimes lifetimes,
        Duration shutdownDelay) {

    public boolean servesHttps() {
        return publicUrl.startsWith("https://");
    }

    /** A secret as it was configured: itself, or a file that holds it. */
    public record Secret(String name, String value, String file) {

        public boolean isGiven() {
            return !value.isEmpty() || !file.isEmpty();
        }

        // Security: a record prints its components.
        @Override
        public String toString() {
            return name;
        }
    }

    /** How long things live. */
    record Lifetimes(
            Duration leeway,
            Duration accessToken,
            Duration renewalWindow,
            Duration sessionIdle,
            Duration sessionAbsolute) {}
}
