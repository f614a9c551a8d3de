package dev.latchkey.platform.db;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What the service does with the schema of its database. */
@ConfigMapping(prefix = "latchkey.database")
public interface DatabaseConfig {

    /**
     * Whether a replica migrates the schema when it starts. If not, it waits until {@code latchkey migrate} has done it, and needs
     * no right to change the schema.
     */
    @WithDefault("true")
    boolean migrate();
}
