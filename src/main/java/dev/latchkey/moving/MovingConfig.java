package dev.latchkey.moving;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** What users of other systems are read with. */
@ConfigMapping(prefix = "latchkey.moving")
public interface MovingConfig {

    /** The password for the database that {@code import better-auth} reads, where no file has it. */
    Optional<String> sourcePassword();
}
