package dev.latchkey.audit;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;

/** How long events are kept, and how many may wait to be stored. */
@ConfigMapping(prefix = "latchkey.audit")
public interface AuditConfig {

    /** How long the row of an event is kept. */
    Duration retention();

    /** How many refusals may wait to be stored; beyond that only the log line remains, and a counter says so. */
    int queue();
}
