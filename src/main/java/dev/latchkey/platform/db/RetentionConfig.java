package dev.latchkey.platform.db;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;

/** How expired rows are deleted. */
@ConfigMapping(prefix = "latchkey.retention")
public interface RetentionConfig {

    /** The pause between two rounds of deletion. */
    Duration every();

    /** How many rows one transaction deletes. */
    int batch();

    /** How long one round may take before it leaves the rest to the next. */
    Duration timeout();
}
