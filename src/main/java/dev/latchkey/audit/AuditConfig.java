package dev.latchkey.audit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How long events are kept, and how many may wait to be stored. */
@ConfigMapping(prefix = "latchkey.audit")
public interface AuditConfig {

    /** How long the row of an event is kept. */
    @WithDefault("365d")
    Duration retention();

    /** How many refusals may wait to be stored; beyond that only the log line remains, and a counter says so. */
    @WithDefault("10000")
    int queue();

    /** How an event is written to the log: {@code json}, as one object, or {@code text}, for a person to read. */
    @WithDefault("json")
    LineFormat lineFormat();

    /** The forms of a log line. */
    enum LineFormat {
        JSON,
        TEXT
    }
}
