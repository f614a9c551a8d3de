package dev.latchkey.userimport;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** Settings of the import of users. */
@ConfigMapping(prefix = "latchkey.import")
public interface ImportConfig {

    /** The password for the database that {@code import better-auth} reads, where no file has it. */
    @WithDefault("${LATCHKEY_IMPORT_PASSWORD:}")
    Optional<String> sourcePassword();
}
