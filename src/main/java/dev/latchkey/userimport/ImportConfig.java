package dev.latchkey.userimport;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** What users of other systems are read with. */
@ConfigMapping(prefix = "latchkey.import")
public interface ImportConfig {

    /** The password for the database that {@code import better-auth} reads, where no file has it. */
    Optional<String> sourcePassword();
}
