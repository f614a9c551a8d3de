package dev.latchkey.key;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;

/** The secrets of a deployment, each as a value or as a mounted file, and the kind of key that signs. */
@ConfigMapping(prefix = "latchkey.key")
public interface KeyConfig {

    /** The master secret, 32 bytes at least ({@code LATCHKEY_SECRET}). */
    Optional<String> secret();

    /** A file that holds the master secret ({@code LATCHKEY_SECRET_FILE}). */
    Optional<Path> secretFile();

    /** When set, tokens are HS256 with the UTF-8 bytes of this value ({@code LATCHKEY_JWT_SECRET}), 32 bytes at least. */
    Optional<String> jwtSecret();

    /** A file that holds the shared secret ({@code LATCHKEY_JWT_SECRET_FILE}). */
    Optional<Path> jwtSecretFile();

    /** The shared secret before the present one; it verifies and never signs ({@code LATCHKEY_JWT_SECRET_PREVIOUS}). */
    Optional<String> jwtSecretPrevious();

    /** A file that holds the shared secret before the present one ({@code LATCHKEY_JWT_SECRET_PREVIOUS_FILE}). */
    Optional<Path> jwtSecretPreviousFile();

    /** What signs when there is no shared secret: {@code EdDSA}, {@code ES256} or {@code RS256}. */
    String algorithm();
}
