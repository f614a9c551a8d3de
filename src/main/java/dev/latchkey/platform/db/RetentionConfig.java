package dev.latchkey.platform.db;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How expired rows are deleted. */
@ConfigMapping(prefix = "latchkey.retention")
public interface RetentionConfig {

    /** The pause between two rounds of deletion. */
    @WithDefault("1m")
    Duration every();

    /** How many rows one transaction deletes. */
    @WithDefault("1000")
    int batch();

    /** How long one round may take before it leaves the rest to the next. */
    @WithDefault("30s")
    Duration timeout();
}
