package dev.latchkey.revocation;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;
import java.util.Optional;

/** How this replica learns of revocations, and what it does when it does not. */
@ConfigMapping(prefix = "latchkey.token.revocation")
public interface RevocationConfig {

    /** How old its knowledge may be before a replica says so in readiness. */
    Duration maxStaleness();

    /** Whether tokens are refused, with 503, while the knowledge is older than that ({@code LATCHKEY_REVOCATION_STRICT}). */
    boolean strict();

    /** Where it listens for news, if not where it reads: a pooler passes none on ({@code LATCHKEY_DIRECT_JDBC_URL}). */
    Optional<String> listenUrl();
}
