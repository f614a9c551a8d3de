package dev.latchkey.audit;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;

/** How long events are kept, and how many may wait to be written. */
@ConfigMapping(prefix = "latchkey.audit")
public interface AuditConfig {

    /** How long a row of the audit record lives. */
    Duration retention();

    /** How many refusals may wait for their row; beyond that the log line is all that is left of one, and a counter says so. */
    int queue();
}
