package dev.latchkey.key;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A secret as it is configured: as a value, or as a file that holds it. */
public record ConfiguredSecret(String name, Optional<String> value, Optional<Path> file) {

    /** A feature with secrets of its own, for {@link DistinctSecretsCheck}, which compares those of all features. */
    public interface Holder {

        List<ConfiguredSecret> secrets();
    }

    boolean isGiven() {
        return value.isPresent() || file.isPresent();
    }

    /** Returns what is wrong with it, in words that never repeat it. */
    Optional<String> error() {
        return Secrets.error(value, file);
    }

    /** Returns its bytes; empty if it is not given, or has an {@link #error}. */
    Optional<byte[]> bytes() {
        return error().isPresent() ? Optional.empty() : Secrets.read(name, value, file);
    }

    // Security: a record prints its components.
    @Override
    public String toString() {
        return name;
    }
}
