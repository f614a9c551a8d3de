package dev.latchkey.revocation;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How a replica reads revocations, and what happens when it cannot. */
@ConfigMapping(prefix = "latchkey.token.revocation")
public interface RevocationConfig {

    /** How long ago revocations may have been read before readiness reports it. */
    @WithDefault("1s")
    Duration maxStaleness();

    /** Whether tokens are refused with 503 while revocations were read longer ago than that ({@code LATCHKEY_REVOCATION_STRICT}). */
    @WithDefault("${LATCHKEY_REVOCATION_STRICT:false}")
    boolean strict();

    /** The JDBC URL for notifications, if not that of the data source: a pooler does not pass them on ({@code LATCHKEY_DIRECT_JDBC_URL}). */
    @WithDefault("${LATCHKEY_DIRECT_JDBC_URL:}")
    Optional<String> listenUrl();
}
