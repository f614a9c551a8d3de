package dev.latchkey.revocation;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;
import java.util.Optional;

/** How a replica reads revocations, and what happens when it cannot. */
@ConfigMapping(prefix = "latchkey.token.revocation")
public interface RevocationConfig {

    /** How long ago revocations may have been read before readiness reports it. */
    Duration maxStaleness();

    /** Whether tokens are refused with 503 while revocations were read longer ago than that ({@code LATCHKEY_REVOCATION_STRICT}). */
    boolean strict();

    /** The JDBC URL for notifications, if not that of the data source: a pooler does not pass them on ({@code LATCHKEY_DIRECT_JDBC_URL}). */
    Optional<String> listenUrl();
}
